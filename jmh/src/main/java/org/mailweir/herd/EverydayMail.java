package org.mailweir.herd;

/**
 * What a relay does all day: 50 sites that it has delivered to before get 4 fresh messages a second
 * (Zipf, exponent 0.8), and each second one message goes to a healthy site never seen before.
 */
final class EverydayMail {
  /** When the mail begins that counts; before, the proven sites get three messages each. */
  static final double BEGIN = 30;

  static final double TO_PROVEN_PER_SECOND = 4;
  static final double TO_UNSEEN_PER_SECOND = 1;

  private static final int PROVEN = 50;
  private static final String PROVEN_NAME = "proven";
  private static final String UNSEEN_NAME = "unseen";

  private EverydayMail() {}

  /** Plans the mail of a relay at time 0, up to that time. */
  static void plan(Relay relay, double until) {
    for (int i = 0; i < PROVEN; i++) {
      relay.add(PROVEN_NAME + i, Site.healthy());
    }
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < PROVEN; i++) {
        sendAt(relay, round * 5 + i * 0.1, PROVEN_NAME + i);
      }
    }
    for (double t = BEGIN; t < until; t += 1 / TO_PROVEN_PER_SECOND) {
      sendAt(relay, t, PROVEN_NAME + zipf(relay));
    }
    int unseen = 0;
    for (double t = BEGIN; t < until; t += 1 / TO_UNSEEN_PER_SECOND) {
      String destination = UNSEEN_NAME + unseen++;
      relay.add(destination, Site.healthy());
      sendAt(relay, t, destination);
    }
  }

  static Waits toProven(Relay relay) {
    return Waits.of(relay, destination -> destination.startsWith(PROVEN_NAME), BEGIN);
  }

  static Waits toUnseen(Relay relay) {
    return Waits.of(relay, destination -> destination.startsWith(UNSEEN_NAME), BEGIN);
  }

  private static void sendAt(Relay relay, double time, String destination) {
    relay.time.after(time, () -> relay.send(destination));
  }

  private static int zipf(Relay relay) {
    double sum = 0;
    for (int i = 1; i <= PROVEN; i++) {
      sum += Math.pow(i, -0.8);
    }
    double pick = relay.random.nextDouble() * sum;
    int i = 0;
    while (pick > 0 && i < PROVEN) {
      pick -= Math.pow(++i, -0.8);
    }
    return Math.max(0, i - 1);
  }
}
