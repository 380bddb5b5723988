package org.mailweir.examples.relay.spool;

import java.util.List;
import org.mailweir.message.Body;
import org.mailweir.message.Recipient;

/**
 * An entry, open for an attempt: what is to be sent, and to whom. Close it afterwards.
 *
 * @param message as accepted, with all its recipients
 * @param recipients those of this entry that still wait, in the order of the message
 * @param lastReply what was said to the last attempt; empty if there was none
 * @param body readable until the letter is closed
 */
public record Letter(
    Entry entry, Accepted message, List<Recipient> recipients, String lastReply, Body body)
    implements AutoCloseable {
  @Override
  public void close() {
    body.close();
  }
}
