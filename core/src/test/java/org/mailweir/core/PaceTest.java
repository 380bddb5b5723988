package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.mailweir.core.Refusal.Reason;

/** A rate by itself, to the nanosecond. */
class PaceTest {
  private static final long T = Long.MAX_VALUE - 1_000_000_000L; // readings wrap
  private static final long SPACING = 3_000_000_000L;

  private final Site<String> site = new Site<>("a.test", GateHarness.start().gate);
  private final TimerWheel wheel = new TimerWheel(T);
  private final Pace<String> even = new Pace<>(site, Rate.evenly(20, Duration.ofMinutes(1)));
  private final Pace<String> three = new Pace<>(site, new Rate(20, Duration.ofMinutes(1), 3));

  private long start(Pace<String> pace, long now) {
    long time = pace.started(now);
    wheel.schedule(pace, time);
    return time - now;
  }

  @Test
  void holdsTheNextOneUntilItsTime() {
    assertThat(even.holds()).isFalse();
    assertThat(start(even, T)).isEqualTo(SPACING);
    assertThat(even.holds()).isTrue();
    assertThat(even.passed(T + SPACING)).as("nothing to remember").isNull();
    assertThat(even.holds()).isFalse();
  }

  @Test
  void aBurstIsHeldWhenItIsUsedUp() {
    assertThat(start(three, T)).isEqualTo(SPACING);
    assertThat(start(three, T)).isEqualTo(2 * SPACING);
    assertThat(three.holds()).isFalse();
    assertThat(start(three, T)).as("until one more may begin").isEqualTo(SPACING);
    assertThat(three.holds()).isTrue();
    assertThat(three.passed(T + SPACING)).isEqualTo(T + 3 * SPACING);
    assertThat(three.holds()).isFalse();
    assertThat(three.passed(T + 3 * SPACING - 1)).isEqualTo(T + 3 * SPACING);
    assertThat(three.passed(T + 3 * SPACING)).isNull();
  }

  @Test
  void whatIsDueLaterCountsInTheWait() {
    start(three, T);
    start(three, T);
    assertThat(three.waitBehind(0, T)).isZero();
    assertThat(three.waitBehind(1, T)).isEqualTo(SPACING);
    assertThat(three.waitBehind(1, T + 1)).isEqualTo(SPACING - 1);
    assertThat(three.waitBehind(5, T)).isEqualTo(5.0 * SPACING);
  }

  @Test
  void aPauseMakesNoCredit() {
    start(three, T);
    long later = T + 100 * SPACING; // and its timer is late
    assertThat(three.waitBehind(3, later)).isEqualTo(SPACING);
    assertThat(start(three, later)).isEqualTo(SPACING);
  }

  @Test
  void remembersOnlyWhatItsTimerIsPlannedFor() {
    even.started(T);
    assertThat(even.isScheduled()).isFalse();
    assertThat(even.waitBehind(0, T)).isZero();
    assertThat(even.waitBehind(2, T)).isEqualTo(2.0 * SPACING);
  }

  @Test
  void tellsTheSameObjectForTheSameTime() {
    start(even, T);
    Refusal refusal = even.refusal(0, T);
    assertThat(refusal).isEqualTo(new Refusal(Reason.RATE, T + SPACING, "20 messages in 1m"));
    assertThat(even.refusal(0, T + 1)).isSameAs(refusal);
    assertThat(even.refusal(1, T))
        .isEqualTo(new Refusal(Reason.RATE, T + 2 * SPACING, "20 messages in 1m"));
  }

  @Test
  void namesNoTimeThatIsFurtherAwayThanAYear() {
    Pace<String> slow = new Pace<>(site, Rate.evenly(1, Duration.ofDays(1)));
    start(slow, T);
    long year = Duration.ofDays(365).toNanos();
    assertThat(slow.refusal(363, T).nextTryNanos() - T).isEqualTo(Duration.ofDays(364).toNanos());
    assertThat(slow.refusal(Integer.MAX_VALUE, T).nextTryNanos() - T).isEqualTo(year);
  }
}
