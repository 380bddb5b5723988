package org.mailweir.delivery;

import java.time.Duration;
import org.mailweir.message.Destination;
import org.mailweir.message.Reply;

/** The replies of a delivery that are our own words. All are transient but the first. */
final class Replies {
  /** Longest text of a reply of our own, in characters. */
  static final int LONGEST = 300;

  static final Reply ACCEPTED = new Reply(250, "2.1.5", "Ok");
  static final Reply SHUTTING_DOWN = transientFailure("4.3.2", "shutting down, try again shortly");
  static final Reply CLIENT_GONE = transientFailure("4.4.2", "client closed the connection");
  static final Reply INTERNAL_ERROR =
      transientFailure("4.3.0", "internal error, see the log of the transport");

  private Replies() {}

  static Reply noTurn(Duration limit) {
    return transientFailure("4.3.2", "no turn within " + seconds(limit) + ", try again later");
  }

  static Reply notConnected(Destination destination, Duration hold, boolean goesOn) {
    return notYet(destination, "connection not established within " + seconds(hold), goesOn);
  }

  static Reply notReady(Destination destination, Duration readyWithin, boolean goesOn) {
    return notYet(
        destination, "connected, but not ready for mail within " + seconds(readyWithin), goesOn);
  }

  static Reply notFinished(Destination destination, Duration deadline) {
    return transientFailure(
        "4.4.2", destination + ": delivery not finished within " + seconds(deadline) + ", aborted");
  }

  static Reply maybeDelivered(Destination destination, Duration deadline) {
    return transientFailure(
        "4.4.2",
        destination
            + ": no answer to the end of the message within "
            + seconds(deadline)
            + "; it may have been delivered");
  }

  static Reply noResult(Destination destination) {
    return transientFailure("4.4.2", destination + ": the delivery ended without a result");
  }

  /** Returns a remote's words as a transient failure: its own code may be 421 or 5xx. */
  static Reply asTransient(Reply reply, String statusIfNone) {
    String status = reply.status().startsWith("4.") ? reply.status() : statusIfNone;
    return reply.isTransient() && reply.code() != 421
        ? reply
        : new Reply(451, status, reply.text());
  }

  /**
   * Returns a reply as the client may have it: 421 would end the connection for the other
   * recipients too, and 3xx and unknown classes mean nothing after RCPT or the dot.
   */
  static Reply forRecipient(Reply reply) {
    boolean fit = reply.isPositive() || reply.isTransient() || reply.isPermanent();
    return fit && reply.code() != 421 ? reply : asTransient(reply, "4.4.2");
  }

  /** Returns a 451 with a text of printable ASCII, cut at {@link #LONGEST}. */
  static Reply transientFailure(String status, String text) {
    int length = Math.min(text.length(), LONGEST);
    StringBuilder printable = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      printable.append(c >= ' ' && c <= '~' ? c : '?');
    }
    return new Reply(451, status, printable.toString());
  }

  /** Returns a time rounded up to whole seconds, in words. */
  static String seconds(Duration time) {
    return time.plusNanos(999_999_999).toSeconds() + " s";
  }

  private static Reply notYet(Destination destination, String what, boolean goesOn) {
    return transientFailure(
        "4.4.1",
        destination
            + ": "
            + what
            + (goesOn ? "; the attempt goes on as a probe" : "; given up, too many such attempts"));
  }
}
