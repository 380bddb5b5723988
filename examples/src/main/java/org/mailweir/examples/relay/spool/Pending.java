package org.mailweir.examples.relay.spool;

import org.mailweir.message.Recipient;

/**
 * A recipient who still waits.
 *
 * @param lastReply what was said to the last attempt; empty if there was none
 */
public record Pending(Recipient recipient, String lastReply) {
  /** What is kept of a reply, in characters; longer ones are cut. */
  public static final int REPLY_LIMIT = 1000;

  /** Cuts the reply. */
  public Pending {
    if (lastReply.length() > REPLY_LIMIT) {
      lastReply = lastReply.substring(0, REPLY_LIMIT);
    }
  }
}
