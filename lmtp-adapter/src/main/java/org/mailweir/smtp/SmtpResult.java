package org.mailweir.smtp;

import org.mailweir.message.Reply;

/**
 * The result of one recipient.
 *
 * @param stage where it was decided
 * @param answered whether the remote said it; else (connection lost, time out, aborted) we did
 * @param reply what to tell the client, with the host named
 * @param pushedBack whether the remote said 421 or "too many connections"
 * @param throttled whether the remote asked for less: 4.7.x, 4.3.2, "too many", "rate"
 * @param notifies whether the remote offered DSN and was told what was asked for: of a message that
 *     it took it tells the sender itself (RFC 3461 section 5.2.1). Where not, and a success is to
 *     be told, that it was relayed is to be told by us (section 5.2.2)
 */
public record SmtpResult(
    Stage stage,
    boolean answered,
    Reply reply,
    boolean pushedBack,
    boolean throttled,
    boolean notifies) {
  /** Creates a result of a remote that leaves notifications to us. */
  public SmtpResult(
      Stage stage, boolean answered, Reply reply, boolean pushedBack, boolean throttled) {
    this(stage, answered, reply, pushedBack, throttled, false);
  }

  /** Returns this result of a remote that offers DSN, or does not. */
  SmtpResult withNotifies(boolean offersDsn) {
    return new SmtpResult(stage, answered, reply, pushedBack, throttled, offersDsn);
  }

  /** How far a transmission was when a result was known. */
  public enum Stage {
    /** Before anything was sent: a limit of the remote (SIZE, SMTPUTF8) or of ours. */
    BEFORE,
    /** At MAIL. */
    MAIL,
    /** At RCPT. */
    RCPT,
    /** At DATA, or while the body was sent. */
    DATA,
    /** After the final dot was sent. */
    DOT
  }
}
