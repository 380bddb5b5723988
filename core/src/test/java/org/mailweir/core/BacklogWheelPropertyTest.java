package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** The wheel of a backlog beside a plain map of ticks, on clocks of any origin. */
class BacklogWheelPropertyTest {
  private static final long TICK = 1L << BacklogWheel.TICK_SHIFT;

  @Provide
  Arbitrary<Long> starts() {
    return Arbitraries.oneOf(
        Arbitraries.of(Long.MIN_VALUE, -1L, 0L, Long.MAX_VALUE - 5 * TICK, (1L << 62) - 1, -TICK),
        Arbitraries.longs());
  }

  @Property(tries = 300)
  void firesWhatIsDueAndNothingElse(@ForAll("starts") long start, @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    BacklogPlaces places = new BacklogPlaces();
    BacklogWheel wheel = new BacklogWheel(places, start);
    Map<Integer, Integer> planned = new HashMap<>();
    List<Integer> fired = new ArrayList<>();
    long now = start;
    for (int i = 0; i < 200; i++) {
      switch (random.nextInt(4)) {
        case 0, 1 -> {
          int place = places.take("m");
          int tick =
              BacklogWheel.tickFrom(now + (random.nextLong(1L << 57) >>> random.nextInt(30)));
          wheel.schedule(place, tick);
          planned.put(place, tick);
        }
        case 2 -> {
          if (!planned.isEmpty()) {
            int place = planned.keySet().iterator().next();
            planned.remove(place);
            wheel.cancel(place);
            places.give(place);
          }
        }
        default -> {
          now += random.nextLong(1L << 57) >>> random.nextInt(40);
          int time = BacklogWheel.tickAt(now);
          int limit = random.nextInt(1, 100);
          fired.clear();
          int steps = wheel.advance(now, limit, fired::add);
          assertThat(fired.size()).isLessThanOrEqualTo(steps);
          assertThat(steps).isLessThanOrEqualTo(limit);
          for (int place : fired) {
            assertThat(time - planned.remove(place)).as("too early").isNotNegative();
          }
          if (steps < limit) {
            assertThat(planned.values()).as("too late").noneMatch(tick -> tick - time <= 0);
          }
        }
      }
      wheel.assertConsistent();
      assertThat(wheel.size()).isEqualTo(planned.size());
      nextDueIsNotLate(wheel, planned, now);
    }
  }

  private static void nextDueIsNotLate(
      BacklogWheel wheel, Map<Integer, Integer> planned, long now) {
    long next = wheel.nextDue() - now;
    assertThat(next).isNotNegative();
    if (planned.isEmpty()) {
      assertThat(next).isEqualTo(Long.MAX_VALUE);
    }
    int time = BacklogWheel.tickAt(now);
    for (int tick : planned.values()) {
      assertThat(next).isLessThanOrEqualTo(Math.max(0, (tick - time) * TICK));
    }
  }

  @Test
  void firesInTheOrderOfTheTicksAfterALongPause() {
    BacklogPlaces places = new BacklogPlaces();
    BacklogWheel wheel = new BacklogWheel(places, 0);
    List<Integer> ticks = new ArrayList<>();
    for (int tick : new int[] {5000, 70, 3, 64, 100, 63, 65, 300_000, 4096, 1}) {
      wheel.schedule(places.take("m"), tick);
    }
    int steps = wheel.advance(400_000 * TICK, 1000, place -> ticks.add(places.tick(place)));
    assertThat(ticks).isSorted().hasSize(10);
    assertThat(steps).isBetween(10, 10 * BacklogWheel.LEVELS);
    assertThat(wheel.nextDue()).isEqualTo(400_000 * TICK + Long.MAX_VALUE);
  }

