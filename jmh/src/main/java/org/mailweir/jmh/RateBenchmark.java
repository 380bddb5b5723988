package org.mailweir.jmh;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
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
 * Begins one after the other, each at a time at which the rate allows it.
 *
 * <p>What it allocates: {@code -prof gc}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class RateBenchmark {
  /** Whose rate. */
  @Param RatePeer peer = RatePeer.MAILWEIR;

  private BooleanSupplier begin;

  /** Makes it; a billion a second, so that whoever reads the clock never has to refuse. */
  @Setup
  public void make() {
    begin = peer.make(1);
  }

  /** Begins one; a refusal would make the figure a lie, so it fails. */
  @Benchmark
  public void begin() {
    if (!begin.getAsBoolean()) {
      throw new IllegalStateException("refused");
    }
  }
}
