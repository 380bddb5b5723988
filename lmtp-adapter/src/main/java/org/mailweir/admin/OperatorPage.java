package org.mailweir.admin;

import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * The page at {@code /}: what is held back, why, what can be turned, and until when. It is made
 * anew by the browser every few seconds, needs no script, loads nothing, and changes nothing.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class OperatorPage {
  private static final int SECONDS_TO_NEXT = 5;

  private final String program;
  private final GateView view;
  private final List<Figure> figures;
  private final List<Section> sections;

  OperatorPage(String program, GateView view, List<Figure> figures, List<Section> sections) {
    this.program = program;
    this.view = view;
    this.figures = figures;
    this.sections = sections;
  }

  Answer answer() {
    GateView.Snapshot snapshot = view.look();
    Html html = new Html();
    html.markup("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
        .markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
        .markup("<meta http-equiv=\"refresh\" content=\"" + SECONDS_TO_NEXT + "\">")
        .markup("<link rel=\"icon\" href=\"data:,\"><title>")
        .text(program)
        .markup("</title><style>")
        .markup(PageStyle.SHEET)
        .markup("</style></head><body>\n<header><h1>")
        .text(program)
        .markup("</h1><small>")
        .text(snapshot.now().time().truncatedTo(ChronoUnit.SECONDS))
        .markup(", anew every " + SECONDS_TO_NEXT + " s</small><nav>")
        .markup("<a href=\"/destinations?n=1000\">destinations (JSON)</a> &middot; ")
        .markup("<a href=\"/metrics\">metrics</a></nav></header>\n");
    new GateHead(snapshot, figures).write(html);
    new HeldBack(snapshot).write(html);
    new GoingWell(snapshot).write(html);
    sections.forEach(section -> section.write(html));
    new GateLimits(snapshot).write(html);
    html.markup("</body></html>\n");
    return new Answer(200, "text/html; charset=utf-8", html.toString());
  }
}
