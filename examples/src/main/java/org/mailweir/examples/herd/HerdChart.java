package org.mailweir.examples.herd;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.IChart;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Draws both runs: how much fresh mail was handed in and how much was started, and below it why:
 * how many clients were held.
 */
final class HerdChart {
  private static final int WIDTH = 900;
  private static final int UPPER = 400;
  private static final int LOWER = 250;
  private static final Color WITHOUT = new Color(0xC0392B);
  private static final Color WITH = new Color(0x1F6FB2);
  private static final Color HANDED_IN = new Color(0x9A9A9A);
  private static final Color TEXT = new Color(0x222222);
  private static final Color GRID = new Color(0xE4E4E4);
  private static final String FONT = Font.SANS_SERIF;

  private final Plan plan;
  private final RunResult without;
  private final RunResult with;

  HerdChart(Plan plan, RunResult without, RunResult with) {
    this.plan = plan;
    this.without = without;
    this.with = with;
  }

  /** Returns whether this machine has a font to write with. */
  static boolean isPossible() {
    try {
      new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB)
          .createGraphics()
          .getFontMetrics(new Font(FONT, Font.PLAIN, 14));
      return true;
    } catch (RuntimeException | Error noFonts) {
      return false; // which of them it is depends on the JVM's version
    }
  }

  /**
   * Writes {@code herd.svg} and {@code herd.png} into the directory, which is made if need be.
   *
   * @throws IOException if they cannot be written
   */
  void write(Path directory) throws IOException {
    Files.createDirectories(directory);
    IChart both = new Stack(mail(), clients());
    for (String format : List.of("svg", "png")) {
      Files.write(directory.resolve("herd." + format), ChartEncoder.getBytes(both, format));
    }
  }

  private XYChart mail() {
    XYChart chart =
        chart(
            UPPER,
            String.format(
                Locale.ROOT,
                "%,d messages for %,d dead hosts become due: what happens to other mail?",
                plan.messages(),
                plan.deadHosts()),
            "messages for healthy hosts");
    XYSeries given = line(chart, "handed in", with, m -> m.fresh().handedIn(), HANDED_IN);
    given.setLineStyle(
        new BasicStroke(
            5, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, new float[] {3, 3}, 0));
    line(chart, "started with Mailweir", with, m -> m.fresh().delivered(), WITH);
    line(chart, "started without", without, m -> m.fresh().delivered(), WITHOUT);
    int waiting = without.last().fresh().handedIn() - without.last().fresh().delivered();
    note(
        chart,
        String.format(
            Locale.ROOT,
            "without Mailweir (stopped at %d s) %,d messages wait",
            plan.length().toSeconds(),
            waiting),
        plan.length().toSeconds() * 0.65,
        without.last().fresh().delivered() + without.last().fresh().handedIn() * 0.06);
    return chart;
  }

  private XYChart clients() {
    XYChart chart = chart(LOWER, "Why: who holds the delivery slots", "slots held over 1 s");
    chart.setXAxisTitle("seconds since the messages for dead hosts became due");
    chart.getStyler().setYAxisMax((double) plan.clients() * 1.1);
    chart.getStyler().setLegendVisible(false); // the colours are those above
    line(chart, "with Mailweir", with, Moment::clientsHeld, WITH);
    line(chart, "without", without, Moment::clientsHeld, WITHOUT);
    note(
        chart,
        String.format(
            Locale.ROOT, "without: dead hosts hold %d of %d", without.mostHeld(), plan.clients()),
        plan.length().toSeconds() * 0.5,
        plan.clients() * 0.9);
    return chart;
  }

  private static XYChart chart(int height, String title, String yTitle) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(height)
            .title(title)
            .xAxisTitle("")
            .yAxisTitle(yTitle)
            .build();
    chart
        .getStyler()
        .setChartBackgroundColor(Color.WHITE)
        .setPlotBackgroundColor(Color.WHITE)
        .setPlotBorderVisible(false)
        .setChartFontColor(TEXT)
        .setChartTitleFont(new Font(FONT, Font.BOLD, 16))
        .setChartTitlePadding(8)
        .setLegendPosition(LegendPosition.InsideNW)
        .setLegendBorderColor(Color.WHITE)
        .setLegendFont(new Font(FONT, Font.PLAIN, 14))
        .setAnnotationTextFont(new Font(FONT, Font.BOLD, 14))
        .setAnnotationTextFontColor(WITHOUT)
        .setYAxisLeftWidthHint(70)
        .setLocale(Locale.ROOT);
    chart.getStyler().setAxisTitleFont(new Font(FONT, Font.PLAIN, 14));
    chart.getStyler().setAxisTickLabelsFont(new Font(FONT, Font.PLAIN, 13));
    chart.getStyler().setPlotGridLinesColor(GRID);
    chart.getStyler().setPlotGridVerticalLinesVisible(false);
    chart.getStyler().setYAxisMin(0.0);
    chart.getStyler().setXAxisMin(0.0);
    return chart;
  }

  private XYSeries line(
      XYChart chart, String name, RunResult run, ToDoubleFunction<Moment> value, Color color) {
    List<Moment> since = run.moments().stream().filter(m -> m.seconds() >= 0).toList();
    XYSeries series =
        chart.addSeries(
            name,
            since.stream().mapToDouble(Moment::seconds).toArray(),
            since.stream().mapToDouble(value).toArray());
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(color);
    series.setLineWidth(3);
    return series;
  }

  private static void note(XYChart chart, String text, double x, double y) {
    chart.addAnnotation(new AnnotationText(text, x, y, false));
  }

  /** Two charts as one picture, one above the other. */
  private record Stack(XYChart upper, XYChart lower) implements IChart {
    @Override
    public void paint(Graphics2D graphics, int width, int height) {
      upper.paint(graphics, width, upper.getHeight());
      graphics.translate(0, upper.getHeight());
      lower.paint(graphics, width, lower.getHeight());
      graphics.translate(0, -upper.getHeight());
    }

    @Override
    public int getWidth() {
      return upper.getWidth();
    }

    @Override
    public int getHeight() {
      return upper.getHeight() + lower.getHeight();
    }

    @Override
    public String getTitle() {
      return upper.getTitle();
    }
  }
}
