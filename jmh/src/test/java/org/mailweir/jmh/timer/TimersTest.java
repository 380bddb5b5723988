package org.mailweir.jmh.timer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The timers do what the benchmarks measure, and each benchmark runs with each of its peers. */
final class TimersTest {
  private static final int SLOTS = 1000;
  private static final int STEPS = 20_000;
  private static final long SOON = Duration.ofSeconds(3).toNanos();
  private static final long LATER = Duration.ofSeconds(4).toNanos();

  @ParameterizedTest
  @EnumSource
  void firesWhatIsDueAndNotCancelled(TimerPeer peer) {
    try (Timers timers = peer.make(SLOTS, Due.IN_AN_HOUR)) {
      for (int slot = 0; slot < SLOTS; slot++) {
        timers.schedule(slot, slot < SLOTS / 2 ? SOON : Due.HOUR);
      }
      for (int slot = 0; slot < SLOTS; slot += 2) {
        timers.cancel(slot);
      }
      assertThat(timers.fired()).isZero();
      timers.pass(SOON);
      timers.fireUntil(SOON, SLOTS / 4);
      timers.pass(LATER);
      timers.fireUntil(LATER, SLOTS / 4);
      assertThat(timers.fired()).isEqualTo(SLOTS / 4);
    }
  }

  @ParameterizedTest
  @EnumSource
  void cancelsAndSchedulesSpreadTimers(TimerPeer peer) {
    cancelAndSchedule(peer, Due.IN_AN_HOUR);
  }

  @ParameterizedTest
  @EnumSource
  void cancelsAndSchedulesTimersOfOneTick(TimerPeer peer) {
    cancelAndSchedule(peer, Due.IN_ONE_TICK);
  }

  private static void cancelAndSchedule(TimerPeer peer, Due due) {
    TimerBenchmark benchmark = new TimerBenchmark();
    benchmark.peer = peer;
    benchmark.due = due;
    benchmark.fill();
    for (int i = 0; i < STEPS; i++) {
      benchmark.cancelAndSchedule();
    }
    benchmark.stop();
  }

  @ParameterizedTest
  @EnumSource
  void defersAndReleasesAllOfOneTick(TimerPeer peer) {
    deferAndRelease(peer, Due.IN_ONE_TICK);
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"EXECUTOR", "NETTY", "KAFKA"})
  void defersAndReleasesAllOfAnHour(TimerPeer peer) {
    deferAndRelease(peer, Due.IN_AN_HOUR);
  }

  private static void deferAndRelease(TimerPeer peer, Due due) {
    BacklogBenchmark benchmark = new BacklogBenchmark();
    benchmark.peer = peer;
    benchmark.due = due;
    benchmark.pending = SLOTS;
    BacklogBenchmark.Count count = new BacklogBenchmark.Count();
    BacklogBenchmark.NearlyFull nearlyFull = new BacklogBenchmark.NearlyFull();
    nearlyFull.fill(benchmark);
    benchmark.defer(nearlyFull, count);
    nearlyFull.check();
    assertThat(count.messages).isEqualTo(SLOTS / 10);
    BacklogBenchmark.Full full = new BacklogBenchmark.Full();
    full.fill(benchmark);
    benchmark.release(full, count);
    full.check();
    assertThat(count.messages).isEqualTo(SLOTS / 10 + SLOTS);
  }

  @ParameterizedTest
  @EnumSource(names = {"EXECUTOR", "NETTY", "KAFKA"})
  void saysWhyTheHourIsLeftOutForThoseThatReadTheClock(TimerPeer peer) {
    BacklogBenchmark benchmark = new BacklogBenchmark();
    benchmark.peer = peer;
    assertThatThrownBy(() -> new BacklogBenchmark.Full().fill(benchmark))
        .hasMessageContaining("reads the clock");
  }

  @Test
  void saysWhyAgronaIsLeftOutWithAMillionInOneTick() {
    assertThatThrownBy(() -> TimerPeer.AGRONA.make(1_000_000, Due.IN_ONE_TICK))
        .hasMessageContaining("O(n)");
  }
}
