package org.mailweir.examples.relay.spool;

import java.time.Instant;
import java.util.List;
import org.mailweir.message.Recipient;
import org.mailweir.message.Sender;

/**
 * A message as it was accepted, without its body.
 *
 * @param queueId names it in logs and to the operator; unique for ever, see {@link QueueIds}
 * @param recipients at least one; of equal ones the first is kept, so that each gets one copy
 * @param arrived when it was accepted; no later change moves it
 * @param expires when it is given up
 */
public record Accepted(
    String queueId, Sender sender, List<Recipient> recipients, Instant arrived, Instant expires) {
  /** Checks the recipients. */
  public Accepted {
    recipients = recipients.stream().distinct().toList();
    if (recipients.isEmpty()) {
      throw new IllegalArgumentException("no recipient");
    }
  }
}
