package org.mailweir.lab.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.Locale;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** How all pictures look: each policy has its colour, and ours is the thick line. */
final class Style {
  static final String FONT = Font.SANS_SERIF;
  private static final int WIDTH = 900;
  private static final int HEIGHT = 420;
  private static final int TICKS = 90;
  private static final float THIN = 1.8f;
  private static final float THICK = 3.2f;
  private static final Color TEXT = new Color(0x222222);
  private static final Color GRID = new Color(0xE4E4E4);

  private Style() {}

  static XYChart chart(String title, String xTitle, String yTitle) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle(xTitle)
            .yAxisTitle(yTitle)
            .build();
    chart
        .getStyler()
        .setChartBackgroundColor(Color.WHITE)
        .setPlotBackgroundColor(Color.WHITE)
        .setPlotBorderVisible(false)
        .setChartFontColor(TEXT)
        .setChartTitleFont(new Font(FONT, Font.BOLD, 15))
        .setChartTitlePadding(8)
        .setLegendPosition(LegendPosition.OutsideE)
        .setLegendBorderColor(Color.WHITE)
        .setLegendFont(new Font(FONT, Font.PLAIN, 13))
        .setLocale(Locale.ROOT);
    chart.getStyler().setAxisTitleFont(new Font(FONT, Font.PLAIN, 13));
    chart.getStyler().setAxisTickLabelsFont(new Font(FONT, Font.PLAIN, 12));
    chart.getStyler().setXAxisTickMarkSpacingHint(TICKS);
    chart.getStyler().setPlotGridLinesColor(GRID);
    chart.getStyler().setPlotGridVerticalLinesVisible(false);
    return chart;
  }

  /** Adds a line for a policy. */
  static void line(
      XYChart chart, String policy, String title, double[] x, double[] y, boolean dashed) {
    XYSeries series = chart.addSeries(title, x, y);
    boolean ours = policy.startsWith("mailweir");
    float width = ours ? THICK : THIN;
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(color(policy, title));
    series.setLineStyle(
        dashed
            ? new BasicStroke(
                width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, new float[] {6, 5}, 0)
            : new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
  }

  private static Color color(String policy, String title) {
    return new Color(
        switch (policy) {
          case "mailweir" -> title.endsWith(" 50") ? 0x6BAED6 : 0x1F6FB2;
          case "mailweir-alone", "mailweir-ages" -> 0x17A2A2;
          case "mailweir-relay" -> 0x0B3C6F;
          case "none" ->
              title.endsWith("1000") ? 0xE59866 : title.endsWith("500") ? 0xD35400 : 0xC0392B;
          case "filtermail" -> 0x8E44AD;
          case "bulkhead" -> 0xB7950B;
          case "breaker" -> 0x7D6608;
          case "aimd" -> 0x7F8C8D;
          case "james" -> 0x6E2C00;
          case "timers-equal" -> 0x5D6D7E;
          case "timers-full" -> 0xA04000;
          default -> 0x444444;
        });
  }
}
