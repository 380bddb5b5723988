package org.mailweir.jmh.timer;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
 * The two halves of the life of a message that waits, each by itself. An invocation is one half for
 * all of a population; {@code :messages} is what it took for each message. What waits is tenured by
 * a collection before each half, as mail is that waits for minutes; none falls into a half, as the
 * young generation has room for all that it allocates. Iterations are short and several, so that
 * their median says what it takes on a machine that is disturbed now and then.
 *
 * <ul>
 *   <li>{@code defer}: the last tenth is planned, beside the nine that are there.
 *   <li>{@code release}: time passes until all are due, and each one comes out; from the backlog
 *       with a permit of the gate, which is settled too. An hour passes in steps of a second.
 * </ul>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms3g", "-Xmx3g", "-Xmn1g"})
@Warmup(iterations = 1, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 100, timeUnit = TimeUnit.MILLISECONDS)
public class BacklogBenchmark {
  private static final long STEP = Duration.ofSeconds(1).toNanos();
  private static final int ROUNDS_TO_COMPILE = 50;
  private static final int MESSAGES_TO_COMPILE = 20_000;

  /** Whose timers. */
  @Param TimerPeer peer = TimerPeer.MAILWEIR_BACKLOG;

  /** How many are planned. */
  @Param({"10000", "100000", "1000000"})
  int pending = 10_000;

  /** When they are due. */
  @Param Due due = Due.IN_AN_HOUR;

  /** Runs what is measured until it is compiled, which a few invocations would not. */
  @Setup
  public void warmUp() {
    for (int i = 0; i < ROUNDS_TO_COMPILE && !peer.isOnWallTime(); i++) {
      Population population = new Population(this, Due.HOUR);
      population.plan(Math.min(pending, MESSAGES_TO_COMPILE));
      population.letPass();
      population.close(population.planned);
    }
  }

  /** What an invocation is divided by. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Count {
    /** Messages deferred, or released. */
    public long messages;
  }

  /** A population of which the last tenth is still to be planned. */
  @State(Scope.Thread)
  public static class NearlyFull {
    private Population population;

    /** Plans nine tenths. */
    @Setup(Level.Invocation)
    public void fill(BacklogBenchmark benchmark) {
      population = new Population(benchmark, Due.HOUR);
      population.plan(benchmark.pending / 10 * 9);
      population.age();
    }

    /** Fails if the figure would be a lie. */
    @TearDown(Level.Invocation)
    public void check() {
      population.close(0);
    }
  }

  /** A population that waits, or if it reads the clock itself, is nearly due. */
  @State(Scope.Thread)
  public static class Full {
    private Population population;

    /** Plans all. */
    @Setup(Level.Invocation)
    public void fill(BacklogBenchmark benchmark) {
      boolean onWallTime = benchmark.peer.isOnWallTime();
      if (onWallTime && benchmark.due == Due.IN_AN_HOUR) {
        throw new IllegalStateException(benchmark.peer + " reads the clock, and takes the hour");
      }
      population = new Population(benchmark, onWallTime ? timeToPlan(benchmark.pending) : Due.HOUR);
      population.plan(benchmark.pending);
      population.age();
      population.timers.pass(population.atOnce);
    }

    /** Time enough to plan them all, on a slow machine and before anything is compiled. */
    private static long timeToPlan(int timers) {
      return Duration.ofSeconds(1).toNanos() + timers * Duration.ofNanos(2_500).toNanos();
    }

    /** Fails if the figure would be a lie. */
    @TearDown(Level.Invocation)
    public void check() {
      population.close(population.planned);
    }
  }

  /** Defers the last tenth. */
  @Benchmark
  public void defer(NearlyFull state, Count count) {
    count.messages += state.population.plan(pending / 10);
  }

  /** Releases all. */
  @Benchmark
  public void release(Full state, Count count) {
    count.messages += state.population.letPass();
  }

  private static final class Population {
    private final SplittableRandom random = new SplittableRandom(42);
    private final Timers timers;
    private final Due due;
    private final long atOnce;
    private int planned;

    Population(BacklogBenchmark benchmark, long atOnce) {
      this.timers = benchmark.peer.make(benchmark.pending, benchmark.due);
      this.due = benchmark.due;
      this.atOnce = atOnce;
    }

    /** Makes what is there as old, to the collector, as mail is that has waited for minutes. */
    void age() {
      System.gc();
    }

    long plan(int count) {
      for (int i = 0; i < count; i++) {
        timers.schedule(planned, due == Due.IN_ONE_TICK ? atOnce : due.next(random));
        planned++;
      }
      return count;
    }

    long letPass() {
      for (long now = STEP; now < atOnce && due == Due.IN_AN_HOUR; now += STEP) {
        timers.fireUntil(now, 0);
      }
      timers.fireUntil(atOnce, planned);
      return timers.fired();
    }

    void close(int expected) {
      long fired = timers.fired();
      timers.close();
      if (fired != expected) {
        throw new IllegalStateException("fired: " + fired + " of " + expected);
      }
    }
  }
}
