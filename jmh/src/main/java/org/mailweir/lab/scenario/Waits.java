package org.mailweir.lab.scenario;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.DoubleStream;

/** The usual figures of some waits, in seconds. */
final class Waits {
  private final double[] sorted;

  Waits(DoubleStream waits) {
    sorted = waits.sorted().toArray();
  }

  /** Adds them to the figures, under names that begin with a word; none if there is no wait. */
  void putInto(Map<String, Double> figures, String word) {
    figures.put(word + ".count", (double) sorted.length);
    if (sorted.length > 0) {
      figures.put(word + ".p50", quantile(0.5));
      figures.put(word + ".p99", quantile(0.99));
      figures.put(word + ".p99.9", quantile(0.999));
      figures.put(word + ".max", sorted[sorted.length - 1]);
      figures.put(word + ".within-1s", within(1));
    }
  }

  /** Returns the wait that such a share of all did not exceed. */
  private double quantile(double share) {
    int rank = (int) Math.ceil(share * sorted.length);
    return sorted[Math.max(1, rank) - 1];
  }

  private double within(double seconds) {
    return (double) Arrays.stream(sorted).filter(wait -> wait < seconds).count() / sorted.length;
  }
}
