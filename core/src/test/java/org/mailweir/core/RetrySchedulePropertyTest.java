package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class RetrySchedulePropertyTest {
  /** A jitter, and the parts of the delay between which it has to be. */
  record Spread(Jitter jitter, double from, double to) {
    Spread(double from, double to) {
      this(Jitter.between(from, to), from, to);
    }
  }

  @Property
  void isPositiveAndWithinTheJitterOfTheMaximum(
      @ForAll @LongRange(min = 1) long first,
      @ForAll @LongRange(min = 1) long other,
      @ForAll @DoubleRange(min = 1, max = 1e9) double factor,
      @ForAll("spreads") Spread spread,
      @ForAll @IntRange(min = 1) int attempts,
      @ForAll @LongRange(min = 0) long age,
      @ForAll long seed) {
    long least = Math.min(first, other);
    long most = Math.max(first, other);
    RetrySchedule schedule =
        RetrySchedule.exponential(Duration.ofNanos(least), Duration.ofNanos(most), factor)
            .jitter(spread.jitter)
            .build();
    long delay = schedule.nextNanos(attempts, age, new SplittableRandom(seed));
    assertThat(delay).isPositive();
    // A double is exact to one part in 2^53.
    assertThat((double) delay).isLessThanOrEqualTo(most * spread.to * (1 + 1e-15));
    assertThat((double) delay).isGreaterThanOrEqualTo(least * spread.from * (1 - 1e-15) - 1);
  }

  @Property
  void decorrelatedIsBetweenTheFirstAndThreeTimesTheOneBeforeAtMostTheLongest(
      @ForAll @LongRange(min = 1, max = Long.MAX_VALUE - 1) long first,
      @ForAll @LongRange(min = 1) long more,
      @ForAll @LongRange(min = 0) long previous,
      @ForAll @IntRange(min = 1) int attempts,
      @ForAll @LongRange(min = 0) long age,
      @ForAll long seed) {
    long longest = first + Math.min(more, Long.MAX_VALUE - first);
    RetrySchedule schedule =
        RetrySchedule.exponential(Duration.ofNanos(first), Duration.ofNanos(longest))
            .jitter(Jitter.DECORRELATED)
            .build();
    double thrice = 3.0 * Math.max(first, previous);
    long delay = schedule.nextNanos(attempts, age, previous, new SplittableRandom(seed));
    assertThat(delay).isBetween(first, longest);
    assertThat((double) delay).isLessThanOrEqualTo(thrice);
    // Where the one before is not known.
    assertThat(schedule.nextNanos(attempts, age, new SplittableRandom(seed)))
        .isBetween(first, longest);
  }

  @Property
  void neverShrinksFromOneAttemptToTheNext(
      @ForAll @LongRange(min = 1, max = 1L << 40) long first,
      @ForAll @DoubleRange(min = 1, max = 10) double factor,
      @ForAll @IntRange(min = 1, max = 2_000) int attempts) {
    RetrySchedule schedule =
        RetrySchedule.exponential(Duration.ofNanos(first), Duration.ofDays(365), factor).build();
    SplittableRandom random = new SplittableRandom(1);
    assertThat(schedule.nextNanos(attempts + 1, 0, random))
        .isGreaterThanOrEqualTo(schedule.nextNanos(attempts, 0, random));
  }

  /** Monotone at each quantile of the draw, and so in expectation. */
  @Property
  void neverShrinksInExpectationWhateverTheJitter(
      @ForAll @LongRange(min = 1, max = 1L << 40) long first,
      @ForAll @DoubleRange(min = 1, max = 10) double factor,
      @ForAll("jitters") Jitter jitter,
      @ForAll @DoubleRange(min = 0, max = 1) double quantile,
      @ForAll @IntRange(min = 1, max = 200) int attempts) {
    RetrySchedule schedule =
        RetrySchedule.exponential(Duration.ofNanos(first), Duration.ofDays(365), factor)
            .jitter(jitter)
            .build();
    RandomGenerator random = new Quantile(quantile);
    long before = schedule.nextNanos(attempts, 0, random);
    long after = schedule.nextNanos(attempts + 1, 0, random);
    assertThat((double) after).isGreaterThanOrEqualTo(before * (1 - 1e-12) - 2);
  }

  @Property
  void decorrelatedGrowsWithTheOneBefore(
      @ForAll @LongRange(min = 0, max = 1L << 50) long previous,
      @ForAll @LongRange(min = 0, max = 1L << 50) long other,
      @ForAll @DoubleRange(min = 0, max = 1) double quantile) {
    RetrySchedule schedule =
        RetrySchedule.exponential(Duration.ofSeconds(1), Duration.ofDays(1))
            .jitter(Jitter.DECORRELATED)
            .build();
    RandomGenerator random = new Quantile(quantile);
    assertThat(schedule.nextNanos(9, 0, Math.max(previous, other), random))
        .isGreaterThanOrEqualTo(schedule.nextNanos(9, 0, Math.min(previous, other), random));
  }

  @Property(tries = 200)
  void neverGivesACohortAtTheMaximumOneDelay(
      @ForAll @LongRange(min = 1_000_000_000L) long longest,
      @ForAll("jitters") Jitter jitter,
      @ForAll @IntRange(min = 64) int attempts,
      @ForAll long seed) {
    RetrySchedule schedule =
        RetrySchedule.exponential(Duration.ofNanos(1), Duration.ofNanos(longest))
            .jitter(jitter)
            .build();
    SplittableRandom random = new SplittableRandom(seed);
    assertThat(
            LongStream.generate(() -> schedule.nextNanos(attempts, 0, random))
                .limit(1_000)
                .distinct()
                .count())
        .isGreaterThan(980);
  }

  @Property
  void isFirstTimesThePowerOfTheFactor(
      @ForAll @LongRange(min = 1, max = 1L << 40) long first,
      @ForAll @IntRange(min = 1, max = 5) int wholeFactor,
      @ForAll @IntRange(min = 1, max = 300) int attempts) {
    Duration max = Duration.ofDays(30);
    BigDecimal exact =
        BigDecimal.valueOf(first)
            .multiply(BigDecimal.valueOf(wholeFactor).pow(attempts - 1))
            .min(BigDecimal.valueOf(max.toNanos()));
    RetrySchedule schedule =
        RetrySchedule.exponential(Duration.ofNanos(first), max, wholeFactor).build();
    long delay = schedule.nextNanos(attempts, 0, new SplittableRandom(1));
    assertThat(delay).isEqualTo(exact.longValueExact());
  }

  @Property
  void givesUpIfAndOnlyIfALimitIsReached(
      @ForAll @IntRange(min = 1) int maxAttempts,
      @ForAll @LongRange(min = 1) long maxAge,
      @ForAll @IntRange(min = 1) int attempts,
      @ForAll @LongRange(min = 0) long age) {
    RetrySchedule schedule =
        RetrySchedule.fixed(Duration.ofSeconds(1))
            .giveUpAtAttempts(maxAttempts)
            .giveUpAtAge(Duration.ofNanos(maxAge))
            .build();
    boolean reached = attempts >= maxAttempts || age >= maxAge;
    SplittableRandom random = new SplittableRandom(1);
    assertThat(schedule.next(attempts, Duration.ofNanos(age), random).isEmpty()).isEqualTo(reached);
    assertThat(schedule.nextNanos(attempts, age, 7, random) == RetrySchedule.GIVE_UP)
        .isEqualTo(reached);
  }

  @Property
  void dependsOnItsArgumentsAlone(
      @ForAll("jitters") Jitter jitter,
      @ForAll @IntRange(min = 1) int attempts,
      @ForAll @IntRange(min = 1) int others,
      @ForAll @LongRange(min = 0) long previous,
      @ForAll long seed) {
    RetrySchedule schedule =
        RetrySchedule.exponential(Duration.ofSeconds(1), Duration.ofDays(1)).jitter(jitter).build();
    long once = schedule.nextNanos(attempts, 0, previous, new SplittableRandom(seed));
    schedule.nextNanos(others, 99, new SplittableRandom(seed + 1));
    assertThat(schedule.nextNanos(attempts, 0, previous, new SplittableRandom(seed)))
        .isEqualTo(once);
  }

  @Provide
  Arbitrary<Spread> spreads() {
    Arbitrary<Double> part = Arbitraries.doubles().between(0, 1);
    return Arbitraries.oneOf(
        Arbitraries.of(
            new Spread(Jitter.NONE, 1, 1),
            new Spread(Jitter.EQUAL, 0.5, 1),
            new Spread(Jitter.FULL, 0, 1)),
        Combinators.combine(part, part).as((from, more) -> new Spread(from, 1 + more)));
  }

  /** All that spread by at least a hundredth of the delay. */
  @Provide
  Arbitrary<Jitter> jitters() {
    return Arbitraries.oneOf(
        Arbitraries.of(Jitter.EQUAL, Jitter.FULL, Jitter.DECORRELATED),
        Arbitraries.doubles().between(0.01, 1).map(Jitter::plusMinus));
  }

  /** Draws the same quantile of whatever range is asked for. */
  private record Quantile(double quantile) implements RandomGenerator {
    @Override
    public long nextLong() {
      throw new AssertionError("draws from a range only");
    }

    @Override
    public long nextLong(long origin, long bound) {
      return origin + (long) ((bound - 1 - origin) * quantile);
    }
  }
}
