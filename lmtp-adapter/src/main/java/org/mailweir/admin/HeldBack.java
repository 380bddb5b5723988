package org.mailweir.admin;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.mailweir.core.DestinationStatus;
import org.mailweir.core.Refusal;
import org.mailweir.core.Refusal.Reason;

/** The destinations whose mail is held back: why, what can be turned, and until when. */
final class HeldBack implements Section {
  private static final int MOST = 100;

  private final GateView.Snapshot snapshot;

  HeldBack(GateView.Snapshot snapshot) {
    this.snapshot = snapshot;
  }

  @Override
  public void write(Html html) {
    List<? extends DestinationStatus<?>> held = snapshot.heldBack();
    html.markup("<section><h2>Held back</h2>");
    if (held.isEmpty()) {
      html.markup("<p class=\"note\">Nothing: every destination takes its mail.</p></section>\n");
      return;
    }
    html.markup(
            "<table><thead><tr><th>destination<th>standing<th class=\"number\">under way / window")
        .markup("<th class=\"number\">waiting<th class=\"number\">refused")
        .markup("<th>why, and what to turn<th>since<th>next try<th>oldest</tr></thead><tbody>\n");
    held.stream().limit(MOST).forEach(status -> row(html, status));
    html.markup("</tbody></table>");
    if (held.size() > MOST || snapshot.isCut()) {
      html.markup("<p class=\"note\">The ")
          .text(Math.min(MOST, held.size()))
          .markup(" with the most mail")
          .text(held.size() > MOST ? ", of " + GateHead.number(held.size()) : "")
          .text(snapshot.isCut() ? " or more" : "")
          .markup("; <a href=\"/destinations?n=1000\">/destinations</a> shows up to 1,000.</p>");
    }
    html.markup("</section>\n");
  }

  private void row(Html html, DestinationStatus<?> status) {
    Optional<Refusal> obstacle = status.obstacle();
    html.markup("<tr>").cell("destination", false).words(status.destination()).markup("</td>");
    html.cell("standing", false).markup("<div>");
    standing(html, status);
    html.markup("</div></td>");
    html.number("under way", status.inFlight() + " / " + (long) status.window());
    html.number("waiting", GateHead.number(status.waiting()));
    html.number("refused", GateHead.number(status.refused()));
    html.cell("why", false).markup("<div>");
    why(html, status, obstacle);
    html.markup("</div></td>").cell("since", false);
    ago(html, status.suspendedSince());
    html.markup("</td>").cell("next try", false);
    nextTry(html, status, obstacle);
    html.markup("</td>").cell("oldest", false);
    ago(html, GateView.earlier(status.oldestWaiting(), status.oldestInFlight()));
    html.markup("</td></tr>\n");
  }

  private static void standing(Html html, DestinationStatus<?> status) {
    String name = status.standing().name().toLowerCase(Locale.ROOT);
    html.markup("<span class=\"" + name + "\">").text(name).markup("</span>");
    if (status.suspendedByHandUntil().isPresent()) {
      html.markup(" <span class=\"hand\">by hand</span>");
    }
    if (status.probing()) {
      html.markup(" <small>probe under way</small>");
    } else if (status.probeDue()) {
      html.markup(" <small>probe due</small>");
    }
  }

  private static void why(Html html, DestinationStatus<?> status, Optional<Refusal> obstacle) {
    Optional<Reason> reason = obstacle.map(Refusal::reason);
    if (reason.isEmpty()) {
      html.text(status.waiting() > 0 ? "its window is full: its turn comes" : "nothing any more");
    } else {
      html.text(Reasons.words(reason.get()));
    }
    String said = obstacle.map(Refusal::detail).filter(s -> !s.isEmpty()).orElse(status.cause());
    if (!said.isEmpty()) {
      html.markup("<br>").words(said);
    }
    reason.ifPresent(r -> html.markup("<small>turn: ").text(Reasons.knob(r)).markup("</small>"));
    if (reason.isEmpty() && status.lastRefusal().isPresent()) {
      html.markup("<small>last refused: ")
          .text(Reasons.words(status.lastRefusal().get()))
          .markup("</small>");
    }
  }

  private void nextTry(Html html, DestinationStatus<?> status, Optional<Refusal> obstacle) {
    Optional<Long> until = obstacle.flatMap(Refusal::nextTry).or(status::nextProbe);
    if (until.isEmpty()) {
      html.markup(obstacle.isEmpty() ? "now" : "not known");
      return;
    }
    Moment now = snapshot.now();
    boolean due = until.get() - now.reading() <= 0;
    html.time(now.time(until.get()), due ? "now" : "in " + Spans.of(now.until(until.get())));
  }

  private void ago(Html html, Optional<Long> reading) {
    Moment now = snapshot.now();
    reading.ifPresent(then -> html.time(now.time(then), Spans.of(now.until(then).negated())));
  }
}
