package org.mailweir.jmh.tables;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One row of a result file of JMH ({@code -rf json}).
 *
 * @param benchmark the method's name, without class and package
 * @param parameters by name
 */
record Measured(String benchmark, Map<String, String> parameters, JsonObject json) {
  private static final String BYTES = "gc.alloc.rate.norm";
  private static final double BYTES_IN_FULL = 100_000;
  private static final double MILLION = 1_000_000;

  static List<Measured> read(Path file) throws IOException {
    List<Measured> all = new ArrayList<>();
    try (Reader reader = Files.newBufferedReader(file)) {
      for (JsonElement element : JsonParser.parseReader(reader).getAsJsonArray()) {
        JsonObject json = element.getAsJsonObject();
        String name = json.get("benchmark").getAsString();
        Map<String, String> parameters = new TreeMap<>();
        JsonObject given = json.getAsJsonObject("params");
        if (given != null) {
          given.asMap().forEach((key, value) -> parameters.put(key, value.getAsString()));
        }
        all.add(new Measured(name.substring(name.lastIndexOf('.') + 1), parameters, json));
      }
    }
    return all;
  }

  /**
   * Returns the figure as it stands in a cell: {@code 489 ± 167 ns, 32 B}.
   *
   * @param metric of those beside the first one, or empty for that
   * @param percentile of the iterations, or empty for their mean and its interval
   */
  String cell(String metric, String percentile) {
    JsonObject secondary = json.getAsJsonObject("secondaryMetrics");
    JsonObject score =
        metric.isEmpty()
            ? json.getAsJsonObject("primaryMetric")
            : secondary.getAsJsonObject(metric);
    StringBuilder cell = new StringBuilder();
    if (percentile.isEmpty()) {
      cell.append(number(score.get("score")));
      // With too few iterations there is no interval, which JMH writes as the text NaN.
      error(score).ifPresent(error -> cell.append(" ± ").append(error));
    } else {
      cell.append(number(score.getAsJsonObject("scorePercentiles").get(percentile)));
    }
    cell.append(' ').append(score.get("scoreUnit").getAsString().replace("/op", ""));
    if (metric.isEmpty() && secondary.has(BYTES)) {
      cell.append(", ").append(bytes(secondary.getAsJsonObject(BYTES).get("score").getAsDouble()));
    }
    return cell.toString();
  }

  private static Optional<String> error(JsonObject score) {
    JsonElement error = score.get("scoreError");
    return error == null || error.getAsString().equals("NaN")
        ? Optional.empty()
        : Optional.of(number(error));
  }

  private static String number(JsonElement value) {
    return String.format(Locale.ROOT, "%,.0f", value.getAsDouble());
  }

  private static String bytes(double bytes) {
    return bytes < BYTES_IN_FULL
        ? String.format(Locale.ROOT, "%,.0f B", bytes)
        : String.format(Locale.ROOT, "%,.0f MB", bytes / MILLION);
  }
}
