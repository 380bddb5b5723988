package org.mailweir.jmh.timer;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Cancels one of many planned timers, chosen at random, and plans another: one operation is both.
 *
 * <p>What it allocates: {@code -prof gc}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms3g", "-Xmx3g"})
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class TimerBenchmark {
  /** Whose timers. */
  @Param TimerPeer peer = TimerPeer.MAILWEIR_WHEEL;

  /** How many are planned. */
  @Param({"10000", "100000", "1000000"})
  int pending = 10_000;

  /** When they are due. */
  @Param Due due = Due.IN_AN_HOUR;

  private final SplittableRandom random = new SplittableRandom(42);
  private Timers timers;

  /** Plans them all. */
  @Setup
  public void fill() {
    timers = peer.make(pending, due);
    for (int slot = 0; slot < pending; slot++) {
      timers.schedule(slot, due.next(random));
    }
  }

  /** Cancels one and plans another. */
  @Benchmark
  public void cancelAndSchedule() {
    int slot = random.nextInt(pending);
    timers.cancel(slot);
    timers.schedule(slot, due.next(random));
  }

  /** Stops; one that fired before its time would make the figure a lie, so it fails. */
  @TearDown
  public void stop() {
    long fired = timers.fired();
    timers.close();
    if (fired > 0) {
      throw new IllegalStateException("fired too early: " + fired);
    }
  }
}
