package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mailweir.core.TimerWheel.TICK;
import static org.mailweir.core.TimerWheelStructure.assertConsistent;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimerWheelTest {
  private static final long SECOND = 1_000_000_000;
  private static final int ALL = Integer.MAX_VALUE;

  private final List<String> fired = new ArrayList<>();
  private TimerWheel wheel = new TimerWheel(0);

  @Test
  void isEmptyAtFirst() {
    assertThat(wheel.size()).isZero();
    assertThat(wheel.nextDue()).isEqualTo(Long.MAX_VALUE);
    assertThat(wheel.advance(SECOND, ALL)).isZero();
    assertThat(wheel.nextDue()).isEqualTo(SECOND + Long.MAX_VALUE);
  }

  /** One of each level, on both sides of each border, from each kind of origin. */
  @ParameterizedTest(name = "clock starts at {0}")
  @ValueSource(
      longs = {
        0,
        -1,
        1,
        Long.MIN_VALUE,
        Long.MAX_VALUE,
        Long.MAX_VALUE - 5 * SECOND,
        -5 * SECOND,
        12_345_678_901_234L
      })
  void firesWithinATickOfTheDeadlineAndNeverBefore(long start) {
    for (int level = 0; level <= TimerWheel.LEVELS; level++) {
      long slot = 1L << Math.min(62, TimerWheel.TICK_SHIFT + level * TimerWheel.SLOT_SHIFT);
      for (long delay : new long[] {slot - TICK - 1, slot - 1, slot, slot + 1, slot / 3 * 4}) {
        if (delay > 0) {
          firesOnTime(start, delay);
        }
      }
    }
    firesOnTime(start, 1);
    firesOnTime(start, Long.MAX_VALUE - TICK);
  }

  @ParameterizedTest(name = "{1} levels of ticks of 2^{0} ns fit into 64 bits")
  @CsvSource({"10, 7", "21, 6", "26, 6", "30, 5", "44, 3", "50, 2"})
  void takesTicksOfAnotherLength(int tickShift, int levels) {
    assertThat(new TimerWheel(77, tickShift).used).hasSize(levels);
    for (int level = 0; level <= levels; level++) {
      long slot = 1L << (tickShift + level * TimerWheel.SLOT_SHIFT);
      for (long delay : new long[] {slot - 1, slot, slot + 1}) {
        firesOnTime(new TimerWheel(77, tickShift), 77, delay);
      }
    }
  }

  private void firesOnTime(long start, long delay) {
    firesOnTime(new TimerWheel(start), start, delay);
  }

  private void firesOnTime(TimerWheel tested, long start, long delay) {
    wheel = tested;
    fired.clear();
    wheel.schedule(timer("x"), start + delay);
    assertConsistent(wheel);
    long late = delay + (1L << wheel.tickShift) - 1;
    assertThat(wheel.advance(start + delay - 1, ALL)).isLessThan(10);
    assertThat(fired).as("after %d of %d ns", delay - 1, delay).isEmpty();
    wheel.advance(start + late, ALL);
    assertThat(fired).as("after %d, due at %d ns", late, delay).containsExactly("x");
    assertConsistent(wheel);
  }

  @Test
  void firesADeadlineOnATickAtOnce() {
    wheel.schedule(timer("x"), 3 * TICK);
    wheel.advance(3 * TICK - 1, ALL);
    assertThat(fired).isEmpty();
    wheel.advance(3 * TICK, ALL);
    assertThat(fired).containsExactly("x");
  }

  @ParameterizedTest(name = "deadline {0} ns from now")
  @ValueSource(longs = {0, -1, -TICK, -SECOND, Long.MIN_VALUE / 2, Long.MIN_VALUE + 1})
  void firesWhatIsPastAtTheNextAdvance(long delay) {
    wheel = new TimerWheel(77);
    wheel.schedule(timer("x"), 77 + delay);
    assertThat(fired).isEmpty();
    assertThat(wheel.nextDue()).isEqualTo(77);
    wheel.advance(77, 1);
    assertThat(fired).containsExactly("x");
  }

  @Test
  void firesInTheOrderOfTicksAndInATickInTheOrderOfScheduling() {
    wheel.schedule(timer("year"), 365 * 86_400 * SECOND);
    wheel.schedule(timer("hour"), 3_600 * SECOND);
    wheel.schedule(timer("ms"), SECOND / 1_000);
    wheel.schedule(timer("hour too"), 3_600 * SECOND - 1);
    wheel.schedule(timer("second"), SECOND);
    wheel.advance(366 * 86_400 * SECOND, ALL);
    assertThat(fired).containsExactly("ms", "second", "hour", "hour too", "year");
  }

  @Test
  void cancels() {
    TimerWheel.Timer first = timer("first");
    wheel.schedule(first, SECOND);
    wheel.schedule(timer("second"), SECOND);
    assertThat(first.isScheduled()).isTrue();
    assertThat(first.deadline()).isEqualTo(SECOND);
    wheel.cancel(first);
    assertThat(first.isScheduled()).isFalse();
    assertThat(wheel.size()).isEqualTo(1);
    wheel.cancel(first);
    wheel.cancel(timer("never scheduled"));
    assertThat(wheel.size()).isEqualTo(1);
    wheel.advance(2 * SECOND, ALL);
    assertThat(fired).containsExactly("second");
    assertConsistent(wheel);
  }

  @Test
  void cancelsTheLastOfASlotAndForgetsIt() {
    TimerWheel.Timer timer = timer("x");
    wheel.schedule(timer, 5_000 * SECOND);
    wheel.cancel(timer);
    assertConsistent(wheel);
    assertThat(wheel.nextDue()).isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest(name = "from {0} s to {1} s")
  @CsvSource({"1, 9", "9, 1", "1, 1", "-1, 3", "3, -1"})
  void reschedules(long from, long to) {
    TimerWheel.Timer timer = timer("x");
    wheel.schedule(timer, from * SECOND);
    wheel.schedule(timer, to * SECOND);
    assertThat(wheel.size()).isEqualTo(1);
    wheel.advance(Math.max(0, to * SECOND - 1), ALL);
    assertThat(fired).hasSize(to < 0 ? 1 : 0);
    wheel.advance(10 * SECOND, ALL);
    assertThat(fired).containsExactly("x");
    assertConsistent(wheel);
  }

  @Test
  void firesAtMostAsManyAsToldAndGoesOnThere() {
    for (int i = 0; i < 10; i++) {
      wheel.schedule(timer("" + i), i < 5 ? SECOND / 100 : SECOND / 100 + 2 * TICK);
    }
    long now = SECOND / 10;
    assertThat(wheel.advance(now, 3)).isEqualTo(3);
    assertThat(fired).containsExactly("0", "1", "2");
    assertThat(wheel.nextDue()).isEqualTo(now);
    assertThat(wheel.advance(now, 3)).isEqualTo(3);
    assertThat(wheel.advance(now, 0)).isZero();
    assertThat(wheel.advance(now, 9)).isEqualTo(4);
    assertThat(fired).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
  }

  @Test
  void countsMovingFromLevelToLevelAsWork() {
    for (int i = 0; i < 100; i++) {
      wheel.schedule(timer("" + i), 3_600 * SECOND);
    }
    int calls = 0;
    while (wheel.size() > 0) {
      assertThat(wheel.advance(3_601 * SECOND, 7)).isLessThanOrEqualTo(7);
      assertConsistent(wheel);
      calls++;
    }
    assertThat(fired).hasSize(100).doesNotHaveDuplicates();
    assertThat(calls).isBetween(100 / 7, 100 * TimerWheel.LEVELS / 7);
  }

  @Test
  void movesNoTimerThatIsLessThanSixtyFourTicksAhead() {
    wheel.advance(3_600 * SECOND + TICK / 2, ALL); // the hand follows, though there was no timer
    wheel.schedule(timer("x"), 3_600 * SECOND + 63 * TICK);
    assertThat(wheel.advance(3_601 * SECOND, ALL)).isEqualTo(1);
    assertThat(fired).containsExactly("x");
  }

  @Test
  void takesNewTimersWhileASlotIsHalfMoved() {
    for (int i = 0; i < 10; i++) {
      wheel.schedule(timer("old"), 3_600 * SECOND);
    }
    long now = 3_700 * SECOND;
    assertThat(wheel.advance(now, 3)).isEqualTo(3);
    wheel.schedule(timer("past"), now - 50 * SECOND);
    wheel.schedule(timer("soon"), now + SECOND);
    wheel.schedule(timer("later"), now + 3_600 * SECOND);
    assertConsistent(wheel);
    wheel.advance(now, ALL);
    assertThat(fired).hasSize(11).startsWith("past").endsWith("old");
    wheel.advance(now + SECOND + TICK, ALL);
    wheel.advance(now + 3_600 * SECOND + TICK, ALL);
    assertThat(fired).endsWith("soon", "later").hasSize(13);
  }

  @Test
  void letsATimerScheduleItselfAgain() {
    TimerWheel.Timer[] timer = new TimerWheel.Timer[1];
    timer[0] =
        timer(
            now -> {
              fired.add("beat");
              wheel.schedule(timer[0], now + SECOND);
            });
    wheel.schedule(timer[0], SECOND);
    for (int i = 1; i <= 5; i++) {
      wheel.advance(i * (SECOND + TICK), ALL);
    }
    assertThat(fired).hasSize(5);
    assertThat(wheel.size()).isEqualTo(1);
  }

  @Test
  void isNotCaughtByATimerThatIsAlwaysDue() {
    TimerWheel.Timer[] timer = new TimerWheel.Timer[1];
    timer[0] =
        timer(
            now -> {
              fired.add("again");
              wheel.schedule(timer[0], now);
            });
    wheel.schedule(timer[0], 0);
    wheel.schedule(timer("other"), 0);
    assertThat(wheel.advance(SECOND, 100)).isEqualTo(100);
    assertThat(fired).hasSize(100).containsOnlyOnce("other");
    assertThat(wheel.size()).isEqualTo(1);
  }

  @Test
  void letsATimerCancelOthersThatAreDue() {
    TimerWheel.Timer victim = timer("victim");
    TimerWheel.Timer later = timer("later");
    wheel.schedule(
        timer(
            now -> {
              wheel.cancel(victim);
              wheel.schedule(later, now + SECOND);
            }),
        SECOND);
    wheel.schedule(victim, SECOND);
    wheel.schedule(later, SECOND);
    wheel.advance(2 * SECOND, ALL);
    assertThat(fired).isEmpty();
    wheel.advance(4 * SECOND, ALL);
    assertThat(fired).containsExactly("later");
  }

  @Test
  void staysWholeWhenATimerThrows() {
    TimerWheel.Timer bad =
        timer(
            now -> {
              throw new IllegalStateException("bad");
            });
    wheel.schedule(bad, SECOND);
    wheel.schedule(timer("good"), SECOND);
    assertThatIllegalStateException().isThrownBy(() -> wheel.advance(2 * SECOND, ALL));
    assertThat(bad.isScheduled()).isFalse();
    assertConsistent(wheel);
    wheel.advance(2 * SECOND, ALL);
    assertThat(fired).containsExactly("good");
  }

  @Test
  void takesAnEarlierReadingForTheLastOne() {
    wheel.advance(SECOND, ALL);
    wheel.schedule(timer("x"), SECOND / 2);
    wheel.advance(0, ALL);
    assertThat(fired).containsExactly("x");
    assertThat(wheel.nextDue()).isEqualTo(SECOND + Long.MAX_VALUE);
  }

  @Test
  void firesWhenSleepingUntilNextDueAndDoesNotSpin() {
    long[] delays = {1, TICK, 10 * SECOND, 86_400 * SECOND, 400 * 86_400 * SECOND, 1L << 62};
    for (long delay : delays) {
      wheel.schedule(timer("" + delay), delay);
    }
    int wakes = 0;
    long last = 0;
    while (wheel.size() > 0) {
      long next = wheel.nextDue();
      assertThat(next - last).as("wakes again only later").isPositive();
      last = next;
      wheel.advance(next, ALL);
      wakes++;
    }
    assertThat(fired).hasSize(delays.length);
    assertThat(wakes).isLessThanOrEqualTo(delays.length * TimerWheel.LEVELS);
  }

  @Test
  void runsOnWhileTheClockWraps() {
    wheel = new TimerWheel(Long.MAX_VALUE - 100 * SECOND);
    long now = Long.MAX_VALUE - 100 * SECOND;
    for (int i = 1; i <= 200; i++) {
      wheel.schedule(timer("" + i), now + i * SECOND);
    }
    for (int i = 1; i <= 200; i++) {
      now += SECOND;
      wheel.advance(now + TICK, ALL);
      assertThat(fired).hasSize(i);
      assertConsistent(wheel);
    }
  }

  private TimerWheel.Timer timer(String name) {
    return timer(now -> fired.add(name));
  }

  private static TimerWheel.Timer timer(LongConsumer fire) {
    return new Alarm(fire);
  }
}
