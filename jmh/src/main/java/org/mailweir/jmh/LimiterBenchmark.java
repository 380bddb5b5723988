package org.mailweir.jmh;

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
import org.openjdk.jmh.annotations.Warmup;

/**
 * Takes one of a hundred permits, which is always there, and returns it.
 *
 * <p>Two threads: {@code -t 2}. What it allocates: {@code -prof gc}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class LimiterBenchmark {
  /** Whose permits. */
  @Param LimiterPeer peer = LimiterPeer.MAILWEIR;

  private Limit<?> limit;

  /** Makes them. */
  @Setup
  public void make() {
    limit = peer.make(Peer.CLIENTS);
  }

  /** Takes and returns; a refusal would make the figure a lie, so it fails. */
  @Benchmark
  public void takeAndGive() {
    if (!limit.takeAndGive()) {
      throw new IllegalStateException("refused");
    }
  }
}
