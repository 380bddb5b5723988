package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mailweir.core.TimerWheel.TICK;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;

/**
 * Any sequence of operations on the wheel against a sorted map of deadlines. The model counts its
 * time from the start of the clock, so that it needs no care for wrapping; the wheel gets readings
 * that start anywhere.
 */
class TimerWheelPropertyTest {
  private static final int TIMERS = 8;
  private static final int ALL = Integer.MAX_VALUE;
  private static final List<String> ALL_CASES =
      List.of("fired", "partial", "cancelled by a timer", "scheduled by a timer", "slept");

  sealed interface Step {}

  record Schedule(int timer, long delay, OnFire onFire) implements Step {}

  record Cancel(int timer) implements Step {}

  record Advance(long by, int limit) implements Step {}

  record Sleep() implements Step {} // until nextDue

  /** What a timer does when it fires. */
  sealed interface OnFire {}

  record Nothing() implements OnFire {}

  record CancelAnother(int timer) implements OnFire {}

  record ScheduleAnother(int timer, long delay) implements OnFire {} // or itself

  @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE)
  @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
  void agreesWithASortedMap(
      @ForAll("starts") long start, @ForAll("steps") @Size(max = 60) List<Step> steps) {
    Run run = new Run(start);
    for (Step step : steps) {
      run.step(step);
      run.check();
    }
    run.finish();
    // A property that never comes to the interesting places proves nothing.
    for (String what : ALL_CASES) {
      Statistics.label(what).collect(run.seen.contains(what));
      Statistics.label(what).coverage(tries -> tries.check(true).percentage(p -> p > 10));
    }
  }

  /** The wheel, the model, and what is done to both. */
  private static final class Run {
    private final long start;
    private final TimerWheel wheel;
    private final Numbered[] timers = new Numbered[TIMERS];
    private final TreeMap<Long, Set<Integer>> byDeadline = new TreeMap<>();
    private final Map<Integer, Long> deadlines = new HashMap<>();
    private final Set<String> seen = new HashSet<>();
    private long now; // from the start
    private int firedNow;
    private long lastTick;

    Run(long start) {
      this.start = start;
      wheel = new TimerWheel(start);
      for (int i = 0; i < TIMERS; i++) {
        timers[i] = new Numbered(i);
      }
    }

    private final class Numbered extends TimerWheel.Timer {
      private final int number;
      private OnFire onFire = new Nothing();
      private boolean inTime; // scheduled ahead, hence fired in order

      Numbered(int number) {
        this.number = number;
      }

      @Override
      void fire(long reading) {
        seen.add("fired");
        firedNow++;
        assertThat(reading).isEqualTo(start + now);
        assertThat(isScheduled()).isFalse();
        assertThat(deadlines).containsKey(number);
        long deadline = deadlines.get(number);
        assertThat(deadline).as("deadline, now %d", now).isLessThanOrEqualTo(now);
        if (inTime) {
          long tick = Math.floorDiv(deadline + Math.floorMod(start, TICK) + TICK - 1, TICK);
          assertThat(tick).as("order of ticks").isGreaterThanOrEqualTo(lastTick);
          lastTick = tick;
        }
        forget(number);
        OnFire todo = onFire;
        onFire = new Nothing(); // once, so that every run ends
        if (todo instanceof CancelAnother cancel) {
          seen.add("cancelled by a timer");
          cancel(cancel.timer);
        } else if (todo instanceof ScheduleAnother again) {
          seen.add("scheduled by a timer");
          schedule(again.timer, again.delay, timers[again.timer].onFire);
        }
      }
    }

    void step(Step step) {
      if (step instanceof Schedule s) {
        schedule(s.timer, s.delay, s.onFire);
      } else if (step instanceof Cancel c) {
        cancel(c.timer);
      } else if (step instanceof Advance a) {
        advance(now + a.by, a.limit);
      } else if (step instanceof Sleep && wheel.size() > 0) {
        seen.add("slept");
        advance(wheel.nextDue() - start, ALL);
      }
    }

    private void schedule(int number, long delay, OnFire onFire) {
      forget(number);
      long deadline = now + delay;
      deadlines.put(number, deadline);
      byDeadline.computeIfAbsent(deadline, d -> new HashSet<>()).add(number);
      timers[number].onFire = onFire;
      timers[number].inTime = delay > 0;
      wheel.schedule(timers[number], start + deadline);
      assertThat(timers[number].deadline()).isEqualTo(start + deadline);
    }

    private void cancel(int number) {
      forget(number);
      wheel.cancel(timers[number]);
    }

    private void forget(int number) {
      Long deadline = deadlines.remove(number);
      if (deadline != null) {
        byDeadline.get(deadline).remove(number);
        byDeadline.values().removeIf(Set::isEmpty);
      }
    }

    private void advance(long to, int limit) {
      now = Math.max(now, to);
      firedNow = 0;
      int steps = wheel.advance(start + to, limit);
      assertThat(steps).isBetween(firedNow, limit);
      if (steps < limit) {
        assertThat(byDeadline.headMap(now - TICK, true)).as("overdue").isEmpty();
        assertThat(wheel.nextDue() - (start + now)).as("nothing is due").isPositive();
      } else {
        seen.add("partial");
      }
    }

    void check() {
      TimerWheelStructure.assertConsistent(wheel);
      assertThat(wheel.size()).isEqualTo(deadlines.size());
      for (Numbered timer : timers) {
        assertThat(timer.isScheduled()).isEqualTo(deadlines.containsKey(timer.number));
      }
      long next = wheel.nextDue() - start;
      if (deadlines.isEmpty()) {
        assertThat(wheel.nextDue()).isEqualTo(start + now + Long.MAX_VALUE);
      } else {
        assertThat(next).isGreaterThanOrEqualTo(now);
        assertThat(next).isLessThan(Math.max(now + 1, byDeadline.firstKey() + TICK));
      }
    }

    /** Lets all that is left fire, in the model's time. */
    void finish() {
      int most = 1_000; // wakes: far more than levels times timers
      while (wheel.size() > 0 && most-- > 0) {
        advance(wheel.nextDue() - start, ALL);
      }
      check();
      assertThat(wheel.size()).isZero();
    }
  }

  @Provide
  Arbitrary<Long> starts() {
    return Arbitraries.oneOf(
        Arbitraries.of(0L, -1L, 1L, Long.MIN_VALUE, Long.MAX_VALUE, TICK, -TICK),
        Arbitraries.longs().between(Long.MAX_VALUE - (1L << 40), Long.MAX_VALUE),
        Arbitraries.longs());
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Integer> timer = Arbitraries.integers().between(0, TIMERS - 1);
    Arbitrary<OnFire> onFire =
        Arbitraries.frequencyOf(
            Tuple.of(3, Arbitraries.of(new Nothing())),
            Tuple.of(1, timer.map(CancelAnother::new)),
            Tuple.of(2, Combinators.combine(timer, delays()).as(ScheduleAnother::new)));
    Arbitrary<Integer> limit = Arbitraries.of(0, 1, 2, 3, 5, 100, ALL);
    return Arbitraries.<Step>frequencyOf(
            Tuple.of(5, Combinators.combine(timer, delays(), onFire).as(Schedule::new)),
            Tuple.of(1, timer.map(Cancel::new)),
            Tuple.of(4, Combinators.combine(jumps(), limit).as(Advance::new)),
            Tuple.of(2, Arbitraries.of(new Sleep())))
        .list();
  }

  /** Around the borders of the levels, and anywhere; up to 2^61, so that the model never wraps. */
  private static Arbitrary<Long> delays() {
    return Arbitraries.oneOf(
        around(57),
        Arbitraries.longs().between(-5 * TICK, 200 * TICK),
        Arbitraries.longs().between(-(1L << 61), 1L << 61));
  }

  private static Arbitrary<Long> jumps() {
    return Arbitraries.oneOf(
        around(50),
        Arbitraries.longs().between(0, 3 * TICK),
        Arbitraries.longs().between(-TICK, 1L << 45));
  }

  private static Arbitrary<Long> around(int maxBits) {
    List<Long> borders = new ArrayList<>(List.of(0L));
    for (int bits = TimerWheel.TICK_SHIFT; bits <= maxBits; bits += TimerWheel.SLOT_SHIFT) {
      borders.add(1L << bits);
    }
    return Combinators.combine(
            Arbitraries.of(borders),
            Arbitraries.integers().between(1, 8),
            Arbitraries.of(-TICK, -1L, 0L, 1L, TICK))
        .as((border, times, more) -> Math.max(0, border * times + more));
  }
}
