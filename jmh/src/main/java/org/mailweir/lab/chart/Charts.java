package org.mailweir.lab.chart;

import java.awt.Font;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.mailweir.lab.scenario.Result;
import org.mailweir.lab.scenario.Scenario;

/** Draws results, and writes each picture as SVG and as PNG. */
public final class Charts {
  private static final List<String> FORMATS = List.of("svg", "png");

  private Charts() {}

  /** Returns whether this machine has a font to write with. */
  public static boolean arePossible() {
    try {
      new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB)
          .createGraphics()
          .getFontMetrics(new Font(Style.FONT, Font.PLAIN, 14));
      return true;
    } catch (RuntimeException | Error noFonts) {
      return false; // which of them it is depends on the JVM's version
    }
  }

  /**
   * Draws the results of one scenario, one line a policy: waits, attempts, backlog, and the
   * connections to a site that is watched.
   *
   * @return the files that were written
   * @throws IOException if they cannot be
   */
  public static List<Path> write(Path directory, Scenario scenario, List<Result> results)
      throws IOException {
    List<Path> written = new ArrayList<>();
    String name = scenario.name().toLowerCase(Locale.ROOT);
    written.addAll(write(directory, name + "-wait", Courses.wait(scenario, results)));
    written.addAll(write(directory, name + "-attempts", Courses.attempts(scenario, results)));
    written.addAll(write(directory, name + "-backlog", Courses.backlog(scenario, results)));
    if (results.stream().anyMatch(result -> result.courses().containsKey(Result.OPEN))) {
      written.addAll(write(directory, name + "-window", Courses.window(scenario, results)));
    }
    return written;
  }

  /**
   * Draws how the share of fresh mail in time depends on the number of clients.
   *
   * @return the files that were written
   * @throws IOException if they cannot be
   */
  public static List<Path> writeSweep(Path directory, Scenario scenario, List<Result> results)
      throws IOException {
    String name = scenario.name().toLowerCase(Locale.ROOT);
    return write(directory, name + "-clients", Clients.chart(scenario, results));
  }

  private static List<Path> write(Path directory, String name, XYChart chart) throws IOException {
    Files.createDirectories(directory);
    List<Path> written = new ArrayList<>();
    for (String format : FORMATS) {
      Path file = directory.resolve(name + "." + format);
      Files.write(file, ChartEncoder.getBytes(chart, format));
      written.add(file);
    }
    return written;
  }
}
