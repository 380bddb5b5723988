package org.mailweir.lmtp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mailweir.message.Recipient;
import org.mailweir.message.Reply;
import org.mailweir.message.Sender;

/**
 * One message before its delivery: its sender, how many recipients it has, and the RCPT commands
 * that arrived together and are not answered yet.
 *
 * <p>Thread safety: none.
 */
final class Envelope {
  /** One RCPT: a recipient, or the reply that refuses it. */
  private record Candidate(@Nullable Recipient recipient, Reply refusal) {}

  private final Sender sender;
  private final Origin origin;
  private final List<Candidate> batch = new ArrayList<>();
  private int recipients;
  private int accepted;

  Envelope(Sender sender, Origin origin) {
    this.sender = sender;
    this.origin = origin;
  }

  boolean utf8() {
    return sender.utf8();
  }

  /** Recipients so far, but those with bad addresses. */
  int recipients() {
    return recipients;
  }

  int accepted() {
    return accepted;
  }

  int batchSize() {
    return batch.size();
  }

  void add(Recipient recipient) {
    recipients++;
    batch.add(new Candidate(recipient, Replies.INTERNAL));
  }

  void refuse(Reply refusal) {
    batch.add(new Candidate(null, refusal));
  }

  /** Asks for the admission of the batch; empty if all of it is refused already. */
  Optional<LmtpEvent> admission() {
    List<Recipient> asked = new ArrayList<>(batch.size());
    for (Candidate candidate : batch) {
      Recipient recipient = candidate.recipient();
      if (recipient != null) {
        asked.add(recipient);
      }
    }
    return asked.isEmpty()
        ? Optional.empty()
        : Optional.of(new LmtpEvent.Admit(sender, origin, List.copyOf(asked)));
  }

  /** Ends the batch: puts the answers and the refusals into the order of the commands. */
  List<Reply> answer(List<Reply> answers) {
    List<Reply> replies = new ArrayList<>(batch.size());
    int next = 0;
    for (Candidate candidate : batch) {
      Reply reply = candidate.refusal();
      if (candidate.recipient() != null && next < answers.size()) {
        reply = ReplyBuffer.forRecipient(answers.get(next++));
        accepted += reply.isPositive() ? 1 : 0;
      }
      replies.add(reply);
    }
    batch.clear();
    return replies;
  }
}
