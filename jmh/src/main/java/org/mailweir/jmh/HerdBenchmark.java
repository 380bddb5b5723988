package org.mailweir.jmh;

import java.util.concurrent.TimeUnit;
import org.mailweir.lab.policy.Policies;
import org.mailweir.lab.scenario.Laboratory;
import org.mailweir.lab.scenario.Result;
import org.mailweir.lab.scenario.Scenarios;
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
 * Runs a whole herd in virtual time, policy by policy: 20,000 messages for dead destinations,
 * flushed at once into everyday mail. The figure is what two hours of a relay cost, the simulation
 * of Postfix and of all hosts included; {@code -prof gc} tells the bytes.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms1g", "-Xmx1g"})
@Warmup(iterations = 3)
@Measurement(iterations = 5)
public class HerdBenchmark {
  private static final long SEED = 7;

  /** What happens: the herd is for 200 or for 5,000 domains. */
  @Param({"S2", "S3"})
  String scenario = "S2";

  /** Who decides. */
  @Param({
    "NONE",
    "FILTERMAIL",
    "BULKHEAD",
    "BREAKER",
    "AIMD",
    "JAMES",
    "MAILWEIR_AGES",
    "MAILWEIR",
    "MAILWEIR_RELAY"
  })
  Policies policy = Policies.MAILWEIR;

  /** Runs the herd. */
  @Benchmark
  public Result herd() {
    return Laboratory.of(Scenarios.of(scenario).orElseThrow(), policy, policy.clients(), SEED)
        .run();
  }
}
