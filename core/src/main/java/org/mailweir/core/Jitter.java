package org.mailweir.core;

import java.util.random.RandomGenerator;

/**
 * Spreads a delay: the result is uniform between {@code from} and {@code to} times the delay, both
 * included.
 *
 * <p>It is always the last step, after the delay was limited to its maximum. The other way round,
 * as in resilience4j's randomised backoff, all that has reached the maximum gets one and the same
 * delay and comes back as one herd. Hence, with {@code to} above 1, a result may exceed the
 * maximum.
 *
 * <p>No result is below 1 ms, except of a delay that is shorter itself, which is then its floor.
 *
 * <p>Thread safety: immutable.
 *
 * @param from 0 to 1, part of the delay that always remains
 * @param to 1 to 2
 */
public record Jitter(double from, double to) {
  /** No spread, and no random number drawn. */
  public static final Jitter NONE = new Jitter(1, 1);

  /** Half the delay to all of it: spreads well, and never retries at once. */
  public static final Jitter EQUAL = new Jitter(0.5, 1);

  /** Nothing to all of the delay: spreads best, and doubles the number of attempts. */
  public static final Jitter FULL = new Jitter(0, 1);

  private static final long FLOOR_NANOS = 1_000_000;

  /** Checks the ranges. */
  public Jitter {
    if (!(from >= 0 && from <= 1 && to >= 1 && to <= 2)) {
      throw new IllegalArgumentException(
          "from: " + from + ", to: " + to + ", must be 0 to 1 and 1 to 2");
    }
  }

  /**
   * Returns a jitter by that part of the delay in both directions.
   *
   * @param fraction 0 to 1; 0.2 is plus or minus 20 %
   */
  public static Jitter plusMinus(double fraction) {
    return new Jitter(1 - fraction, 1 + fraction);
  }

  /** Returns the spread delay in nanoseconds. Never overflows: saturates. Allocates nothing. */
  long apply(long delayNanos, RandomGenerator random) {
    long low = Math.max(scale(delayNanos, from), Math.min(delayNanos, FLOOR_NANOS));
    long high = Math.min(scale(delayNanos, to), Long.MAX_VALUE - 1);
    return low >= high ? low : random.nextLong(low, high + 1);
  }

  private static long scale(long delayNanos, double factor) {
    // A double holds 53 bits: multiplying by 1 would round delays above 104 days.
    return factor == 1 ? delayNanos : (long) (delayNanos * factor);
  }
}
