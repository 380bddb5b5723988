package org.mailweir.lab.scenario;

import java.util.Locale;
import java.util.Map;

/**
 * What is expected of a figure.
 *
 * @param figure its name in {@link Result#figures}
 * @param limit the least or the most that it may be
 * @param atLeast whether the limit is the least
 */
public record Bound(String figure, double limit, boolean atLeast) {
  /** Returns a bound from above. */
  public static Bound atMost(String figure, double limit) {
    return new Bound(figure, limit, false);
  }

  /** Returns a bound from below. */
  public static Bound atLeast(String figure, double limit) {
    return new Bound(figure, limit, true);
  }

  /** Returns whether it is met; not if the figure is missing. */
  public boolean isMet(Map<String, Double> figures) {
    Double value = figures.get(figure);
    return value != null && (atLeast ? value >= limit : value <= limit);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s %s %s", figure, atLeast ? ">=" : "<=", limit);
  }
}
