package org.mailweir.core;

import java.util.random.RandomGenerator;

/**
 * Spreads the delays of a {@link RetrySchedule}, so that what failed together does not come back
 * together.
 *
 * <p>It is always the last step, after the delay was limited to its maximum. The other way round,
 * as in resilience4j's randomised backoff, all that has reached the maximum gets one and the same
 * delay and comes back as one herd. Hence a {@linkplain #between jitter that adds} may exceed the
 * maximum.
 *
 * <p>It is always a part of the delay. A jitter of some fixed seconds, as KumoMTA's, does nothing
 * for delays of hours.
 *
 * <p>No result is below 1 ms, except of a delay that is shorter itself, which is then its floor.
 *
 * <p>Thread safety: immutable.
 *
 * @see <a href="https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/">
 *     Exponential Backoff and Jitter, AWS 2015, for the words equal, full and decorrelated</a>
 */
public final class Jitter {
  private static final long FLOOR_NANOS = 1_000_000;

  /**
   * Of a range that begins at the first delay: as wide as AWS's factor of 3 where delays double.
   */
  private static final double WALK = 1.5;

  /** No spread, and no random number drawn. */
  public static final Jitter NONE = between(1, 1);

  /** Half the delay to all of it: spreads well, and never retries at once. */
  public static final Jitter EQUAL = between(0.5, 1);

  /** Nothing to all of the delay: spreads best, and doubles the number of attempts. */
  public static final Jitter FULL = between(0, 1);

  /**
   * The first delay to three times the one before, at most the maximum: a random walk, in which
   * messages that failed together soon differ in how far they back off, too. (Three times where
   * delays double; in general 1.5 times the factor.) For exponential schedules only.
   *
   * <p>The delay before is an argument of {@link RetrySchedule#nextNanos(int, long, long,
   * RandomGenerator)} and of its twin with durations; where it is not given, the one of the attempt
   * before without jitter stands in for it.
   */
  public static final Jitter DECORRELATED = new Jitter("decorrelated", Jitter::walk);

  /** Returns the delay after so many attempts; the one before is negative if it is not known. */
  private interface Spread {
    long next(Backoff backoff, int attempts, long previousNanos, RandomGenerator random);
  }

  private final String name;
  private final Spread spread;

  private Jitter(String name, Spread spread) {
    this.name = name;
    this.spread = spread;
  }

  /**
   * {@return a jitter that is uniform between two parts of the delay, both included}
   *
   * @param from 0 to 1, part of the delay that always remains
   * @param to 1 to 2, the most that a delay becomes
   * @throws IllegalArgumentException if an argument is out of range
   */
  public static Jitter between(double from, double to) {
    if (!(from >= 0 && from <= 1 && to >= 1 && to <= 2)) {
      throw new IllegalArgumentException(
          "from: " + from + ", to: " + to + ", must be 0 to 1 and 1 to 2");
    }
    return new Jitter(
        from + " to " + to,
        (backoff, attempts, previous, random) -> {
          long delay = backoff.after(attempts);
          long floor = Math.min(delay, FLOOR_NANOS);
          return uniform(Math.max(scale(delay, from), floor), scale(delay, to), random);
        });
  }

  /**
   * {@return a jitter by that part of the delay in both directions}
   *
   * @param fraction 0 to 1; 0.2 is plus or minus 20 %
   * @throws IllegalArgumentException if it is out of range
   */
  public static Jitter plusMinus(double fraction) {
    if (!(fraction >= 0 && fraction <= 1)) {
      throw new IllegalArgumentException("fraction: " + fraction + ", must be 0 to 1");
    }
    return between(1 - fraction, 1 + fraction);
  }

  /**
   * Returns the spread delay in nanoseconds. Never overflows: saturates. Allocates nothing.
   *
   * @param previousNanos the delay before, negative if it is not known
   */
  long next(Backoff backoff, int attempts, long previousNanos, RandomGenerator random) {
    return spread.next(backoff, attempts, previousNanos, random);
  }

  private static long walk(Backoff backoff, int attempts, long previous, RandomGenerator random) {
    if (!(backoff instanceof Backoff.Exponential exponential)) {
      throw new AssertionError("the builder refuses decorrelated jitter for " + backoff);
    }
    long first = exponential.first();
    long before = previous < 0 ? backoff.after(Math.max(1, attempts - 1)) : previous;
    long high = scale(Math.max(first, before), WALK * exponential.factor());
    return uniform(first, Math.min(high, exponential.longest()), random);
  }

  private static long uniform(long low, long high, RandomGenerator random) {
    long last = Math.min(high, Long.MAX_VALUE - 1); // the bound of nextLong is exclusive
    return low >= last ? low : random.nextLong(low, last + 1);
  }

  private static long scale(long delayNanos, double factor) {
    // A double holds 53 bits: multiplying by 1 would round delays above 104 days.
    return factor == 1 ? delayNanos : (long) (delayNanos * factor);
  }

  @Override
  public String toString() {
    return "Jitter[" + name + "]";
  }
}
