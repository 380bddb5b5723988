package org.mailweir.loopback;

import java.net.ProtocolException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mailweir.loopback.LmtpOutcome.RecipientReply;
import org.mailweir.loopback.LmtpOutcome.Stage;

/** Collects what was said during one attempt to hand in a message. */
final class LmtpExchange {
  private final LmtpMessage message;
  private final int attempt;
  private final long queuedNanos;
  private final long takenNanos;
  private final @Nullable RecipientReply[] answers;
  private final Deque<Integer> accepted = new ArrayDeque<>();
  private boolean anyAccepted;
  private @Nullable SmtpReply senderRefused;
  private int asked;
  private long envelopeNanos;
  private long dotNanos;

  LmtpExchange(LmtpMessage message, int attempt, long queuedNanos, long takenNanos) {
    this.message = message;
    this.attempt = attempt;
    this.queuedNanos = queuedNanos;
    this.takenNanos = takenNanos;
    this.answers = new RecipientReply[message.recipients().size()];
    this.envelopeNanos = takenNanos;
    this.dotNanos = takenNanos;
  }

  LmtpMessage message() {
    return message;
  }

  boolean anyAccepted() {
    return anyAccepted;
  }

  /** Returns whether an accepted recipient has no answer yet. */
  boolean awaitsReply() {
    return !accepted.isEmpty();
  }

  /** MAIL was refused: that counts for all recipients, whatever is said to RCPT. */
  void senderRefused(SmtpReply reply) {
    senderRefused = reply;
    for (int i = 0; i < answers.length; i++) {
      answer(i, Stage.BEFORE, reply);
    }
  }

  void recipient(SmtpReply reply) throws ProtocolException {
    int index = asked++;
    envelopeNanos = System.nanoTime();
    dotNanos = envelopeNanos;
    if (senderRefused != null) {
      return;
    }
    if (reply.positive()) {
      accepted.add(index);
      anyAccepted = true;
    } else if (reply.code() / 100 == 3) {
      throw new ProtocolException("RCPT was answered with " + reply);
    } else {
      answer(index, Stage.RCPT, reply);
    }
  }

  void dataRefused(SmtpReply reply) throws ProtocolException {
    if (reply.positive()) {
      throw new ProtocolException("DATA was answered with " + reply);
    }
    while (!accepted.isEmpty()) {
      answer(accepted.remove(), Stage.DATA, reply);
    }
  }

  void dotSent() {
    dotNanos = System.nanoTime();
  }

  void replyAfterDot(SmtpReply reply) throws ProtocolException {
    if (reply.code() / 100 == 3) {
      throw new ProtocolException("the dot was answered with " + reply);
    }
    answer(accepted.remove(), Stage.DOT, reply);
  }

  LmtpOutcome outcome(Optional<String> failure) {
    long now = System.nanoTime();
    List<RecipientReply> recipients = new ArrayList<>(answers.length);
    Stage missing = asked == 0 ? Stage.BEFORE : Stage.LOST;
    for (int i = 0; i < answers.length; i++) {
      RecipientReply answer = answers[i];
      recipients.add(
          answer != null
              ? answer
              : new RecipientReply(message.recipients().get(i), missing, 0, "", now));
    }
    return new LmtpOutcome(
        message,
        attempt,
        queuedNanos,
        takenNanos,
        recipients,
        envelopeNanos,
        dotNanos,
        now,
        failure);
  }

  private void answer(int index, Stage stage, SmtpReply reply) {
    answers[index] =
        new RecipientReply(
            message.recipients().get(index), stage, reply.code(), reply.text(), System.nanoTime());
  }
}
