package org.mailweir.lab.world;

/**
 * How a host behaves.
 *
 * @param service how long it takes for a message
 * @param dead what a connection meets while it is not alive
 * @param aliveFrom when its life begins, in virtual seconds
 * @param aliveUntil when it ends
 * @param mostConnections that it takes at once; it answers further ones with 421
 * @param greylistsFor how long it defers a letter, from when it saw that first, in seconds; 0 for
 *     not at all
 * @param flakiness share of attempts that go wrong, from 0 to 1: a third of those hang, a third are
 *     turned away, a third end in a temporary error
 */
public record Conduct(
    ServiceTime service,
    Reach dead,
    double aliveFrom,
    double aliveUntil,
    int mostConnections,
    double greylistsFor,
    double flakiness) {
  private static final double ALWAYS = Double.MAX_VALUE;

  /** Returns the everyday one: median 0.6 s, and one in a hundred takes 2.4 s. */
  public static Conduct healthy() {
    return new Conduct(
        new ServiceTime.Lognormal(0.6, 0.6),
        Reach.BLACK_HOLE,
        -ALWAYS,
        ALWAYS,
        Integer.MAX_VALUE,
        0,
        0);
  }

  /** Returns one that takes its time for each message. */
  public static Conduct taking(double least, double most) {
    return healthy().with(new ServiceTime.Between(least, most));
  }

  /** Returns one that was never alive. */
  public static Conduct dead(Reach reach) {
    return healthy().deadAs(reach).alive(ALWAYS, ALWAYS);
  }

  /** Returns this with another time for a message. */
  public Conduct with(ServiceTime other) {
    return new Conduct(
        other, dead, aliveFrom, aliveUntil, mostConnections, greylistsFor, flakiness);
  }

  /** Returns this with another death. */
  public Conduct deadAs(Reach other) {
    return new Conduct(
        service, other, aliveFrom, aliveUntil, mostConnections, greylistsFor, flakiness);
  }

  /** Returns this with another life. */
  public Conduct alive(double from, double until) {
    return new Conduct(service, dead, from, until, mostConnections, greylistsFor, flakiness);
  }

  /** Returns this, returning at a time. */
  public Conduct returningAt(double time) {
    return alive(time, ALWAYS);
  }

  /** Returns this with a limit of connections at once. */
  public Conduct limitedTo(int connections) {
    return new Conduct(service, dead, aliveFrom, aliveUntil, connections, greylistsFor, flakiness);
  }

  /** Returns this, deferring what it has not known for that many seconds. */
  public Conduct greylisting(double seconds) {
    return new Conduct(service, dead, aliveFrom, aliveUntil, mostConnections, seconds, flakiness);
  }

  /** Returns this, failing that share of all attempts. */
  public Conduct flaky(double share) {
    return new Conduct(service, dead, aliveFrom, aliveUntil, mostConnections, greylistsFor, share);
  }

  /** Returns whether it is alive at a time. */
  public boolean isAlive(double time) {
    return time >= aliveFrom && time < aliveUntil;
  }
}
