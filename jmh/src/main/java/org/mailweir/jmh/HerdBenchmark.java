package org.mailweir.jmh;

import java.util.concurrent.TimeUnit;
import org.mailweir.herd.DeadHerd;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Runs a whole herd in virtual time: 20,000 messages for dead destinations, flushed at once into
 * everyday mail. The figure is what 22 minutes of a relay cost, the simulation included.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms1g", "-Xmx1g"})
@Warmup(iterations = 5)
@Measurement(iterations = 10)
public class HerdBenchmark {
  private static final int MESSAGES = 20_000;
  private static final int AGE = 5_000;
  private static final long SEED = 7;

  /** Destinations of the herd. */
  @Param({"200", "5000"})
  int deadDomains = 200;

  /** Clients in all. */
  @Param({"100", "50"})
  int clients = 100;

  /** Runs the herd; fails if it delayed fresh mail, so that the figure is one of a gate at work. */
  @Benchmark
  public DeadHerd.Result flushedHerd() {
    DeadHerd.Result result = new DeadHerd(MESSAGES, deadDomains, clients, true, AGE, SEED).run();
    if (!(result.proven().p99() < 1)) {
      throw new IllegalStateException("fresh mail waited " + result.proven().p99() + " s");
    }
    return result;
  }
}
