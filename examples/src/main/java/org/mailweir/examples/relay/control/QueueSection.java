package org.mailweir.examples.relay.control;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.mailweir.admin.Html;
import org.mailweir.admin.Section;
import org.mailweir.admin.Spans;
import org.mailweir.examples.relay.spool.SpoolException;

/** The queue by destination, on the operator's page. It names no addresses. */
final class QueueSection implements Section {
  private static final int MOST = 50;

  private final QueueView view;

  QueueSection(QueueView view) {
    this.view = view;
  }

  @Override
  public void write(Html html) {
    html.markup("<section><h2>Queue</h2>");
    try {
      write(html, view.queue(MOST));
    } catch (SpoolException failure) {
      html.markup("<p class=\"alarm\">The spool cannot be read: ")
          .words(String.valueOf(failure.getMessage()))
          .markup("</p>");
    }
    html.markup("</section>\n");
  }

  private static void write(Html html, Reports.Queue queue) {
    html.markup("<p class=\"note\">")
        .text(
            String.format(
                Locale.ROOT,
                "%,d messages for %,d %s, %,d of them due. A message for several"
                    + " destinations counts once for each.",
                queue.entries(),
                queue.destinations(),
                queue.destinations() == 1 ? "destination" : "destinations",
                queue.due()))
        .markup("</p>");
    if (queue.rows().isEmpty()) {
      return;
    }
    html.markup("<table><thead><tr><th>destination<th class=\"number\">depth<th>oldest")
        .markup("<th>standing<th>why, and what to turn<th>next try</tr></thead><tbody>\n");
    queue.rows().forEach(row -> write(html, row, queue.now()));
    html.markup("</tbody></table>");
    if (queue.destinations() > queue.rows().size()) {
      html.markup("<p class=\"note\">The ")
          .text(queue.rows().size())
          .markup(" deepest are shown; <code>relay list -n 1000</code> shows up to 1,000.</p>");
    }
  }

  private static void write(Html html, Reports.Row row, Instant now) {
    html.markup("<tr>").cell("destination", false).markup("<div>").words(row.destination());
    if (row.site() != null) {
      html.markup("<small>same hosts as ").words(row.site()).markup("</small>");
    }
    html.markup("</div></td>").number("depth", String.format(Locale.ROOT, "%,d", row.depth()));
    html.cell("oldest", false);
    ago(html, row.oldest(), now);
    html.markup("</td>").cell("standing", false).markup("<span class=\"");
    html.text(row.standing()).markup("\">").text(row.standing()).markup("</span></td>");
    html.cell("why", false).markup("<div>");
    html.words(row.why().isEmpty() ? "nothing is in the way" : row.why());
    if (!row.knob().isEmpty()) {
      html.markup("<small>turn: ").text(row.knob()).markup("</small>");
    }
    html.markup("</div></td>").cell("next try", false);
    if (row.nextTry() != null) {
      html.time(row.nextTry(), "in " + Spans.of(Duration.between(now, row.nextTry())));
    }
    html.markup("</td></tr>\n");
  }

  private static void ago(Html html, @Nullable Instant time, Instant now) {
    if (time != null) {
      html.time(time, Spans.of(Duration.between(time, now)));
    }
  }
}
