package org.mailweir.examples.relay.outbound;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.mailweir.core.Outcome;
import org.mailweir.delivery.Verdict;
import org.mailweir.message.Recipient;
import org.mailweir.message.Reply;
import org.mailweir.smtp.ConnectFailure;
import org.mailweir.smtp.SmtpResult;

/**
 * How an attempt ended: for its recipients, and for what is known of the destination. The two have
 * little to do with each other.
 *
 * @param delivered those whom the host took the message for, with what it said
 * @param silent those of them whose host makes no notifications
 * @param failed those who will not be delivered to, with the reason
 * @param left those to be tried again, with the reason
 * @param turnedAway whether those that are left were turned away before anything was sent for them
 *     (421, too many connections): that costs them no step of their schedule
 * @param isExpired whether those that failed were given up because their time was over
 * @param outcome for the gate
 * @param detail the failure in words, for the gate
 * @param peer the host that was talked to; empty if there was none
 */
record Ending(
    Map<Recipient, Reply> delivered,
    Set<Recipient> silent,
    Map<Recipient, Reply> failed,
    Map<Recipient, Reply> left,
    boolean turnedAway,
    boolean isExpired,
    Outcome outcome,
    String detail,
    String peer) {
  private static final Reply NO_RESULT =
      new Reply(451, "4.4.2", "the delivery ended without a result");

  /** What was said of one recipient. */
  record Result(Recipient recipient, SmtpResult result) {}

  /** Returns the ending of a transmission. */
  static Ending of(List<Recipient> recipients, List<Result> results, String peer) {
    Map<Recipient, Reply> delivered = new LinkedHashMap<>();
    Set<Recipient> silent = new LinkedHashSet<>();
    Map<Recipient, Reply> failed = new LinkedHashMap<>();
    Map<Recipient, Reply> left = new LinkedHashMap<>();
    recipients.forEach(each -> left.put(each, NO_RESULT));
    List<SmtpResult> all = new ArrayList<>();
    boolean turnedAway = true;
    String detail = "";
    for (Result each : results) {
      SmtpResult result = each.result();
      Reply reply = result.reply();
      all.add(result);
      if (reply.isPositive()) {
        left.remove(each.recipient());
        delivered.put(each.recipient(), reply);
        if (!result.notifies()) {
          silent.add(each.recipient());
        }
      } else if (reply.isPermanent()) {
        left.remove(each.recipient());
        failed.put(each.recipient(), reply);
      } else {
        left.put(each.recipient(), reply);
        turnedAway &= Verdict.turnedAway(result);
        detail = detail.isEmpty() ? reply.text() : detail;
      }
    }
    boolean allTurnedAway = turnedAway && !left.containsValue(NO_RESULT);
    return new Ending(
        delivered, silent, failed, left, allTurnedAway, false, Verdict.of(all), detail, peer);
  }

  /** Returns the ending of an attempt that found no host ready for mail. */
  static Ending of(List<Recipient> recipients, ConnectFailure failure, boolean sharedSite) {
    Map<Recipient, Reply> all = new LinkedHashMap<>();
    recipients.forEach(each -> all.put(each, failure.reply()));
    boolean forGood =
        failure.kind() == ConnectFailure.Kind.PERMANENT && failure.reply().isPermanent();
    return new Ending(
        Map.of(),
        Set.of(),
        forGood ? all : Map.of(),
        forGood ? Map.of() : all,
        failure.kind() == ConnectFailure.Kind.PUSHED_BACK,
        false,
        Verdict.of(failure, sharedSite),
        failure.reply().text(),
        "");
  }

  /** Returns an ending that taught nothing, and leaves all to be tried again. */
  static Ending left(Map<Recipient, Reply> left) {
    return new Ending(Map.of(), Set.of(), Map.of(), left, false, false, Outcome.UNKNOWN, "", "");
  }

  /** Returns this, but for those that would be left: their time is over. */
  Ending expired() {
    Map<Recipient, Reply> all = new LinkedHashMap<>(failed);
    left.forEach(
        (who, reply) ->
            all.put(who, new Reply(451, "4.4.7", "not delivered in time; " + reply.text())));
    return new Ending(delivered, silent, all, Map.of(), false, true, outcome, detail, peer);
  }
}
