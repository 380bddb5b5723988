package org.mailweir.herd;

import java.util.Arrays;
import java.util.function.Predicate;

/**
 * How long fresh mail waited, from its creation to the start of the attempt that delivered it, in
 * virtual seconds.
 *
 * <p>Thread safety: immutable.
 */
public final class Waits {
  private final double[] sorted;

  private Waits(double[] sorted) {
    this.sorted = sorted;
  }

  /** Measures the delivered fresh mail of some destinations, created from that time on. */
  static Waits of(Relay relay, Predicate<String> destinations, double from) {
    return new Waits(
        relay.delivered.stream()
            .filter(m -> !m.herd && m.created >= from && destinations.test(m.destination))
            .mapToDouble(Message::delay)
            .sorted()
            .toArray());
  }

  /** Returns how many messages were delivered. */
  public int count() {
    return sorted.length;
  }

  /** Returns the wait that 99 of 100 messages did not exceed; NaN if there was no mail. */
  public double p99() {
    return sorted.length == 0 ? Double.NaN : sorted[(int) (sorted.length * 0.99)];
  }

  /** Returns the share of messages that waited less than that, 0 to 1; NaN if there was no mail. */
  public double shareWithin(double seconds) {
    return (double) Arrays.stream(sorted).filter(wait -> wait < seconds).count() / sorted.length;
  }
}
