package org.mailweir.admin;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.mailweir.core.GateStats;
import org.mailweir.core.Outcome;
import org.mailweir.core.Refusal.Reason;
import org.mailweir.core.Standing;

/** The head of the page: what concerns all destinations, then the figures. */
final class GateHead implements Section {
  private final GateView.Snapshot snapshot;
  private final List<Figure> figures;

  GateHead(GateView.Snapshot snapshot, List<Figure> figures) {
    this.snapshot = snapshot;
    this.figures = figures;
  }

  @Override
  public void write(Html html) {
    GateStats stats = snapshot.stats();
    if (stats.outage()) {
      html.markup("<p class=\"alarm\"><b>Our own network seems to be down:</b> too many ")
          .markup("destinations stopped answering at once. Nothing is held against them; one ")
          .markup("of them is tried every 2 s, and mail goes on when it answers.</p>\n");
    }
    if (snapshot.shadow()) {
      html.markup("<p class=\"alarm mild\"><b>Shadow mode:</b> all mail is delivered, whatever ")
          .markup("is said below. <a href=\"/metrics\">mailweir_shadow_...</a> counts what ")
          .markup("would have been refused.</p>\n");
    }
    html.markup("<dl class=\"figures\">");
    GateStats.Use clients =
        stats.limits().getOrDefault(GateStats.Limit.CLIENTS, new GateStats.Use(0, 0));
    figure(html, "clients held", stats.clientsHeld() + " of " + clients.limit());
    figure(html, "deliveries under way", String.valueOf(stats.inFlight()));
    figure(html, "waiting for a turn", String.valueOf(stats.waiting()));
    figure(html, "attempts without a client", String.valueOf(stats.detached()));
    figure(html, "oldest delivery", oldest(stats));
    figure(html, "delivered", number(stats.settled().getOrDefault(Outcome.DELIVERED, 0L)));
    figure(html, "refused", number(sum(stats.refused())));
    figure(html, "destinations", number(stats.destinations()));
    figure(html, "suspended", number(stats.byStanding().getOrDefault(Standing.SUSPENDED, 0)));
    figure(html, "suspended by hand", number(stats.suspendedByHand()));
    figure(html, "probes under way", String.valueOf(stats.probing()));
    figure(html, "probes due", number(stats.probesDue()));
    figures.forEach(figure -> figure(html, figure.name(), figure.value().get()));
    html.markup("</dl>\n");
  }

  private String oldest(GateStats stats) {
    return stats
        .oldestInFlight()
        .map(began -> Spans.of(snapshot.now().until(began).negated()))
        .orElse("none");
  }

  private static void figure(Html html, String name, String value) {
    html.markup("<div><dt>").text(name).markup("</dt><dd>").text(value).markup("</dd></div>");
  }

  private static long sum(Map<Reason, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns a count with its thousands apart. */
  static String number(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}
