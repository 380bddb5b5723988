package org.mailweir.jmh.timer;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Fires timers that are spread over an hour, whose time moves in steps of 10 ms. One operation is
 * one timer, with its share of the 360,000 steps. For timers whose time is an argument; the others
 * would take the hour.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms3g", "-Xmx3g"})
@Warmup(iterations = 3)
@Measurement(iterations = 5)
public class HourBenchmark {
  static final int TIMERS = 1_000_000;
  private static final long STEP = Duration.ofMillis(10).toNanos();

  /** Whose timers. */
  @Param({"MAILWEIR_WHEEL", "MAILWEIR_BACKLOG", "AGRONA", "CAFFEINE"})
  TimerPeer peer = TimerPeer.MAILWEIR_WHEEL;

  private final SplittableRandom random = new SplittableRandom(42);
  private Timers timers;

  /** Plans them all. */
  @Setup(Level.Invocation)
  public void fill() {
    timers = peer.make(TIMERS, Due.IN_AN_HOUR);
    for (int slot = 0; slot < TIMERS; slot++) {
      timers.schedule(slot, Due.IN_AN_HOUR.next(random));
    }
  }

  /** Lets the hour pass. */
  @Benchmark
  @OperationsPerInvocation(TIMERS)
  public void passAnHour() {
    for (long now = STEP; now <= Due.HOUR; now += STEP) {
      timers.fireUntil(now, 0);
    }
  }

  /** Stops; a timer that did not fire would make the figure a lie, so it fails. */
  @TearDown(Level.Invocation)
  public void stop() {
    long fired = timers.fired();
    timers.close();
    if (fired != TIMERS) {
      throw new IllegalStateException("fired: " + fired + " of " + TIMERS);
    }
  }
}
