package org.mailweir.jmh;

import java.util.concurrent.TimeUnit;
import java.util.function.IntToLongFunction;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * Asks for the delay before the next attempt, for messages that are tried sixteen times each.
 *
 * <p>Two threads: {@code -t 2}. What it allocates: {@code -prof gc}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class RetryDelayBenchmark {
  static final int ATTEMPTS = 16;

  /** Whose schedule. */
  @Param DelayPeer peer = DelayPeer.MAILWEIR;

  private IntToLongFunction delay;
  private int attempts;

  /** Makes it. */
  @Setup
  public void make() {
    delay = peer.make();
  }

  /** Asks for one delay. */
  @Benchmark
  public long next() {
    attempts = attempts % ATTEMPTS + 1;
    return delay.applyAsLong(attempts);
  }
}
