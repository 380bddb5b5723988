package org.mailweir.loopback;

import java.util.List;
import java.util.Optional;

/**
 * What became of one attempt to hand in a message. Times are readings of {@code System.nanoTime()}.
 *
 * @param message what was handed in, with the recipients of this attempt
 * @param attempt 1 for the first
 * @param queuedNanos when the message came to the queue for the first time
 * @param takenNanos when a client took it
 * @param recipients what was said for each recipient, in order
 * @param envelopeNanos when the last RCPT was answered; {@code takenNanos} if it never was
 * @param dotNanos when the final dot was sent; {@code envelopeNanos} if it never was
 * @param doneNanos when the last answer had come and the client was free
 * @param failure why answers are missing, in words, if they are
 */
public record LmtpOutcome(
    LmtpMessage message,
    int attempt,
    long queuedNanos,
    long takenNanos,
    List<RecipientReply> recipients,
    long envelopeNanos,
    long dotNanos,
    long doneNanos,
    Optional<String> failure) {
  /** Copies the list. */
  public LmtpOutcome {
    recipients = List.copyOf(recipients);
  }

  /** Where a recipient was answered. */
  public enum Stage {
    /** The connection, LHLO or MAIL failed. */
    BEFORE,
    /** RCPT was refused. */
    RCPT,
    /** DATA was refused. */
    DATA,
    /** After the final dot. */
    DOT,
    /** Never: the connection was lost. */
    LOST
  }

  /**
   * The answer for one recipient.
   *
   * @param code 0 where there is none
   * @param text the rest of the reply's last line, with the enhanced status code
   * @param atNanos when it came
   */
  public record RecipientReply(String recipient, Stage stage, int code, String text, long atNanos) {
    /** Returns whether the message was taken for this recipient. */
    public boolean delivered() {
      return stage == Stage.DOT && code / 100 == 2;
    }

    /** Returns whether Postfix would try again: a 4xx, or no answer. */
    public boolean deferred() {
      return code == 0 || code / 100 == 4;
    }
  }

  /** Returns whether the message was taken for all recipients. */
  public boolean delivered() {
    return recipients.stream().allMatch(RecipientReply::delivered);
  }

  /** Returns the recipients that Postfix would try again. */
  public List<String> deferred() {
    return recipients.stream()
        .filter(RecipientReply::deferred)
        .map(RecipientReply::recipient)
        .toList();
  }

  /** Returns how long a client was held in all, in nanoseconds. */
  public long heldNanos() {
    return doneNanos - takenNanos;
  }

  /** Returns how long it was held until the last RCPT was answered: waiting, or not ready. */
  public long heldInEnvelopeNanos() {
    return envelopeNanos - takenNanos;
  }

  /** Returns how long it was held from the final dot to the last answer. */
  public long heldAfterDotNanos() {
    return doneNanos - dotNanos;
  }
}
