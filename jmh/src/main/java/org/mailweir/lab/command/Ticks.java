package org.mailweir.lab.command;

import java.io.PrintWriter;
import java.util.Locale;
import org.mailweir.lab.scenario.Scenario;

/** Tells how far a run is: one line, written over while it changes. */
final class Ticks {
  private static final int STEPS = 20;

  private final PrintWriter screen;
  private final String head;
  private final double end;
  private int shown = -1;

  Ticks(PrintWriter screen, Scenario scenario, Row row, int number, int of) {
    this.screen = screen;
    this.end = scenario.end();
    this.head =
        String.format(
            Locale.ROOT,
            "%d/%d %s, %s, M = %d",
            number,
            of,
            scenario.name(),
            row.policy().key(),
            row.clients());
  }

  void at(double seconds) {
    int steps = (int) Math.min(STEPS, STEPS * seconds / end);
    if (steps != shown) {
      shown = steps;
      String bar = "#".repeat(steps) + " ".repeat(STEPS - steps);
      screen.printf(Locale.ROOT, "\r%-44s [%s] %,.0f of %,.0f virtual s", head, bar, seconds, end);
      screen.flush();
    }
  }

  void done() {
    screen.print("\r" + " ".repeat(79) + "\r");
    screen.flush();
  }
}
