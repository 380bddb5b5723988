package org.mailweir.jmh.timer;

import java.time.Duration;
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
 * Fires timers that are all due at once, from the moment they are due until the last one has run.
 * One operation is one timer.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms3g", "-Xmx3g"})
@Warmup(iterations = 5)
@Measurement(iterations = 8)
public class FireBenchmark {
  static final int TIMERS = 100_000;

  /** Time enough to plan them all, on a slow machine and before anything is compiled. */
  private static final long AHEAD = Duration.ofSeconds(1).toNanos();

  /** Whose timers. */
  @Param TimerPeer peer = TimerPeer.MAILWEIR_WHEEL;

  private Timers timers;

  /** Plans them all, and waits until they are nearly due. */
  @Setup(Level.Invocation)
  public void fill() {
    timers = peer.make(TIMERS, Due.IN_ONE_TICK);
    for (int slot = 0; slot < TIMERS; slot++) {
      timers.schedule(slot, AHEAD);
    }
    timers.pass(AHEAD);
  }

  /** Fires them all. */
  @Benchmark
  @OperationsPerInvocation(TIMERS)
  public void fire() {
    timers.fireUntil(AHEAD, TIMERS);
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
