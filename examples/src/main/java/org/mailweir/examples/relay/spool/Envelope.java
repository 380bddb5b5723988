package org.mailweir.examples.relay.spool;

import java.util.List;
import org.mailweir.message.Recipient;
import org.mailweir.message.Sender;

/**
 * An entry in full, without the body: what an attempt needs and an operator sees.
 *
 * @param pending the recipients that still wait, in the order of the message; at least one
 * @param size of the body in bytes
 */
public record Envelope(
    Entry entry, String queueId, Sender sender, List<Pending> pending, long size) {
  /** Copies the recipients. */
  public Envelope {
    pending = List.copyOf(pending);
  }

  /** Returns the recipients that still wait, in the order of the message. */
  public List<Recipient> recipients() {
    return pending.stream().map(Pending::recipient).toList();
  }
}