  @Test
  void nextDueIsTheTickThatComesFirstWhoeverIsBehindIt() {
    BacklogPlaces places = new BacklogPlaces();
    BacklogWheel wheel = new BacklogWheel(places, TICK / 2);
    assertThat(wheel.nextDue()).isEqualTo(TICK / 2 + Long.MAX_VALUE);
    wheel.schedule(places.take("m"), 5000);
    int soon = places.take("m");
    wheel.schedule(soon, 3);
    assertThat(wheel.nextDue()).isEqualTo(3 * TICK);
    wheel.cancel(soon);
    assertThat(wheel.nextDue()).isEqualTo(4096 * TICK);
    wheel.schedule(soon, 0);
    assertThat(wheel.nextDue()).as("due now").isEqualTo(TICK / 2);
  }

  @Test
  void aTickIsTheFirstOneThatBeginsNoEarlier() {
    for (long tick : new long[] {-5, 0, 5}) {
      assertThat(BacklogWheel.tickAt(tick * TICK)).isEqualTo((int) tick);
      assertThat(BacklogWheel.tickAt(tick * TICK - 1)).isEqualTo((int) tick - 1);
      assertThat(BacklogWheel.tickFrom(tick * TICK)).isEqualTo((int) tick);
      assertThat(BacklogWheel.tickFrom(tick * TICK - 1)).isEqualTo((int) tick);
      assertThat(BacklogWheel.tickFrom(tick * TICK + 1)).isEqualTo((int) tick + 1);
    }
  }

  @Test
  void whatIsOverdueFiresAtOnceAndNothingElseDoes() {
    BacklogPlaces places = new BacklogPlaces();
    BacklogWheel wheel = new BacklogWheel(places, 100 * TICK);
    int later = places.takeHead("later");
    int overdue = places.takeHead("overdue");
    int gone = places.takeHead("gone");
    wheel.schedule(later, 4150);
    wheel.schedule(overdue, 95);
    assertThat(wheel.nextDue()).isEqualTo(100 * TICK);
    wheel.schedule(gone, 96);
    wheel.cancel(gone);
    List<Integer> fired = new ArrayList<>();
    assertThat(wheel.advance(100 * TICK, 10, fired::add)).isOne();
    assertThat(fired).containsExactly(overdue);
    wheel.assertConsistent();
    assertThat(wheel.nextDue()).isEqualTo(4150 * TICK);
    wheel.schedule(gone, 90);
    wheel.cancel(gone);
    assertThat(wheel.nextDue()).isEqualTo(4150 * TICK);
  }

  @Test
  void theFirstSlotOfALevelIsNotTakenForOneOfTheLevelBelow() {
    BacklogPlaces places = new BacklogPlaces();
    BacklogWheel wheel = new BacklogWheel(places, 63 * 4096 * TICK);
    int far = places.takeHead("in slot 0 of level 1");
    wheel.schedule(far, 64 * 4096);
    wheel.schedule(places.takeHead("near"), 63 * 4096 + 10);
    wheel.cancel(far);
    wheel.assertConsistent();
    assertThat(wheel.nextDue()).isEqualTo((63 * 4096 + 10) * TICK);
  }

  @Test
  void whatIsInTheFirstSlotOfALevelIsNotDueBeforeItsTick() {
    BacklogPlaces places = new BacklogPlaces();
    BacklogWheel wheel = new BacklogWheel(places, 63 * 4096 * TICK);
    int far = places.takeHead("in slot 0 of level 1");
    wheel.schedule(far, 64 * 4096 + 10);
    List<Integer> fired = new ArrayList<>();
    wheel.advance((64 * 4096 + 9) * TICK, 10, fired::add);
    assertThat(fired).isEmpty();
    wheel.assertConsistent();
    wheel.advance((64 * 4096 + 10) * TICK, 10, fired::add);
    assertThat(fired).containsExactly(far);
  }

  @Test
  void nextDueIsNowWhileSomeIsLeftOfWhatIsDue() {
    BacklogPlaces places = new BacklogPlaces();
    BacklogWheel wheel = new BacklogWheel(places, 0);
    wheel.schedule(places.takeHead("a"), 3);
    wheel.schedule(places.takeHead("b"), 3);
    long now = 3 * TICK + TICK / 2;
    assertThat(wheel.advance(now, 1, place -> {})).isOne();
    assertThat(wheel.nextDue()).isEqualTo(now);
  }
}
