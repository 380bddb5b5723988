package org.mailweir.core;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * The right to deliver to one destination now. It counts as in flight from the moment it is handed
 * out until it is settled, and is settled exactly once: the first of {@link #settle}, {@link
 * #fail}, {@link #requeue} and {@link #close} wins, the others change nothing.
 *
 * <pre>{@code
 * try {
 *   Connection connection = connect(destination); // TCP, banner, EHLO, TLS
 *   permit.ready();
 *   permit.settle(connection.send(message));
 * } catch (IOException failure) {
 *   permit.fail(failure.toString()); // it may have no message
 * } finally {
 *   permit.close(); // what is not settled by now teaches nothing: an interrupt, a defect of ours
 * }
 * }</pre>
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public non-sealed interface Permit extends Admission, AutoCloseable {
  /**
   * Reports that the remote has taken us to the point where MAIL may be sent (TCP, banner, EHLO,
   * TLS and the second EHLO are done, or a connection was reused). Call it once; later calls change
   * nothing.
   *
   * @return whether the message may be sent; false if the permit was settled or detached before
   */
  boolean ready();

  /**
   * Frees the client of an attempt that is not ready in time. The attempt itself may go on in the
   * background; it must send no message, and its result still counts: settle it as usual. That it
   * was not ready speaks against the destination; one that was {@link #ready} all the same teaches
   * nothing by this. Later calls change nothing.
   *
   * @return whether the attempt may go on; if not (too many detached ones already, or settled
   *     before), it must be given up, and the permit is settled already
   */
  boolean detach();

  /**
   * Settles this permit as {@link Outcome#PUSHED_BACK} and asks for another one at the head of the
   * destination's waiting queue, for a message of which nothing was sent. The fifth requeue of a
   * message is the last: a further one is refused with {@link Refusal.Reason#PUSHED_BACK}.
   *
   * @param patience longest wait for the turn, not negative
   * @param detail the remote's words; may be empty
   * @return the new admission; refused with {@link Refusal.Reason#CANCELLED} if this permit was
   *     settled or detached before
   * @throws IllegalArgumentException if the patience is negative; the permit is not settled then
   */
  CompletionStage<Admission> requeue(Duration patience, String detail);

  /**
   * Reports what the attempt taught, and ends it.
   *
   * @param outcome what became of the attempt
   * @param detail the failure in words, kept as the cause of a suspension; may be empty
   * @return whether this call was the one that settled the permit
   */
  boolean settle(Outcome outcome, String detail);

  /**
   * Reports what the attempt taught, and ends it. See {@link #settle(Outcome, String)}.
   *
   * @param outcome what became of the attempt
   * @return whether this call was the one that settled the permit
   */
  default boolean settle(Outcome outcome) {
    return settle(outcome, "");
  }

  /**
   * Reports that the attempt failed without a reply, and ends it: as {@link Outcome#UNREACHABLE} if
   * that was before it was {@link #ready}, which speaks against the destination; else as {@link
   * Outcome#UNKNOWN}, as a connection that is lost later teaches nothing.
   *
   * @param detail the failure in words, kept as the cause of a suspension; may be empty
   * @return whether this call was the one that settled the permit
   */
  boolean fail(String detail);

  /**
   * Settles as {@link Outcome#UNKNOWN} unless settled before: never as a success. Its place is in a
   * {@code finally}, not in a try-with-resources, which would close it before a {@code catch} of
   * the same statement can report what failed.
   */
  @Override
  default void close() {
    settle(Outcome.UNKNOWN, "");
  }
}
