package org.mailweir.core;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryScheduleTest {
  private final SplittableRandom random = new SplittableRandom(11);

  @Test
  void doublesUpToTheMaximum() {
    RetrySchedule schedule = RetrySchedule.exponential(ofSeconds(30), ofSeconds(300)).build();
    assertThat(delays(schedule, 6))
        .containsExactly(
            ofSeconds(30),
            ofSeconds(60),
            ofSeconds(120),
            ofSeconds(240),
            ofSeconds(300),
            ofSeconds(300));
  }

  /** maddy truncates its factor of 1.25 to an integer, and so never backs off. */
  @Test
  void growsByFactorsThatAreNotWhole() {
    RetrySchedule schedule = RetrySchedule.exponential(ofSeconds(64), ofHours(1), 1.25).build();
    assertThat(delays(schedule, 4))
        .containsExactly(ofSeconds(64), ofSeconds(80), ofSeconds(100), ofSeconds(125));
  }

  @Test
  void staysWhereItIsByFactorOne() {
    RetrySchedule schedule = RetrySchedule.exponential(ofSeconds(5), ofHours(1), 1).build();
    assertThat(schedule.nextNanos(Integer.MAX_VALUE, 0, random)).isEqualTo(5_000_000_000L);
  }

  /** A double holds 53 bits, 104 days. */
  @Test
  void theFirstDelayIsExactHoweverLong() {
    long first = (1L << 60) + 1;
    RetrySchedule schedule =
        RetrySchedule.exponential(Duration.ofNanos(first), ofSeconds(Long.MAX_VALUE)).build();
    assertThat(schedule.nextNanos(1, 0, random)).isEqualTo(first);
  }

  @Test
  void repeatsTheLastOfFixedDelays() {
    RetrySchedule schedule = RetrySchedule.fixed(ofMinutes(1), ofMinutes(10), ofMinutes(5)).build();
    assertThat(delays(schedule, 5))
        .containsExactly(ofMinutes(1), ofMinutes(10), ofMinutes(5), ofMinutes(5), ofMinutes(5));
  }

  @Test
  void keepsItsOwnCopyOfFixedDelays() {
    Duration[] given = {ofMinutes(1)};
    RetrySchedule schedule = RetrySchedule.fixed(given).build();
    given[0] = ofMinutes(9);
    assertThat(delays(schedule, 1)).containsExactly(ofMinutes(1));
  }

  /**
   * resilience4j limits after randomising: at the cap its IntervalFunction gives one value 10,000
   * times out of 10,000, and the whole herd returns at once.
   */
  @Test
  void spreadsAlsoAtTheMaximum() {
    RetrySchedule schedule =
        RetrySchedule.exponential(ofSeconds(1), ofMinutes(5)).jitter(Jitter.EQUAL).build();
    assertThat(distinct(() -> schedule.nextNanos(20, 0, random))).isGreaterThan(9_900);
  }

  /**
   * KumoMTA limits its jitter to 30 s, whatever the delay: hours of mail return within a minute.
   */
  @Test
  void spreadsLongDelaysByTheSamePartAsShortOnes() {
    RetrySchedule schedule =
        RetrySchedule.exponential(ofHours(8), ofHours(8)).jitter(Jitter.plusMinus(0.2)).build();
    var drawn =
        IntStream.range(0, 10_000)
            .mapToLong(i -> schedule.nextNanos(1, 0, random))
            .summaryStatistics();
    assertThat(Duration.ofNanos(drawn.getMax() - drawn.getMin())).isGreaterThan(ofHours(3));
  }

  /** AWS's words: sleep = random between base and three times the last sleep, but below the cap. */
  @Test
  void decorrelatedWalksBetweenTheFirstDelayAndThreeTimesTheOneBefore() {
    RetrySchedule schedule =
        RetrySchedule.exponential(ofSeconds(1), ofHours(1)).jitter(Jitter.DECORRELATED).build();
    assertThat(range(() -> schedule.nextNanos(1, 0, 0, random), 1, 3)).isTrue();
    assertThat(range(() -> schedule.nextNanos(7, 0, ofSeconds(10).toNanos(), random), 1, 30))
        .isTrue();
    assertThat(range(() -> schedule.nextNanos(2, 0, ofHours(9).toNanos(), random), 1, 3600))
        .isTrue();
  }

  @Test
  void decorrelatedTakesTheDelayWithoutJitterForTheOneBeforeWhereItIsNotKnown() {
    RetrySchedule schedule =
        RetrySchedule.exponential(ofSeconds(1), ofHours(1)).jitter(Jitter.DECORRELATED).build();
    assertThat(range(() -> schedule.nextNanos(1, 0, random), 1, 3)).isTrue();
    assertThat(range(() -> schedule.nextNanos(2, 0, random), 1, 3)).isTrue();
    assertThat(range(() -> schedule.nextNanos(5, 0, random), 1, 24)).isTrue();
    assertThat(range(() -> schedule.nextNanos(99, 0, random), 1, 3600)).isTrue();
  }

  @Test
  void decorrelatedWalksByTheFactorOfItsSchedule() {
    RetrySchedule schedule =
        RetrySchedule.exponential(ofSeconds(1), ofHours(1), 4).jitter(Jitter.DECORRELATED).build();
    assertThat(range(() -> schedule.nextNanos(1, 0, 0, random), 1, 6)).isTrue();
  }

  /** The walk of AWS's example puts a part of all that is near the cap on the cap itself. */
  @Test
  void decorrelatedSpreadsAlsoAtTheMaximum() {
    RetrySchedule schedule =
        RetrySchedule.exponential(ofSeconds(1), ofMinutes(5)).jitter(Jitter.DECORRELATED).build();
    long previous = ofMinutes(5).toNanos();
    assertThat(distinct(() -> schedule.nextNanos(20, 0, previous, random))).isGreaterThan(9_900);
  }

  @Test
  void durationsTellTheSameAsNanoseconds() {
    RetrySchedule schedule =
        RetrySchedule.exponential(ofSeconds(1), ofHours(1))
            .jitter(Jitter.DECORRELATED)
            .giveUpAtAttempts(3)
            .build();
    Duration previous = ofMinutes(3);
    assertThat(schedule.next(2, ofHours(1), previous, new SplittableRandom(7)))
        .contains(
            Duration.ofNanos(
                schedule.nextNanos(
                    2, ofHours(1).toNanos(), previous.toNanos(), new SplittableRandom(7))));
    assertThat(schedule.next(2, ofHours(1), ofSeconds(Long.MAX_VALUE), random)).isPresent();
    assertThat(schedule.next(3, ofHours(1), previous, random)).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> schedule.next(1, ofHours(1), ofMillis(-1), random))
        .withMessageContaining("previous");
  }

  @Test
  void refusesNoGeneratorAlsoWhereItDrawsNothing() {
    RetrySchedule schedule = RetrySchedule.fixed(ofHours(1)).build();
    assertThatNullPointerException().isThrownBy(() -> schedule.nextNanos(1, 0, null));
    assertThatNullPointerException().isThrownBy(() -> schedule.nextNanos(1, 0, 0, null));
  }

  @Test
  void refusesDecorrelatedJitterWhereThereIsNothingToWalkBetween() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RetrySchedule.fixed(ofHours(1), ofHours(2)).jitter(Jitter.DECORRELATED))
        .withMessageContaining("exponential");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> RetrySchedule.exponential(ofHours(1), ofHours(1)).jitter(Jitter.DECORRELATED));
  }

  @Test
  void onlyDecorrelatedMakesUseOfTheDelayBefore() {
    RetrySchedule schedule =
        RetrySchedule.exponential(ofSeconds(1), ofHours(1)).jitter(Jitter.FULL).build();
    for (long previous : new long[] {0, 1, Long.MAX_VALUE}) {
      assertThat(schedule.nextNanos(9, 0, previous, new SplittableRandom(3)))
          .isEqualTo(schedule.nextNanos(9, 0, new SplittableRandom(3)));
    }
  }

  @Test
  void givesTheSameDelaysForTheSameSeed() {
    RetrySchedule schedule =
        RetrySchedule.exponential(ofSeconds(120), ofHours(1)).jitter(Jitter.FULL).build();
    List<Duration> once = delays(schedule, 50, new SplittableRandom(5));
    assertThat(delays(schedule, 50, new SplittableRandom(5))).isEqualTo(once);
    assertThat(delays(schedule, 50, new SplittableRandom(6))).isNotEqualTo(once);
  }

  @Test
  void remembersNothingBetweenCalls() {
    RetrySchedule schedule = RetrySchedule.exponential(ofSeconds(1), ofHours(1)).build();
    Optional<Duration> before = schedule.next(3, Duration.ZERO, random);
    schedule.next(12, ofHours(9), random);
    assertThat(schedule.next(3, Duration.ZERO, random)).isEqualTo(before);
  }

  @Test
  void givesUpAtTheNumberOfAttempts() {
    RetrySchedule schedule =
        RetrySchedule.exponential(ofSeconds(1), ofHours(1)).giveUpAtAttempts(3).build();
    assertThat(schedule.next(2, Duration.ZERO, random)).isPresent();
    assertThat(schedule.next(3, Duration.ZERO, random)).isEmpty();
    assertThat(schedule.next(Integer.MAX_VALUE, Duration.ZERO, random)).isEmpty();
    assertThat(schedule.nextNanos(3, 0, random)).isEqualTo(RetrySchedule.GIVE_UP);
  }

  @Test
  void givesUpAtTheAge() {
    RetrySchedule schedule = RetrySchedule.fixed(ofHours(1)).giveUpAtAge(ofDays(5)).build();
    assertThat(schedule.next(999, ofDays(5).minusNanos(1), random)).contains(ofHours(1));
    assertThat(schedule.next(1, ofDays(5), random)).isEmpty();
    assertThat(schedule.next(1, ofSeconds(Long.MAX_VALUE), random)).isEmpty();
  }

  @Test
  void neverGivesUpUnlessTold() {
    RetrySchedule schedule = RetrySchedule.exponential(ofMillis(1), ofHours(1)).build();
    assertThat(schedule.next(Integer.MAX_VALUE, ofSeconds(Long.MAX_VALUE), random))
        .contains(ofHours(1));
    assertThat(schedule.nextNanos(Integer.MAX_VALUE, Long.MAX_VALUE, random)).isPositive();
  }

  @Test
  void takesAMaximumBeyondTheClockForTheLongestThereIs() {
    RetrySchedule schedule =
        RetrySchedule.exponential(ofSeconds(1), ofSeconds(Long.MAX_VALUE), 1e300).build();
    assertThat(schedule.nextNanos(1, 0, random)).isEqualTo(1_000_000_000L);
    assertThat(schedule.nextNanos(2, 0, random)).isEqualTo(Long.MAX_VALUE);
    assertThat(schedule.nextNanos(Integer.MAX_VALUE, 0, random)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void takesAFunctionOfTheEmbedder() {
    RetrySchedule schedule = (attempts, age, generator) -> attempts > 1 ? -1 : 1_000_000;
    assertThat(schedule.next(1, Duration.ZERO, random)).contains(ofMillis(1));
    assertThat(schedule.next(2, Duration.ZERO, random)).isEmpty();
    assertThat(schedule.nextNanos(1, 0, 99, random)).isEqualTo(1_000_000);
    assertThatIllegalArgumentException().isThrownBy(() -> schedule.nextNanos(1, 0, -1, random));
  }

  @Test
  void aFunctionOfTheEmbedderMayTryAgainAtOnce() {
    RetrySchedule schedule = (attempts, age, generator) -> 0;
    assertThat(schedule.next(1, Duration.ZERO, random)).contains(Duration.ZERO);
    assertThat(schedule.next(1, Duration.ZERO, Duration.ZERO, random)).contains(Duration.ZERO);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void refusesAttemptsBelowOne(int attempts) {
    RetrySchedule schedule = RetrySchedule.fixed(ofHours(1)).build();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> schedule.next(attempts, Duration.ZERO, random));
  }

  @Test
  void refusesANegativeAge() {
    RetrySchedule schedule = RetrySchedule.fixed(ofHours(1)).build();
    assertThatIllegalArgumentException().isThrownBy(() -> schedule.nextNanos(1, -1, random));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> schedule.next(1, ofSeconds(Long.MIN_VALUE), random));
  }

  @Test
  void refusesANegativeDelayBefore() {
    RetrySchedule schedule = RetrySchedule.fixed(ofHours(1)).build();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> schedule.nextNanos(1, 0, -1, random))
        .withMessageContaining("previous");
  }

  @Test
  void refusesSettingsThatMakeNoSense() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RetrySchedule.exponential(Duration.ZERO, ofHours(1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RetrySchedule.exponential(ofSeconds(2), ofSeconds(1)))
        .withMessageContaining("max");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RetrySchedule.exponential(ofSeconds(1), ofSeconds(2), 0.5));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RetrySchedule.exponential(ofSeconds(1), ofSeconds(2), Double.NaN));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> RetrySchedule.exponential(ofSeconds(1), ofSeconds(2), Double.POSITIVE_INFINITY));
    assertThatIllegalArgumentException().isThrownBy(RetrySchedule::fixed);
    assertThatIllegalArgumentException().isThrownBy(() -> RetrySchedule.fixed(ofSeconds(-1)));
    RetryScheduleBuilder builder = RetrySchedule.fixed(ofSeconds(1));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.giveUpAtAttempts(0));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.giveUpAtAge(Duration.ZERO));
  }

  @ParameterizedTest
  @MethodSource
  void allocatesNothing(Jitter jitter) {
    RetrySchedule schedule =
        RetrySchedule.exponential(ofSeconds(1), ofHours(1), 1.5)
            .jitter(jitter)
            .giveUpAtAttempts(1_000_000)
            .giveUpAtAge(ofDays(5))
            .build();
    Allocations.assertNone(
        100_000,
        i -> {
          long delay = schedule.nextNanos(1 + (i & 63), i, random);
          schedule.nextNanos(1 + (i & 63), i, delay, random);
        });
  }

  static List<Jitter> allocatesNothing() {
    return List.of(
        Jitter.NONE, Jitter.EQUAL, Jitter.FULL, Jitter.DECORRELATED, Jitter.plusMinus(0.3));
  }

  /** Returns how many of 10,000 draws differ. */
  private static long distinct(LongSupplier draw) {
    return LongStream.generate(draw).limit(10_000).distinct().count();
  }

  /** Returns whether 10,000 draws fill the range, in seconds, up to a hundredth at both ends. */
  private static boolean range(LongSupplier draw, long from, long to) {
    var drawn = LongStream.generate(draw).limit(10_000).summaryStatistics();
    double low = drawn.getMin() / 1e9;
    double high = drawn.getMax() / 1e9;
    double margin = (to - from) / 100.0;
    return from <= low && low < from + margin && to - margin < high && high <= to;
  }

  private List<Duration> delays(RetrySchedule schedule, int n) {
    return delays(schedule, n, random);
  }

  private static List<Duration> delays(RetrySchedule schedule, int n, SplittableRandom random) {
    return IntStream.rangeClosed(1, n)
        .mapToObj(i -> schedule.next(i, Duration.ZERO, random).orElseThrow())
        .toList();
  }
}
