package org.mailweir.lab.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.mailweir.lab.scenario.Bound;
import org.mailweir.lab.scenario.Result;
import org.mailweir.lab.scenario.Scenario;

/** Results as lines of text: one a policy, and below what was expected. */
final class Table {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("proven p99", "proven.p99", Unit.SECONDS),
          new Column("< 1 s", "proven.within-1s", Unit.SHARE),
          new Column("unseen p99", "unseen.p99", Unit.SECONDS),
          new Column("< 1 s", "unseen.within-1s", Unit.SHARE),
          new Column("big p99", "big.p99", Unit.SECONDS),
          new Column("< 1 s", "big.within-1s", Unit.SHARE),
          new Column("slow < 1 s", "slow.within-1s", Unit.SHARE),
          new Column("group < 1 s", "group.within-1s", Unit.SHARE),
          new Column("after p50", "after.p50", Unit.SECONDS),
          new Column("p99", "after.p99", Unit.SECONDS),
          new Column("first", "recovery.first", Unit.SECONDS),
          new Column("50 %", "recovery.half", Unit.SECONDS),
          new Column("all", "recovery.all", Unit.SECONDS),
          new Column("421", "site.pushed-back", Unit.NUMBER),
          new Column("over", "site.over-limit", Unit.NUMBER),
          new Column("Jain", "jain", Unit.FRACTION),
          new Column("wasted", "attempts.wasted", Unit.NUMBER),
          new Column("peak/mean", "attempts.peak-over-mean", Unit.NUMBER),
          new Column("false ref.", "refused.falsely", Unit.NUMBER),
          new Column("twice", "duplicates", Unit.NUMBER));

  private Table() {}

  /** How a figure is written. */
  private enum Unit {
    SECONDS,
    SHARE,
    NUMBER,
    FRACTION;

    String write(double value) {
      return switch (this) {
        case SECONDS -> String.format(Locale.ROOT, value < 100 ? "%.2f s" : "%.0f s", value);
        case SHARE -> share(value);
        case NUMBER -> String.format(Locale.ROOT, "%,.0f", value);
        case FRACTION -> String.format(Locale.ROOT, "%.4f", value);
      };
    }

    /** Rounded down, so that 100 % is all of it. */
    private static String share(double value) {
      return String.format(Locale.ROOT, "%.1f %%", Math.floor(value * 1000) / 10);
    }
  }

  private record Column(String title, String figure, Unit unit) {
    boolean isIn(Result result) {
      return result.figures().containsKey(figure);
    }

    String of(Result result) {
      Double value = result.figures().get(figure);
      return value == null ? "-" : unit.write(value);
    }
  }

  /** Returns the results of one scenario, aligned for a terminal. */
  static List<String> lines(Scenario scenario, List<Result> results) {
    List<String> lines = new ArrayList<>();
    lines.add(scenario.name() + ": " + scenario.story());
    List<List<String>> cells = cells(results);
    for (List<String> row : cells) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        int column = i;
        int width = cells.stream().mapToInt(each -> each.get(column).length()).max().orElse(0);
        String cell = row.get(i);
        String space = " ".repeat(width - cell.length());
        line.append(i == 0 ? cell + space : "  " + space + cell);
      }
      lines.add(line.toString());
    }
    results.stream()
        .filter(result -> result.policy().equals("mailweir"))
        .filter(result -> result.clients() == Scenario.USUAL_CLIENTS)
        .forEach(result -> lines.addAll(expectations(scenario, result)));
    return lines;
  }

  /** Returns the results of one scenario as a section in Markdown. */
  static List<String> markdown(Scenario scenario, List<Result> results) {
    List<String> lines = new ArrayList<>();
    lines.add("## " + scenario.name());
    lines.add("");
    lines.add(scenario.story() + ".");
    lines.add("");
    boolean head = true;
    for (List<String> row : cells(results)) {
      lines.add(row.stream().collect(Collectors.joining(" | ", "| ", " |")));
      if (head) {
        lines.add("|---".repeat(row.size()) + "|");
        head = false;
      }
    }
    lines.add("");
    return lines;
  }

  private static List<List<String>> cells(List<Result> results) {
    List<Column> columns =
        COLUMNS.stream().filter(column -> results.stream().anyMatch(column::isIn)).toList();
    List<List<String>> cells = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("policy"));
    columns.forEach(column -> head.add(column.title));
    cells.add(head);
    for (Result result : results) {
      List<String> row = new ArrayList<>(List.of(result.title()));
      columns.forEach(column -> row.add(column.of(result)));
      cells.add(row);
    }
    return cells;
  }

  private static List<String> expectations(Scenario scenario, Result result) {
    Map<String, Double> figures = result.figures();
    return scenario.bounds().stream()
        .map(
            (Bound bound) ->
                String.format(
                    Locale.ROOT,
                    "  %s: %s %s (%s)",
                    result.title(),
                    bound,
                    bound.isMet(figures) ? "is met" : "IS NOT MET",
                    figures.get(bound.figure())))
        .toList();
  }
}
