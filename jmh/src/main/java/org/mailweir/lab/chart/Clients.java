package org.mailweir.lab.chart;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.knowm.xchart.XYChart;
import org.mailweir.lab.scenario.Result;
import org.mailweir.lab.scenario.Scenario;

/** A picture of what the number of clients does: one line a policy and class of mail. */
final class Clients {
  private static final List<String> FIGURES = List.of("proven.within-1s", "unseen.within-1s");

  private Clients() {}

  static XYChart chart(Scenario scenario, List<Result> results) {
    XYChart chart =
        Style.chart(
            scenario.name() + ": fresh mail that starts within a second", "clients", "percent");
    Map<String, List<Result>> byPolicy =
        results.stream()
            .collect(
                Collectors.groupingBy(Result::policy, LinkedHashMap::new, Collectors.toList()));
    byPolicy.forEach(
        (policy, runs) -> {
          for (String figure : FIGURES) {
            List<Result> with =
                runs.stream().filter(run -> run.figures().containsKey(figure)).toList();
            if (!with.isEmpty()) {
              Style.line(
                  chart,
                  policy,
                  policy + ", " + figure.substring(0, figure.indexOf('.')),
                  with.stream().mapToDouble(Result::clients).toArray(),
                  with.stream().mapToDouble(run -> 100 * of(run, figure)).toArray(),
                  figure.startsWith("unseen"));
            }
          }
        });
    chart.getStyler().setYAxisMin(0.0);
    chart.getStyler().setYAxisMax(101.0);
    return chart;
  }

  private static double of(Result run, String figure) {
    return run.figures().getOrDefault(figure, 0.0);
  }
}
