package org.mailweir.examples.herd;

import java.util.List;
import java.util.Locale;

/** The table at the end: one row a measure, one column a run. */
final class Report {
  private Report() {}

  /** Returns the table's lines, none longer than {@value Picture#WIDTH} characters. */
  static List<String> of(Plan plan, RunResult without, RunResult with) {
    return List.of(
        row("", without.policy().title(), with.policy().title()),
        row("-".repeat(38), "-".repeat(18), "-".repeat(18)),
        row(
            "fresh mail for healthy hosts",
            count(fresh(without).handedIn()),
            count(fresh(with).handedIn())),
        row("  delivery started within 1 s", share(without), share(with)),
        row("  p99 of the wait", p99(without), p99(with)),
        row("  never started", count(waiting(without)), count(waiting(with))),
        row("clients held over 1 s, at most", held(plan, without), held(plan, with)),
        row("herd: messages answered", answered(plan, without), answered(plan, with)),
        row(
            "host back at " + plan.returns().toSeconds() + " s: messages delivered",
            returned(plan, without),
            returned(plan, with)),
        row(
            "  connections open at once (takes " + World.CONNECTIONS_OF_RETURNING + ")",
            peak(without),
            peak(with)),
        row("sent twice", count(without.twice()), count(with.twice())));
  }

  private static FreshMail.Account fresh(RunResult run) {
    return run.last().fresh();
  }

  private static int waiting(RunResult run) {
    return fresh(run).handedIn() - fresh(run).delivered();
  }

  private static String share(RunResult run) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * fresh(run).withinASecond());
  }

  private static String p99(RunResult run) {
    double p99 = fresh(run).p99Seconds();
    boolean cut = waiting(run) * 100 > fresh(run).handedIn();
    return cut
        ? String.format(Locale.ROOT, "over %.1f s (cut)", p99)
        : String.format(Locale.ROOT, "%.2f s", p99);
  }

  private static String held(Plan plan, RunResult run) {
    return run.mostHeld() + " of " + plan.clients();
  }

  private static String answered(Plan plan, RunResult run) {
    return String.format(Locale.ROOT, "%,d of %,d", run.last().herdAnswered(), plan.messages());
  }

  private static String returned(Plan plan, RunResult run) {
    return run.last().returned() + " of " + plan.forReturning();
  }

  private static String peak(RunResult run) {
    return run.peakAtReturned() == 0 ? "-" : "at most " + run.peakAtReturned();
  }

  private static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  private static String row(String what, String without, String with) {
    return String.format(Locale.ROOT, "%-38s  %18s  %18s", what, without, with).stripTrailing();
  }
}
