package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.LongSummaryStatistics;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JitterTest {
  private static final long MINUTE = 60_000_000_000L;

  private final SplittableRandom random = new SplittableRandom(7);

  @Test
  void noneKeepsTheDelayAndDrawsNothing() {
    RandomGenerator none =
        () -> {
          throw new AssertionError("drew a number");
        };
    assertThat(apply(Jitter.NONE, MINUTE, none)).isEqualTo(MINUTE);
    assertThat(apply(Jitter.NONE, Long.MAX_VALUE, none)).isEqualTo(Long.MAX_VALUE);
    long moreThanADoubleHolds = (1L << 60) + 1;
    assertThat(apply(Jitter.NONE, moreThanADoubleHolds, none)).isEqualTo(moreThanADoubleHolds);
  }

  @Test
  void equalKeepsHalfAndSpreadsTheOtherHalfEvenly() {
    LongSummaryStatistics drawn = draw(Jitter.EQUAL, MINUTE);
    assertThat(drawn.getMin()).isBetween(MINUTE / 2, MINUTE / 2 + MINUTE / 100);
    assertThat(drawn.getMax()).isBetween(MINUTE - MINUTE / 100, MINUTE);
    assertThat(drawn.getAverage()).isBetween(0.74 * MINUTE, 0.76 * MINUTE);
  }

  @Test
  void fullSpreadsFromNothingToTheDelay() {
    LongSummaryStatistics drawn = draw(Jitter.FULL, MINUTE);
    assertThat(drawn.getMin()).isBetween(1_000_000L, MINUTE / 100);
    assertThat(drawn.getMax()).isBetween(MINUTE - MINUTE / 100, MINUTE);
    assertThat(drawn.getAverage()).isBetween(0.49 * MINUTE, 0.51 * MINUTE);
  }

  @Test
  void plusMinusSpreadsInBothDirections() {
    LongSummaryStatistics drawn = draw(Jitter.plusMinus(0.2), MINUTE);
    assertThat(drawn.getMin()).isBetween(MINUTE * 80 / 100, MINUTE * 81 / 100);
    assertThat(drawn.getMax()).isBetween(MINUTE * 119 / 100, MINUTE * 120 / 100);
    assertThat(drawn.getAverage()).isBetween(0.99 * MINUTE, 1.01 * MINUTE);
  }

  @Test
  void plusMinusNothingKeepsTheDelay() {
    assertThat(apply(Jitter.plusMinus(0), MINUTE, random)).isEqualTo(MINUTE);
  }

  @ParameterizedTest(name = "a delay of {0} ns is never below {1} ns")
  @CsvSource({"60000000000, 1000000", "1000000, 1000000", "999, 999", "1, 1"})
  void fullNeverRetriesAtOnce(long delay, long floor) {
    RandomGenerator lowest = () -> 0L;
    assertThat(apply(Jitter.FULL, delay, lowest)).isEqualTo(floor);
    assertThat(draw(Jitter.FULL, delay).getMin()).isGreaterThanOrEqualTo(floor);
  }

  @Test
  void saturatesWhereTheDelayCannotGrow() {
    LongSummaryStatistics drawn = draw(Jitter.plusMinus(1), Long.MAX_VALUE);
    assertThat(drawn.getMin()).isPositive();
    assertThat(drawn.getMax()).isGreaterThan(Long.MAX_VALUE / 10 * 9);
  }

  @ParameterizedTest(name = "from {0} to {1}")
  @CsvSource({"-0.1, 1", "1.1, 1.2", "0, 0.9", "0, 2.1", "NaN, 1", "0, NaN"})
  void refusesPartsOutOfRange(double from, double to) {
    assertThatIllegalArgumentException().isThrownBy(() -> Jitter.between(from, to));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
  void refusesAFractionOutOfRange(double fraction) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Jitter.plusMinus(fraction))
        .withMessage("fraction: " + fraction + ", must be 0 to 1");
  }

  @Test
  void saysWhatItIs() {
    assertThat(Jitter.EQUAL).hasToString("Jitter[0.5 to 1.0]");
    assertThat(Jitter.DECORRELATED).hasToString("Jitter[decorrelated]");
  }

  private LongSummaryStatistics draw(Jitter jitter, long delay) {
    return LongStream.generate(() -> apply(jitter, delay, random))
        .limit(10_000)
        .summaryStatistics();
  }

  private static long apply(Jitter jitter, long delay, RandomGenerator random) {
    return jitter.next(new Backoff.Listed(delay), 1, -1, random);
  }
}
