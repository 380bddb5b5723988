package org.mailweir.examples.relay.notice;

import java.util.Locale;
import org.mailweir.message.Recipient;
import org.mailweir.message.Reply;

/**
 * What is to be told of one recipient.
 *
 * @param reply what the host said, or why there is no host; its status is told as such
 * @param peer the host, such as {@code mx.example.org[192.0.2.1]:25}; empty if there was none
 */
public record Report(Recipient recipient, Action action, Reply reply, String peer) {

  /** What was done (RFC 3464 section 2.3.3). */
  public enum Action {
    /** Given up. */
    FAILED,
    /** Not delivered yet; it will be tried again. */
    DELAYED,
    /** Handed to a host that makes no notifications itself. */
    RELAYED;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Returns whether the sender wants to hear of this. */
  boolean isWanted() {
    return switch (action) {
      case FAILED -> recipient.dsn().onFailure();
      case DELAYED -> recipient.dsn().onDelay();
      case RELAYED -> recipient.dsn().onSuccess();
    };
  }
}
