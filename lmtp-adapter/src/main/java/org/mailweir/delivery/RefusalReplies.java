package org.mailweir.delivery;

import java.time.Duration;
import java.util.Optional;
import org.mailweir.core.DestinationStatus;
import org.mailweir.core.Refusal;
import org.mailweir.message.Destination;
import org.mailweir.message.Reply;

/**
 * Says in a reply which destination was refused, by which rule, and when the next try makes sense.
 *
 * <p>The code is always 451: the message stays in the client's queue. Status codes (RFC 3463):
 * 4.4.1 where the destination does not answer, 4.4.5 where it has all that it can take, 4.3.2 where
 * a limit of ours stands against it.
 */
final class RefusalReplies {
  private static final String NO_ANSWER = "4.4.1";
  private static final String CONGESTED = "4.4.5";
  private static final String OUR_LIMIT = "4.3.2";

  private final Duration patience;

  /**
   * Creates it.
   *
   * @param patience the longest wait, named where it was too short
   */
  RefusalReplies(Duration patience) {
    this.patience = patience;
  }

  /**
   * Returns the reply to one recipient.
   *
   * @param site that the gate was asked about: another destination where both have the same hosts
   * @param status what the gate knows of the site, if anything
   * @param now reading of the time source in which the refusal gives the next try
   */
  Reply reply(
      Refusal refusal,
      Destination destination,
      Destination site,
      Optional<DestinationStatus<Destination>> status,
      long now) {
    StringBuilder text = new StringBuilder(160).append(destination).append(' ');
    if (!site.equals(destination)) {
      text.append("(same hosts as ").append(site).append(") ");
    }
    text.append(rule(refusal.reason()));
    if (!refusal.detail().isEmpty()) {
      text.append(": ").append(refusal.detail(), 0, Math.min(200, refusal.detail().length()));
    }
    status.ifPresent(s -> text.append(depth(s)));
    if (refusal.nextTryNanos() != Refusal.NO_HINT) {
      text.append("; next try ").append(when(refusal.nextTryNanos(), now));
    } else if (refusal.reason() == Refusal.Reason.SUSPENDED) {
      text.append("; its probe is due"); // or under way: no time is known
    } else {
      status
          .flatMap(DestinationStatus::nextProbe)
          .ifPresent(time -> text.append("; next probe ").append(when(time, now)));
    }
    return Replies.transientFailure(statusCode(refusal.reason()), text.toString());
  }

  /**
   * Returns whether the destination's depths belong into the reply: asking for them has a price,
   * and where all mail is refused they say nothing.
   */
  static boolean tellsDepth(Refusal.Reason reason) {
    return switch (reason) {
      case TABLE_FULL, CANCELLED, CLOSED -> false;
      default -> true;
    };
  }

  /** Returns what there is of: under way, waiting, refused since it last answered. */
  private static String depth(DestinationStatus<Destination> status) {
    StringBuilder depth = new StringBuilder();
    if (status.inFlight() + status.waiting() > 0) {
      depth.append("; ").append(status.inFlight()).append(" under way, ");
      depth.append(status.waiting()).append(" waiting");
    }
    if (status.refused() > 1) {
      depth.append("; ").append(status.refused()).append(" refused since it last answered");
    }
    return depth.toString();
  }

  private static String when(long time, long now) {
    Duration left = Duration.ofNanos(Math.max(0, time - now));
    return left.isZero() ? "now" : "in " + Replies.seconds(left);
  }

  private static String statusCode(Refusal.Reason reason) {
    return switch (reason) {
      case SUSPENDED, SUSPECT -> NO_ANSWER;
      case DESTINATION_SHARE, LONG_WAIT, TIMED_OUT, PUSHED_BACK, RATE -> CONGESTED;
      case FAILING_SHARE,
          UNPROVEN_SHARE,
          CLIENTS,
          WAITING_SHARE,
          SLOW_SHARE,
          BYTES,
          BY_HAND,
          TABLE_FULL,
          CANCELLED,
          CLOSED ->
          OUR_LIMIT;
    };
  }

  private String rule(Refusal.Reason reason) {
    return switch (reason) {
      case SUSPENDED -> "suspended";
      case SUSPECT -> "not answering yet: one attempt is open, a second one is not started";
      case FAILING_SHARE -> "not tried: failing destinations hold their share of the clients";
      case UNPROVEN_SHARE ->
          "not tried yet: it, or all destinations not yet proven, hold their share of the clients";
      case DESTINATION_SHARE -> "busy: it holds its share of the clients";
      case CLIENTS -> "not tried: all clients but the reserve are in use";
      case WAITING_SHARE -> "busy: waiting mail holds its share of the clients";
      case SLOW_SHARE -> "not tried: slow deliveries hold their share of the clients";
      case LONG_WAIT -> "busy: no turn expected within " + Replies.seconds(patience);
      case TIMED_OUT -> "busy: no turn came within " + Replies.seconds(patience);
      case RATE -> "not tried yet: it has a limit";
      case BYTES -> "busy: bytes in flight have a limit";
      case BY_HAND -> "suspended by the operator";
      case PUSHED_BACK -> "busy: it has turned this message away too often";
      case TABLE_FULL -> "not tried: too many destinations at once";
      case CANCELLED -> "not tried: the transaction was ended";
      case CLOSED -> "not tried: shutting down";
    };
  }
}
