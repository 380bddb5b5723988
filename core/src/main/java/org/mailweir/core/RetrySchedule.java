package org.mailweir.core;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Says when to try again.
 *
 * <p>A schedule is a pure function of its arguments: it remembers nothing and reads no clock, so
 * one schedule serves any number of messages or destinations, and the same generator with the same
 * seed gives the same delays.
 *
 * <p>Thread safety: implementations must be safe for use by many threads; the generator passed in
 * is used by the calling thread only.
 */
@FunctionalInterface
public interface RetrySchedule {
  /** What {@link #nextNanos} returns to give up. */
  long GIVE_UP = -1;

  /**
   * Returns the delay before the next attempt in nanoseconds, or {@link #GIVE_UP}. The schedules
   * made here allocate nothing.
   *
   * @param attempts failed attempts so far, at least 1
   * @param ageNanos since the first attempt, not negative
   * @throws IllegalArgumentException if an argument is out of range
   */
  long nextNanos(int attempts, long ageNanos, RandomGenerator random);

  /**
   * Returns the delay before the next attempt, or empty to give up.
   *
   * @param attempts failed attempts so far, at least 1
   * @param age since the first attempt, not negative; more than 292 years count as that
   * @throws IllegalArgumentException if an argument is out of range
   */
  default Optional<Duration> next(int attempts, Duration age, RandomGenerator random) {
    long nanos = nextNanos(attempts, RetryScheduleBuilder.saturatedNanos(age), random);
    return nanos < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanos));
  }

  /**
   * Returns a builder of a schedule that doubles its delay with every attempt.
   *
   * @param first delay after the first failed attempt, above 0
   * @param max longest delay, before jitter; at least {@code first}
   */
  static RetryScheduleBuilder exponential(Duration first, Duration max) {
    return exponential(first, max, 2);
  }

  /**
   * Returns a builder of a schedule that multiplies its delay with every attempt.
   *
   * @param first delay after the first failed attempt, above 0
   * @param max longest delay, before jitter; at least {@code first}
   * @param factor at least 1, finite; need not be a whole number
   */
  static RetryScheduleBuilder exponential(Duration first, Duration max, double factor) {
    return RetryScheduleBuilder.exponential(first, max, factor);
  }

  /**
   * Returns a builder of a schedule with the given delays, one after the other; the last one is
   * used for all attempts that follow.
   *
   * @param delays at least one, each above 0
   */
  static RetryScheduleBuilder fixed(Duration... delays) {
    return RetryScheduleBuilder.fixed(delays);
  }
}
