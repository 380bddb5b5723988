package org.mailweir.jmh.tables;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fills the tables of a page in Markdown with figures from result files. A comment before a table
 * says what is in it, one line a column, after the parameter whose values are the rows:
 *
 * <pre>{@code
 * <!-- table peer
 * 1 thread | one.json | admitAndSettle | destinations=16384
 * 2 threads | two.json | admitAndSettle | destinations=16384
 * -->
 * }</pre>
 *
 * <p>The last field may also name one of JMH's further metrics: {@code metric=messages}; and {@code
 * percentile=50.0} stands for the median of the iterations instead of their mean. What was not
 * measured is a dash.
 */
final class Tables {
  private static final Pattern TABLE =
      Pattern.compile("<!-- table (\\w+)\n(.*?)-->\n\n?(?:\\|[^\n]*\n)*\n?", Pattern.DOTALL);
  private static final String METRIC = "metric";
  private static final String PERCENTILE = "percentile";

  private final Path results;

  /**
   * @param results the directory of the result files
   */
  Tables(Path results) {
    this.results = results;
  }

  /** Returns the page with its tables as the files have them. */
  String fill(String page) throws IOException {
    Matcher matcher = TABLE.matcher(page);
    StringBuilder filled = new StringBuilder();
    while (matcher.find()) {
      String comment = "<!-- table " + matcher.group(1) + "\n" + matcher.group(2) + "-->\n\n";
      String table = table(matcher.group(1), matcher.group(2).strip().lines().toList());
      matcher.appendReplacement(filled, Matcher.quoteReplacement(comment + table));
    }
    return matcher.appendTail(filled).toString();
  }

  private String table(String rowParameter, List<String> lines) throws IOException {
    List<Column> columns = new ArrayList<>();
    Set<String> rows = new LinkedHashSet<>();
    for (String line : lines) {
      Column column = column(line);
      columns.add(column);
      column.figures().forEach(figure -> rows.add(figure.parameters().get(rowParameter)));
    }
    StringBuilder table = new StringBuilder("| |");
    columns.forEach(column -> table.append(' ').append(column.title()).append(" |"));
    table.append("\n|---|").append("---|".repeat(columns.size())).append('\n');
    for (String row : rows) {
      table.append("| `").append(row).append("` |");
      columns.forEach(c -> table.append(' ').append(c.cell(rowParameter, row)).append(" |"));
      table.append('\n');
    }
    return table.append('\n').toString();
  }

  private Column column(String line) throws IOException {
    String[] fields = line.split("\\|", -1);
    if (fields.length != 4) {
      throw new IllegalArgumentException("not title | file | benchmark | parameters: " + line);
    }
    Map<String, String> wanted = new TreeMap<>();
    for (String parameter : fields[3].strip().split("\\s+", -1)) {
      if (!parameter.isEmpty()) {
        String[] pair = parameter.split("=", 2);
        wanted.put(pair[0], pair[pair.length - 1]);
      }
    }
    String metric = wanted.containsKey(METRIC) ? wanted.remove(METRIC) : "";
    String percentile = wanted.containsKey(PERCENTILE) ? wanted.remove(PERCENTILE) : "";
    List<Measured> figures =
        Measured.read(results.resolve(fields[1].strip())).stream()
            .filter(figure -> figure.benchmark().equals(fields[2].strip()))
            .filter(figure -> figure.parameters().entrySet().containsAll(wanted.entrySet()))
            .toList();
    if (figures.isEmpty()) {
      throw new IllegalArgumentException("nothing measured for: " + line);
    }
    return new Column(fields[0].strip(), figures, metric, percentile);
  }

  private record Column(String title, List<Measured> figures, String metric, String percentile) {
    String cell(String rowParameter, String row) {
      List<Measured> fitting =
          figures.stream().filter(f -> row.equals(f.parameters().get(rowParameter))).toList();
      if (fitting.size() > 1) {
        throw new IllegalArgumentException(title + ": several figures for " + row);
      }
      return fitting.isEmpty() ? "-" : fitting.get(0).cell(metric, percentile);
    }
  }
}
