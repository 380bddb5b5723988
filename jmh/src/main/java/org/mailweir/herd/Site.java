package org.mailweir.herd;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;

/** A model of a destination. */
final class Site {
  enum Answer {
    TAKES,
    HANGS,
    REFUSES,
    PUSHES_BACK
  }

  double timeout = 60;
  double median = 0.6;
  double sigma = 0.6;
  double aliveFrom;
  int mostConnections = Integer.MAX_VALUE;
  boolean refuses;
  boolean greylisting;

  int open;
  int mostOpen;
  int pushedBack;
  private final Set<Message> seen = new HashSet<>();

  static Site healthy() {
    return new Site();
  }

  static Site dead() {
    return deadUntil(Double.MAX_VALUE);
  }

  static Site deadUntil(double time) {
    Site site = new Site();
    site.aliveFrom = time;
    return site;
  }

  Answer connect(Relay relay) {
    if (relay.networkDown || relay.time.seconds() < aliveFrom) {
      return refuses ? Answer.REFUSES : Answer.HANGS;
    }
    mostOpen = Math.max(mostOpen, open + 1);
    if (open >= mostConnections) {
      pushedBack++;
      return Answer.PUSHES_BACK;
    }
    open++;
    return Answer.TAKES;
  }

  void done() {
    open--;
  }

  boolean greylists(Message message) {
    return greylisting && seen.add(message);
  }

  double serviceTime(Relay relay) {
    return median * Math.exp(sigma * gaussian(relay.random));
  }

  private static double gaussian(SplittableRandom random) {
    return Math.sqrt(-2 * Math.log(1 - random.nextDouble()))
        * Math.cos(2 * Math.PI * random.nextDouble());
  }
}
