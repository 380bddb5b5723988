package org.mailweir.admin;

import java.util.List;
import org.mailweir.core.DestinationStatus;

/** The destinations that have deliveries under way, and nothing in the way of more. */
final class GoingWell implements Section {
  private static final int MOST = 20;

  private final GateView.Snapshot snapshot;

  GoingWell(GateView.Snapshot snapshot) {
    this.snapshot = snapshot;
  }

  @Override
  public void write(Html html) {
    List<? extends DestinationStatus<?>> well = snapshot.goingWell();
    if (well.isEmpty()) {
      return;
    }
    html.markup("<section><h2>Under way</h2><table><thead><tr><th>destination")
        .markup("<th class=\"number\">under way / window<th class=\"number\">mean delivery")
        .markup("<th class=\"number\">oldest</tr></thead><tbody>\n");
    well.stream().limit(MOST).forEach(status -> row(html, status));
    html.markup("</tbody></table>");
    if (well.size() > MOST) {
      html.markup("<p class=\"note\">and ").text(well.size() - MOST).markup(" more</p>");
    }
    html.markup("</section>\n");
  }

  private void row(Html html, DestinationStatus<?> status) {
    html.markup("<tr>").cell("destination", false).words(status.destination()).markup("</td>");
    html.number("under way", status.inFlight() + " / " + (long) status.window());
    html.number("mean delivery", seconds(status.meanDeliveryNanos()));
    html.number(
        "oldest",
        status
            .oldestInFlight()
            .map(began -> Spans.of(snapshot.now().until(began).negated()))
            .orElse(""));
    html.markup("</tr>\n");
  }

  private static String seconds(long nanos) {
    return nanos == 0 ? "not known" : Math.round(nanos / 1e8) / 10.0 + " s";
  }
}
