package org.mailweir.examples.relay.spool;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.mailweir.message.Body;
import org.mailweir.message.Recipient;

/**
 * What came of an attempt. A recipient who is not named stays, with what was said to him before.
 *
 * @param done recipients that are delivered or given up
 * @param replies what was said to those that are left
 * @param due when those that are left are tried next
 * @param attempts how often they were tried by now
 * @param warned whether the sender was told of the delay, now or before
 * @param notices delivery status notifications to be sent
 */
public record Settlement(
    List<Recipient> done,
    Map<Recipient, String> replies,
    Instant due,
    int attempts,
    boolean warned,
    List<Notice> notices) {
  /** Copies the collections. */
  public Settlement {
    done = List.copyOf(done);
    replies = Map.copyOf(replies);
    notices = List.copyOf(notices);
  }

  /** A notification: a message of our own. Its body stays the caller's. */
  public record Notice(Accepted message, Body body) {}
}
