package org.mailweir.loopback;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Waiting times, to the microsecond and three digits, up to an hour.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class Waits {
  private static final long LONGEST_MICROS = TimeUnit.HOURS.toMicros(1);

  private final Histogram micros = new ConcurrentHistogram(LONGEST_MICROS, 3);

  /** Adds one; a negative one counts as 0, one of more than an hour as an hour. */
  public void add(long nanos) {
    long value = TimeUnit.NANOSECONDS.toMicros(nanos);
    micros.recordValue(Math.max(0, Math.min(LONGEST_MICROS, value)));
  }

  /** Returns how many were added. */
  public long count() {
    return micros.getTotalCount();
  }

  /**
   * Returns the wait that this percentage of all does not exceed, in seconds; 0 if there is none.
   */
  public double percentile(double percentage) {
    return micros.getValueAtPercentile(percentage) / 1e6;
  }

  /** Returns the longest one in seconds. */
  public double longest() {
    return micros.getMaxValue() / 1e6;
  }

  /** Returns which share was not longer than this, 0 to 1; 1 if there is none. */
  public double shareWithin(Duration limit) {
    long total = count();
    long within = micros.getCountBetweenValues(0, TimeUnit.NANOSECONDS.toMicros(limit.toNanos()));
    return total == 0 ? 1 : Math.min(1, (double) within / total);
  }

  /** Returns count, median, p99, maximum and the share within a second, in one line. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "n=%d p50=%.3fs p99=%.3fs max=%.3fs within 1s: %.2f%%",
        count(),
        percentile(50),
        percentile(99),
        longest(),
        100 * shareWithin(Duration.ofSeconds(1)));
  }
}
