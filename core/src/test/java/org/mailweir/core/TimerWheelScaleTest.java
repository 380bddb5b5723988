package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mailweir.core.TimerWheel.Link;

/**
 * Work that must not grow with the number of timers. Agrona's wheel takes 54 us for an insert when
 * all timers fall in one tick; here the work is counted, by the links that change.
 */
class TimerWheelScaleTest {
  private static final int MANY = 200_000;
  private static final long DEADLINE = 3_600_000_000_000L;

  private final TimerWheel wheel = new TimerWheel(0);
  private final List<Counting> timers = new ArrayList<>();
  private int fired;

  private final class Counting extends TimerWheel.Timer {
    @Override
    void fire(long now) {
      fired++;
    }
  }

  @BeforeEach
  void scheduleManyInOneTick() {
    for (int i = 0; i < MANY; i++) {
      timers.add(new Counting());
      wheel.schedule(timers.get(i), DEADLINE);
    }
  }

  @Test
  void insertsByChangingOnlyTheEndOfTheList() {
    assertThat(linksChangedBy(() -> wheel.schedule(new Counting(), DEADLINE))).isEqualTo(1);
  }

  @Test
  void cancelsByChangingOnlyTheNeighbours() {
    Counting middle = timers.remove(MANY / 2);
    assertThat(linksChangedBy(() -> wheel.cancel(middle))).isEqualTo(2);
    Counting last = timers.remove(timers.size() - 1);
    assertThat(linksChangedBy(() -> wheel.cancel(last))).isEqualTo(1);
  }

  @Test
  void reschedulesByChangingOnlyTheNeighboursAndTheEnd() {
    Counting first = timers.remove(0);
    assertThat(linksChangedBy(() -> wheel.schedule(first, DEADLINE))).isEqualTo(2);
  }

  @Test
  void boundsTheWorkOfEachCallAndFiresThemAll() {
    int limit = 1_000;
    int calls = 0;
    while (fired < MANY) {
      int before = fired;
      assertThat(wheel.advance(DEADLINE + TimerWheel.TICK, limit)).isLessThanOrEqualTo(limit);
      assertThat(fired - before).isLessThanOrEqualTo(limit);
      calls++;
    }
    assertThat(calls).isBetween(MANY / limit, MANY / limit * TimerWheel.LEVELS);
    assertThat(wheel.size()).isZero();
    TimerWheelStructure.assertConsistent(wheel);
  }

  @Test
  void touchesNoTimerUntilItsSlotIsReached() {
    long[] work = {0};
    for (long now = 0; now < DEADLINE / 2; now += 10_000_000_000L) {
      work[0] += wheel.advance(now, Integer.MAX_VALUE);
    }
    assertThat(work[0]).isLessThanOrEqualTo(MANY);
    assertThat(fired).isZero();
  }

  @Test
  void allocatesNothing() {
    Counting timer = new Counting();
    long[] now = {0};
    Allocations.assertNone(
        100_000,
        i -> {
          now[0] += 1_000_000;
          wheel.schedule(timer, now[0] + (i % 100) * 10_000_000L);
          if (i % 3 == 0) {
            wheel.cancel(timer);
          }
          wheel.advance(now[0], 5);
          if (wheel.nextDue() - now[0] < 0) {
            throw new AssertionError();
          }
        });
  }

  /** Counts those of {@link #timers} that are linked differently afterwards. */
  private int linksChangedBy(Runnable action) {
    int n = timers.size();
    Link[] prev = new Link[n];
    Link[] next = new Link[n];
    for (int i = 0; i < n; i++) {
      prev[i] = timers.get(i).prev;
      next[i] = timers.get(i).next;
    }
    action.run();
    int changed = 0;
    for (int i = 0; i < n; i++) {
      if (prev[i] != timers.get(i).prev || next[i] != timers.get(i).next) {
        changed++;
      }
    }
    return changed;
  }
}
