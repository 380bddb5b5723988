package org.mailweir.lab.measure;

import java.util.Arrays;

/**
 * Counts events by time, in bins of equal width.
 *
 * <p>Thread safety: none; a run is one thread.
 */
public final class Bins {
  private final double width;
  private int[] counts = new int[1024];
  private int used;

  /** Creates empty bins of that many seconds. */
  public Bins(double width) {
    this.width = width;
  }

  /** Counts an event. */
  public void add(double seconds) {
    int bin = (int) Math.max(0, seconds / width);
    if (bin >= counts.length) {
      counts = Arrays.copyOf(counts, Math.max(bin + 1, counts.length * 2));
    }
    counts[bin]++;
    used = Math.max(used, bin + 1);
  }

  /** Returns the count of a bin; 0 beyond the last. */
  public int count(int bin) {
    return bin < used ? counts[bin] : 0;
  }

  /** Returns how many events there were from one time to another, by whole bins. */
  public long between(double from, double until) {
    long sum = 0;
    for (int bin = (int) (from / width); bin < Math.min(used, (int) (until / width)); bin++) {
      sum += counts[bin];
    }
    return sum;
  }

  /** Returns the most that any bin in that time has. */
  public int most(double from, double until) {
    int most = 0;
    for (int bin = (int) (from / width); bin < Math.min(used, (int) (until / width)); bin++) {
      most = Math.max(most, counts[bin]);
    }
    return most;
  }
}
