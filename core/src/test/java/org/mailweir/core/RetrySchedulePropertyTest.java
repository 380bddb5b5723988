package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.SplittableRandom;
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
  @Property
  void isPositiveAndWithinTheJitterOfTheMaximum(
      @ForAll @LongRange(min = 1) long first,
      @ForAll @LongRange(min = 1) long other,
      @ForAll @DoubleRange(min = 1, max = 1e9) double factor,
      @ForAll("jitters") Jitter jitter,
      @ForAll @IntRange(min = 1) int attempts,
      @ForAll @LongRange(min = 0) long age,
      @ForAll long seed) {
    long least = Math.min(first, other);
    long most = Math.max(first, other);
    RetrySchedule schedule =
        RetrySchedule.exponential(Duration.ofNanos(least), Duration.ofNanos(most), factor)
            .jitter(jitter)
            .build();
    long delay = schedule.nextNanos(attempts, age, new SplittableRandom(seed));
    assertThat(delay).isPositive();
    // A double is exact to one part in 2^53.
    assertThat((double) delay).isLessThanOrEqualTo(most * jitter.to() * (1 + 1e-15));
    assertThat((double) delay).isGreaterThanOrEqualTo(least * jitter.from() * (1 - 1e-15) - 1);
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
    assertThat(schedule.next(attempts, Duration.ofNanos(age), new SplittableRandom(1)).isEmpty())
        .isEqualTo(reached);
  }

  @Provide
  Arbitrary<Jitter> jitters() {
    Arbitrary<Double> part = Arbitraries.doubles().between(0, 1);
    return Arbitraries.oneOf(
        Arbitraries.of(Jitter.NONE, Jitter.EQUAL, Jitter.FULL),
        Combinators.combine(part, part).as((from, more) -> new Jitter(from, 1 + more)));
  }
}
