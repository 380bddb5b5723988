package org.mailweir.delivery;

import static java.util.Comparator.comparingInt;

import java.util.List;
import org.mailweir.core.Outcome;
import org.mailweir.smtp.ConnectFailure;
import org.mailweir.smtp.SmtpResult;
import org.mailweir.smtp.SmtpResult.Stage;

/**
 * What an attempt taught about the destination, which is not what became of the message: a 4xx to
 * one recipient defers the message and proves the destination alive.
 *
 * <p>Of several results the most telling one counts, in this order: taken (2xx after the dot),
 * turned away (421, too many connections), asked for less, 4xx, 5xx. Only what the remote said
 * counts.
 */
public final class Verdict {
  private Verdict() {}

  /**
   * Returns the outcome of a transmission: of a connection that was ready for MAIL.
   *
   * @param results one for each recipient whose result is known; may be empty
   */
  public static Outcome of(List<SmtpResult> results) {
    if (!results.isEmpty() && results.stream().allMatch(r -> r.stage() == Stage.BEFORE)) {
      return Outcome.READY; // a limit stood against it before anything was sent
    }
    return results.stream()
        .filter(SmtpResult::answered)
        .map(Verdict::ofOne)
        .min(comparingInt(Verdict::rank))
        .orElse(Outcome.UNKNOWN);
  }

  /**
   * Returns the outcome of an attempt that never was ready for MAIL. What is of one domain says
   * nothing of a site that others share with it.
   */
  public static Outcome of(ConnectFailure failure, boolean sharedSite) {
    return failure.isOfDomain() && sharedSite ? Outcome.UNKNOWN : of(failure.kind());
  }

  static Outcome of(ConnectFailure.Kind kind) {
    return switch (kind) {
      case UNRESOLVED -> Outcome.UNRESOLVED;
      case UNREACHABLE -> Outcome.UNREACHABLE;
      case PUSHED_BACK -> Outcome.PUSHED_BACK;
      case PERMANENT, ABORTED -> Outcome.UNKNOWN; // no host was tried, or not to its end
    };
  }

  /** Returns whether a result leaves the message free to be tried again at once elsewhere. */
  public static boolean turnedAway(SmtpResult result) {
    return result.pushedBack()
        && !result.reply().isPermanent()
        && result.stage() != Stage.BEFORE
        && result.stage() != Stage.DOT;
  }

  private static Outcome ofOne(SmtpResult result) {
    if (result.reply().isPositive()) {
      return result.stage() == Stage.DOT ? Outcome.DELIVERED : Outcome.UNKNOWN;
    }
    if (result.pushedBack()) {
      return Outcome.PUSHED_BACK;
    }
    if (result.throttled()) {
      return Outcome.THROTTLED;
    }
    return result.reply().isPermanent() ? Outcome.REJECTED : Outcome.DEFERRED;
  }

  private static int rank(Outcome outcome) {
    return switch (outcome) {
      case DELIVERED -> 0;
      case PUSHED_BACK -> 1;
      case THROTTLED -> 2;
      case DEFERRED -> 3;
      case REJECTED -> 4;
      default -> 5;
    };
  }
}
