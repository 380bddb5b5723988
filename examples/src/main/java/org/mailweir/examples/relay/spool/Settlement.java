package org.mailweir.examples.relay.spool;

import java.time.Instant;
import java.util.List;
import org.mailweir.message.Body;
import org.mailweir.message.Recipient;

/**
 * What came of an attempt.
 *
 * @param done recipients that are delivered or given up
 * @param due when those that are left are tried next
 * @param attempts how often they were tried by now
 * @param lastReply what is told of the last attempt; at most 1,000 characters
 * @param notices delivery status notifications to be sent
 */
public record Settlement(
    List<Recipient> done, Instant due, int attempts, String lastReply, List<Notice> notices) {
  /** A notification: a message of our own. Its body stays the caller's. */
  public record Notice(Accepted message, Body body) {}
}
