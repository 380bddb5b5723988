package org.mailweir.examples.herd;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Both runs as lines of text, of the same number whatever has happened, none longer than {@value
 * #WIDTH} characters. ASCII only: it is shown by any terminal.
 */
final class Picture {
  static final int WIDTH = 79;

  private static final int BAR = 30;

  private final Plan plan;
  private final Map<Policy, Moment> latest = new EnumMap<>(Policy.class);

  Picture(Plan plan) {
    this.plan = plan;
  }

  /** Takes over what is known of a run now. */
  void show(Policy policy, Moment moment) {
    latest.put(policy, moment);
  }

  /** Returns what is played, in words. */
  List<String> title() {
    return List.of(
        String.format(
            Locale.ROOT,
            "%,d deferred messages for %,d dead hosts are due at once; %d clients.",
            plan.messages(),
            plan.deadHosts(),
            plan.clients()),
        "Fresh mail for healthy hosts keeps coming. How long does it wait?");
  }

  /** Returns the lines to be shown now. */
  List<String> lines() {
    List<String> lines = new ArrayList<>(title());
    for (Policy policy : Policy.values()) {
      lines.add("");
      lines.addAll(run(policy));
    }
    return lines.stream().map(Picture::cut).toList();
  }

  /** Returns one run in one line, for where lines cannot be drawn over. */
  String line(Policy policy) {
    Moment m = latest.get(policy);
    if (m == null) {
      return "";
    }
    return cut(
        String.format(
            Locale.ROOT,
            "%-16s %4.0f s: fresh mail %d of %d, p99 %.1f s; held %d; herd %,d",
            policy.title(),
            m.seconds(),
            m.fresh().delivered(),
            m.fresh().handedIn(),
            m.fresh().p99Seconds(),
            m.clientsHeld(),
            m.herdAnswered()));
  }

  private List<String> run(Policy policy) {
    Moment m = latest.get(policy);
    String head = (policy.ordinal() + 1) + ". " + policy.title();
    if (m == null) {
      return List.of(head + ": comes next", "", "", "", "", "");
    }
    String clock =
        m.seconds() < 0
            ? String.format(Locale.ROOT, "the herd comes in %.0f s", Math.ceil(-m.seconds()))
            : String.format(Locale.ROOT, "%2.0f s of %d s", m.seconds(), plan.length().toSeconds());
    return List.of(
        head + " ".repeat(Math.max(1, WIDTH - head.length() - clock.length())) + clock,
        String.format(
            Locale.ROOT,
            "   fresh mail    %5d handed in, %5d started, p99 of the wait %.1f s",
            m.fresh().handedIn(),
            m.fresh().delivered(),
            m.fresh().p99Seconds()),
        String.format(
            Locale.ROOT,
            "   clients held  %s %d of %d for over 1 s",
            bar(m.clientsHeld(), plan.clients()),
            m.clientsHeld(),
            plan.clients()),
        String.format(
            Locale.ROOT,
            "   herd          %s %,d of %,d answered",
            bar(m.herdAnswered(), plan.messages()),
            m.herdAnswered(),
            plan.messages()),
        String.format(
            Locale.ROOT,
            "   back at %d s   %s %d of %d delivered",
            plan.returns().toSeconds(),
            bar(m.returned(), plan.forReturning()),
            m.returned(),
            plan.forReturning()),
        "   refused       " + reasons(m));
  }

  private static String reasons(Moment m) {
    return m.refused().isEmpty()
        ? "-"
        : m.refused().entrySet().stream()
            .sorted((a, b) -> Long.compare(b.getValue(), a.getValue()))
            .map(
                e ->
                    String.format(
                        Locale.ROOT,
                        "%s %,d",
                        e.getKey().name().toLowerCase(Locale.ROOT),
                        e.getValue()))
            .collect(Collectors.joining(", "));
  }

  private static String bar(int part, int whole) {
    int filled = Math.min(BAR, (int) Math.ceil((double) BAR * part / whole));
    return "[" + "#".repeat(filled) + " ".repeat(BAR - filled) + "]";
  }

  private static String cut(String line) {
    return line.length() <= WIDTH ? line : line.substring(0, WIDTH);
  }
}
