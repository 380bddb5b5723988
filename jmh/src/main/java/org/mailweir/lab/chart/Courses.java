package org.mailweir.lab.chart;

import java.util.List;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.mailweir.lab.scenario.Result;
import org.mailweir.lab.scenario.Scenario;

/** Pictures of how runs went: time to the right, one line a policy. */
final class Courses {
  private static final double MINUTE = 60;

  /** What starts at once is drawn here, as there is no 0 on a logarithmic axis. */
  private static final double LEAST_WAIT = 0.01;

  private Courses() {}

  static XYChart wait(Scenario scenario, List<Result> results) {
    XYChart chart =
        Style.chart(
            scenario.name() + ": how long the slowest healthy mail waits",
            "minute in which it was handed in",
            "seconds");
    chart.getStyler().setYAxisLogarithmic(true);
    for (Result result : results) {
      List<Double> waits = result.courses().getOrDefault(Result.WAIT, List.of());
      int[] used = measured(scenario, waits.size());
      line(
          chart,
          result,
          result.title(),
          IntStream.of(used).mapToDouble(Courses::minutes).toArray(),
          IntStream.of(used).mapToDouble(i -> Math.max(LEAST_WAIT, waits.get(i))).toArray(),
          false);
    }
    return chart;
  }

  static XYChart attempts(Scenario scenario, List<Result> results) {
    XYChart chart =
        Style.chart(scenario.name() + ": attempts, probes included", "minutes", "a second");
    results.forEach(result -> course(chart, result, Result.ATTEMPTS, result.title(), false));
    return chart;
  }

  static XYChart backlog(Scenario scenario, List<Result> results) {
    XYChart chart =
        Style.chart(scenario.name() + ": messages in the queues", "minutes", "messages");
    results.forEach(result -> course(chart, result, Result.BACKLOG, result.title(), false));
    chart.getStyler().setYAxisMin(0.0);
    return chart;
  }

  /** Connections to the site that is watched, and dashed what the policy would allow. */
  static XYChart window(Scenario scenario, List<Result> results) {
    XYChart chart =
        Style.chart(
            scenario.name() + ": connections to the site, and its window (dashed)",
            "minutes",
            "connections");
    for (Result result : results) {
      course(chart, scenario, result, Result.OPEN, result.title(), false);
      if (result.policy().startsWith("mailweir")) {
        course(chart, scenario, result, Result.WINDOW, "window, " + result.title(), true);
      }
    }
    chart.getStyler().setYAxisMin(0.0);
    return chart;
  }

  /** Draws a course where the scenario is measured. */
  private static void course(
      XYChart chart, Scenario scenario, Result result, String name, String title, boolean dashed) {
    List<Double> values = result.courses().getOrDefault(name, List.of());
    int[] used = measured(scenario, values.size());
    line(
        chart,
        result,
        title,
        IntStream.of(used).mapToDouble(Courses::minutes).toArray(),
        IntStream.of(used).mapToDouble(values::get).toArray(),
        dashed);
  }

  private static int[] measured(Scenario scenario, int size) {
    return IntStream.range(0, size)
        .filter(step -> scenario.measured().contains(step * (double) Result.STEP))
        .toArray();
  }

  private static void course(
      XYChart chart, Result result, String name, String title, boolean dashed) {
    List<Double> values = result.courses().getOrDefault(name, List.of());
    line(
        chart,
        result,
        title,
        IntStream.range(0, values.size()).mapToDouble(Courses::minutes).toArray(),
        values.stream().mapToDouble(value -> value).toArray(),
        dashed);
  }

  private static void line(
      XYChart chart, Result result, String title, double[] x, double[] y, boolean dashed) {
    if (x.length > 0) {
      Style.line(chart, result.policy(), title, x, y, dashed);
    }
  }

  private static double minutes(int step) {
    return step * Result.STEP / MINUTE;
  }
}
