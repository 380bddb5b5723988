package org.mailweir.examples.relay.spool;

import com.google.common.base.CharMatcher;
import java.time.Instant;
import java.util.List;
import org.mailweir.message.Recipient;
import org.mailweir.message.Sender;

/**
 * A message as it was accepted, without its body.
 *
 * @param queueId names it in logs, to the operator and on the disk: at most 64 letters and digits,
 *     unique for ever, see {@link QueueIds}
 * @param recipients at least one; of equal ones the first is kept, so that each gets one copy
 * @param arrived when it was accepted; no later change moves it
 * @param expires when it is given up
 */
public record Accepted(
    String queueId, Sender sender, List<Recipient> recipients, Instant arrived, Instant expires) {
  private static final int LONGEST_ID = 64;
  private static final CharMatcher ID_CHARACTERS =
      CharMatcher.inRange('0', '9')
          .or(CharMatcher.inRange('A', 'Z'))
          .or(CharMatcher.inRange('a', 'z'));

  /** Checks the queue id and the recipients. */
  public Accepted {
    if (queueId.isEmpty()
        || queueId.length() > LONGEST_ID
        || !ID_CHARACTERS.matchesAllOf(queueId)) {
      throw new IllegalArgumentException("no queue id: " + queueId);
    }
    recipients = recipients.stream().distinct().toList();
    if (recipients.isEmpty()) {
      throw new IllegalArgumentException("no recipient");
    }
  }
}
