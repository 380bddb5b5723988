package org.mailweir.admin;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.mailweir.core.GateStats;
import org.mailweir.core.GateStats.Limit;
import org.mailweir.core.GateStats.Use;
import org.mailweir.core.Refusal.Reason;

/** The gate's own limits, how much of each is in use, and what was refused for which reason. */
final class GateLimits implements Section {
  private final GateView.Snapshot snapshot;

  GateLimits(GateView.Snapshot snapshot) {
    this.snapshot = snapshot;
  }

  @Override
  public void write(Html html) {
    GateStats stats = snapshot.stats();
    html.markup("<section><h2>Limits and refusals</h2><table><thead><tr><th>rule<th>in use")
        .markup("<th class=\"number\">refused since the start<th>turn</tr></thead><tbody>\n");
    Arrays.stream(Reason.values())
        .filter(reason -> !limits(stats, reason).isEmpty() || refused(stats, reason) > 0)
        .forEach(reason -> row(html, stats, reason));
    html.markup("</tbody></table></section>\n");
  }

  private static void row(Html html, GateStats stats, Reason reason) {
    html.markup("<tr>").cell("rule", false).text(Reasons.words(reason)).markup("</td>");
    html.cell("in use", false).markup("<div>");
    limits(stats, reason).forEach(each -> use(html, each.getKey(), each.getValue()));
    html.markup("</div></td>");
    html.number("refused", GateHead.number(refused(stats, reason)));
    html.cell("turn", false).text(Reasons.knob(reason)).markup("</td></tr>\n");
  }

  private static List<Map.Entry<Limit, Use>> limits(GateStats stats, Reason reason) {
    return stats.limits().entrySet().stream()
        .filter(each -> each.getKey().reason() == reason)
        .sorted(Map.Entry.comparingByKey())
        .toList();
  }

  private static void use(Html html, Limit limit, Use use) {
    html.markup("<div>").text(GateHead.number(use.inUse()) + " of " + GateHead.number(use.limit()));
    html.text(part(limit));
    if (use.limit() > 0) {
      html.markup("<br><meter min=\"0\" max=\"" + use.limit())
          .markup("\" high=\"" + use.limit() * 4 / 5)
          .markup("\" value=\"" + use.inUse() + "\"></meter>");
    }
    html.markup("</div>");
  }

  /** Returns of which mail a limit is, where others have the same reason. */
  private static String part(Limit limit) {
    return switch (limit) {
      case CLIENTS_LONGER -> " for longer than a moment";
      case CLIENTS_RETRIED, UNPROVEN_RETRIED -> " with retried mail";
      case IN_FLIGHT -> " deliveries under way";
      default -> "";
    };
  }

  private static long refused(GateStats stats, Reason reason) {
    return stats.refused().getOrDefault(reason, 0L);
  }
}
