package org.mailweir.core;

/**
 * A backlog as a whole at one moment. The totals ({@code accepted} and those after it) never go
 * backwards; {@code accepted = waiting + due + expired + permitted + expiredTotal + cancelled +
 * returned}.
 *
 * @param waiting messages that wait for their own time; those flushed before it too
 * @param due messages that are due, and wait for their destination or for their turn
 * @param expired messages whose life is over, and that are still to be handed out
 * @param destinations destinations with mail
 * @param parked how many of them take no more for now: suspended, window full
 * @param shutOut queues of due mail held up because a limit of the whole gate is reached
 * @param accepted messages taken in all
 * @param turnedAway messages refused because the backlog was full
 * @param permitted messages handed out with a permit
 * @param expiredTotal messages handed out as expired
 * @param cancelled messages cancelled
 * @param returned messages handed out after close
 */
public record BacklogStats(
    int waiting,
    int due,
    int expired,
    int destinations,
    int parked,
    int shutOut,
    long accepted,
    long turnedAway,
    long permitted,
    long expiredTotal,
    long cancelled,
    long returned) {
  /** {@return how many messages are in the backlog} */
  public int pending() {
    return waiting + due + expired;
  }
}
