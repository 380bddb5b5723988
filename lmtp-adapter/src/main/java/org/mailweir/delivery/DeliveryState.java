package org.mailweir.delivery;

import org.mailweir.core.Permit;
import org.mailweir.core.Refusal;
import org.mailweir.message.Reply;

/**
 * How far a {@link DestinationDelivery} has come.
 *
 * <pre>
 * Asked      -> Granted     the gate gave a permit
 *            -> Refused     the gate refused
 * Granted    -> LetGo       the body is late: the permit was given back
 *            -> Asked       the destination was found to be part of another site
 *            -> Connecting  the body is there
 * LetGo      -> Asked       the body is there
 * Connecting -> Sending     ready for MAIL
 *            -> Detached    has held its client for too long
 *            -> Asked       turned away
 * Sending    -> Finishing   has leave for the final dot
 *            -> Asked       turned away, with nothing taken
 * Finishing  -> Sending     the host has the message and took it for nobody
 * </pre>
 *
 * <p>Each of them but Finishing, Detached and Refused may be given up, which ends in Ended.
 */
sealed interface DeliveryState {
  /** The gate was asked, with a patience that ends then. */
  record Asked(long patienceEnd) implements DeliveryState {}

  /** A permit is in hand; the body is not there yet. */
  record Granted(Permit permit) implements DeliveryState {}

  /** The permit was given back, since the body is slow; asked for again when that is there. */
  record LetGo() implements DeliveryState {}

  record Refused(Refusal refusal) implements DeliveryState {}

  /** What an attempt owns. */
  sealed interface Active extends DeliveryState {
    DeliveryAttempt attempt();
  }

  record Connecting(DeliveryAttempt attempt) implements Active {}

  record Sending(DeliveryAttempt attempt) implements Active {}

  /** The final dot may have been sent. */
  record Finishing(DeliveryAttempt attempt) implements Active {}

  /** The client has its reply; the attempt goes on as a probe. */
  record Detached() implements DeliveryState {}

  record Ended(Reply reply) implements DeliveryState {}
}
