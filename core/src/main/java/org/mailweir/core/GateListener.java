package org.mailweir.core;

/**
 * Hears of what changes rarely. Calls come one at a time, in order, outside every lock, on
 * whichever thread caused them, or on one that runs others at that moment; an exception is
 * swallowed after it was handed to the thread's uncaught exception handler. A call may ask the
 * gate, but must not block: it holds up all later ones, and answers to those that wait.
 *
 * <p>Nothing is said of the standing with which a destination enters the table, leaves it to make
 * room, or is {@linkplain DestinationGate#restore restored}: how many have which is in {@link
 * GateStats#byStanding}.
 *
 * @param <D> destination
 */
public interface GateListener<D> {
  /**
   * The standing of a destination changed.
   *
   * @param destination which one
   * @param from its former standing
   * @param to its standing now
   * @param cause in words; empty only where a failure was settled without any
   */
  default void onTransition(D destination, Standing from, Standing to, String cause) {}

  /**
   * A destination was suspended by hand, or its suspension changed.
   *
   * @param destination which one
   * @param until reading of the gate's {@link TimeSource} at which it ends by itself
   * @param reason in words; may be empty
   */
  default void onSuspendedByHand(D destination, long until, String reason) {}

  /**
   * A suspension by hand is over, by itself or by hand.
   *
   * @param destination which one
   */
  default void onResumedByHand(D destination) {}

  /** A local outage is assumed from now on: live destinations' mail is held, not refused. */
  default void onOutage() {}

  /** The local outage is over. */
  default void onOutageOver() {}
}
