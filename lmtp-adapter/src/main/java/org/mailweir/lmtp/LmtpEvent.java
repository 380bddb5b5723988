package org.mailweir.lmtp;

import java.util.List;
import org.mailweir.message.Recipient;
import org.mailweir.message.Sender;

/** What the engine asks of whoever drives it. */
public sealed interface LmtpEvent {
  /**
   * Send what is in the output, then hand over more input.
   *
   * @param soon whether RCPT lines seem to be on their way: wait a few milliseconds for them, then
   *     call {@link LmtpEngine#nothingCame}
   */
  record NeedInput(boolean soon) implements LmtpEvent {}

  /** Send what is in the output; there is much of it. */
  record Flush() implements LmtpEvent {}

  /**
   * Admit recipients that arrived together, and call {@link LmtpEngine#admitted}. The first of a
   * message begins its transaction.
   *
   * @param recipients at least one
   */
  record Admit(Sender sender, Origin origin, List<Recipient> recipients) implements LmtpEvent {}

  /** Call {@link LmtpEngine#receiveInto}: 354 is in the output. */
  record ReceiveBody() implements LmtpEvent {}

  /**
   * The body is complete: finish its writer, deliver, call {@link LmtpEngine#delivered} for each
   * recipient and then {@link LmtpEngine#deliveryEnded}. With that the transaction is over.
   *
   * @param recipients how many were accepted, at least 1
   */
  record Deliver(int recipients) implements LmtpEvent {}

  /** The transaction, if one was begun, is over without a delivery; so is its body. */
  record Abandon() implements LmtpEvent {}

  /** Send what is in the output and close the connection. */
  record Close() implements LmtpEvent {}
}
