package org.mailweir.core;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Says when to try again.
 *
 * <p>A schedule is a pure function of its arguments: it remembers nothing and reads no clock, so
 * one schedule serves any number of messages or destinations, and the same generator with the same
 * seed gives the same delays. Used by itself:
 *
 * <pre>{@code
 * RandomGenerator random = new SplittableRandom(2026); // the same seed, the same delays
 * RetrySchedule usual =
 *     RetrySchedule.exponential(Duration.ofMinutes(2), Duration.ofHours(1))
 *         .jitter(Jitter.EQUAL)
 *         .giveUpAtAge(Duration.ofDays(5))
 *         .build();
 * RetrySchedule soon =
 *     RetrySchedule.fixed(Duration.ofMinutes(5), Duration.ofMinutes(15))
 *         .jitter(Jitter.EQUAL)
 *         .giveUpAtAge(Duration.ofDays(2))
 *         .build();
 * RetryRules<Failure> rules = new RetryRules<>(Map.of(Failure.GREYLISTED, soon), usual);
 *
 * rules.after(failure).next(attempts, age, random).ifPresentOrElse(
 *     delay -> defer(message, delay),
 *     () -> returnToSender(message));
 * }</pre>
 *
 * <p>Thread safety: implementations must be safe for use by many threads; the generator passed in
 * is used by the calling thread only.
 */
@FunctionalInterface
public interface RetrySchedule {
  /** What {@code nextNanos} returns to give up. */
  long GIVE_UP = -1;

  /**
   * Returns the delay before the next attempt in nanoseconds, or {@link #GIVE_UP}. The schedules
   * made here allocate nothing.
   *
   * @param attempts failed attempts so far, at least 1
   * @param ageNanos since the first attempt, not negative
   * @param random the source of jitter
   * @return nanoseconds, at least 0, or {@link #GIVE_UP}
   * @throws IllegalArgumentException if an argument is out of range
   */
  long nextNanos(int attempts, long ageNanos, RandomGenerator random);

  /**
   * Returns the same for who knows the delay before the attempt that failed, which {@link
   * Jitter#DECORRELATED} goes by; other schedules make no use of it.
   *
   * @param attempts failed attempts so far, at least 1
   * @param ageNanos since the first attempt, not negative
   * @param previousNanos the delay that was last returned, 0 at the first attempt; not negative
   * @param random the source of jitter
   * @return nanoseconds, at least 0, or {@link #GIVE_UP}
   * @throws IllegalArgumentException if an argument is out of range
   */
  default long nextNanos(int attempts, long ageNanos, long previousNanos, RandomGenerator random) {
    RetryScheduleBuilder.requireNotNegative(previousNanos, "previous");
    return nextNanos(attempts, ageNanos, random);
  }

  /**
   * {@return the delay before the next attempt, or empty to give up}
   *
   * @param attempts failed attempts so far, at least 1
   * @param age since the first attempt, not negative; more than 292 years count as that
   * @param random the source of jitter
   * @throws IllegalArgumentException if an argument is out of range
   */
  default Optional<Duration> next(int attempts, Duration age, RandomGenerator random) {
    long nanos = nextNanos(attempts, RetryScheduleBuilder.saturatedNanos(age), random);
    return nanos < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanos));
  }

  /**
   * {@return the delay before the next attempt, for who knows the one before; or empty to give up}
   * See {@link #nextNanos(int, long, long, RandomGenerator)}.
   *
   * @param attempts failed attempts so far, at least 1
   * @param age since the first attempt, not negative; more than 292 years count as that
   * @param previous the delay that was last returned, zero at the first attempt; not negative; more
   *     than 292 years count as that
   * @param random the source of jitter
   * @throws IllegalArgumentException if an argument is out of range
   */
  default Optional<Duration> next(
      int attempts, Duration age, Duration previous, RandomGenerator random) {
    long nanos =
        nextNanos(
            attempts,
            RetryScheduleBuilder.saturatedNanos(age),
            RetryScheduleBuilder.saturatedNanos(previous),
            random);
    return nanos < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanos));
  }

  /**
   * {@return a builder of a schedule that doubles its delay with every attempt}
   *
   * @param first delay after the first failed attempt, above 0; more than 292 years count as that
   * @param max longest delay, before jitter; at least {@code first}
   * @throws IllegalArgumentException if an argument is out of range
   */
  static RetryScheduleBuilder exponential(Duration first, Duration max) {
    return exponential(first, max, 2);
  }

  /**
   * {@return a builder of a schedule that multiplies its delay with every attempt}
   *
   * @param first delay after the first failed attempt, above 0; more than 292 years count as that
   * @param max longest delay, before jitter; at least {@code first}
   * @param factor at least 1, finite; need not be a whole number
   * @throws IllegalArgumentException if an argument is out of range
   */
  static RetryScheduleBuilder exponential(Duration first, Duration max, double factor) {
    return RetryScheduleBuilder.exponential(first, max, factor);
  }

  /**
   * {@return a builder of a schedule with the given delays, one after the other; the last one is
   * used for all attempts that follow}
   *
   * @param delays at least one, each above 0; more than 292 years count as that; copied
   * @throws IllegalArgumentException if there is none, or one is not above 0
   */
  static RetryScheduleBuilder fixed(Duration... delays) {
    return RetryScheduleBuilder.fixed(delays);
  }
}
