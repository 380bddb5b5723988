package org.mailweir.core;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Builds a {@link RetrySchedule}: a delay by attempt, limited to its maximum, then spread by a
 * {@link Jitter}, until it is time to give up. Default: no jitter, never give up.
 *
 * <p>Thread safety: none; build on one thread. What it builds is immutable.
 */
public final class RetryScheduleBuilder {
  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE); // 292 years

  private final Backoff backoff;
  private Jitter jitter = Jitter.NONE;
  private int maxAttempts = Integer.MAX_VALUE;
  private boolean limitsAttempts;
  private long maxAgeNanos;
  private boolean limitsAge;

  private RetryScheduleBuilder(Backoff backoff) {
    this.backoff = backoff;
  }

  static RetryScheduleBuilder exponential(Duration first, Duration max, double factor) {
    long firstNanos = positiveNanos(first, "first");
    long maxNanos = positiveNanos(max, "max");
    if (maxNanos < firstNanos) {
      throw new IllegalArgumentException("max: " + max + ", must be at least first: " + first);
    }
    if (!(factor >= 1 && factor < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("factor: " + factor + ", must be finite, at least 1");
    }
    return new RetryScheduleBuilder(new Backoff.Exponential(firstNanos, maxNanos, factor));
  }

  static RetryScheduleBuilder fixed(Duration... delays) {
    if (delays.length == 0) {
      throw new IllegalArgumentException("delays: none, must be at least one");
    }
    long[] nanos = new long[delays.length];
    for (int i = 0; i < nanos.length; i++) {
      nanos[i] = positiveNanos(delays[i], "delays");
    }
    return new RetryScheduleBuilder(new Backoff.Listed(nanos));
  }

  /**
   * Sets how the delays are spread; default {@link Jitter#NONE}.
   *
   * @param jitter the spread
   * @return this builder
   * @throws IllegalArgumentException if it is {@link Jitter#DECORRELATED} and there is nothing to
   *     walk between: the delays are a list, or the longest is the first
   */
  public RetryScheduleBuilder jitter(Jitter jitter) {
    if (jitter == Jitter.DECORRELATED && !canWalk()) {
      throw new IllegalArgumentException(
          "decorrelated jitter needs an exponential schedule with a max above its first delay");
    }
    this.jitter = requireNonNull(jitter);
    return this;
  }

  /**
   * Sets the number of failed attempts at which to give up, at least 1; default: never.
   *
   * @param attempts at least 1
   * @return this builder
   * @throws IllegalArgumentException if it is less
   */
  public RetryScheduleBuilder giveUpAtAttempts(int attempts) {
    this.maxAttempts = requireAttempts(attempts);
    this.limitsAttempts = true;
    return this;
  }

  /**
   * Sets the age at which to give up; default: never. It is compared with the age at the failed
   * attempt, like Postfix's maximal_queue_lifetime: the last delay may still reach beyond it.
   *
   * @param age above 0; more than 292 years count as that
   * @return this builder
   * @throws IllegalArgumentException if it is not above 0
   */
  public RetryScheduleBuilder giveUpAtAge(Duration age) {
    this.maxAgeNanos = positiveNanos(age, "age");
    this.limitsAge = true;
    return this;
  }

  /** {@return the schedule} */
  public RetrySchedule build() {
    return new Built(backoff, jitter, maxAttempts, limitsAttempts, maxAgeNanos, limitsAge);
  }

  private boolean canWalk() {
    return backoff instanceof Backoff.Exponential delays && delays.first() < delays.longest();
  }

  static long saturatedNanos(Duration duration) {
    if (duration.isNegative()) {
      return -1;
    }
    // Duration.toNanos throws where a long overflows.
    return duration.compareTo(LONGEST) < 0 ? duration.toNanos() : Long.MAX_VALUE;
  }

  private static long positiveNanos(Duration duration, String name) {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException(name + ": " + duration + ", must be above 0");
    }
    return saturatedNanos(duration);
  }

  static long requireNotNegative(long nanos, String name) {
    if (nanos < 0) {
      throw new IllegalArgumentException(name + ": " + nanos + " ns, must not be negative");
    }
    return nanos;
  }

  private static int requireAttempts(int attempts) {
    if (attempts < 1) {
      throw new IllegalArgumentException("attempts: " + attempts + ", must be at least 1");
    }
    return attempts;
  }

  private record Built(
      Backoff backoff,
      Jitter jitter,
      int maxAttempts,
      boolean limitsAttempts,
      long maxAgeNanos,
      boolean limitsAge)
      implements RetrySchedule {
    private static final long UNKNOWN = -1;

    @Override
    public long nextNanos(int attempts, long ageNanos, RandomGenerator random) {
      return next(attempts, ageNanos, UNKNOWN, random);
    }

    @Override
    public long nextNanos(int attempts, long ageNanos, long previousNanos, RandomGenerator random) {
      return next(attempts, ageNanos, requireNotNegative(previousNanos, "previous"), random);
    }

    private long next(int attempts, long ageNanos, long previousNanos, RandomGenerator random) {
      requireAttempts(attempts);
      requireNotNegative(ageNanos, "age");
      requireNonNull(random);
      if ((limitsAttempts && attempts >= maxAttempts) || (limitsAge && ageNanos >= maxAgeNanos)) {
        return GIVE_UP;
      }
      return jitter.next(backoff, attempts, previousNanos, random);
    }
  }
}
