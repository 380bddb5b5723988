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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Admits one delivery and settles it as delivered, for one of 16,384 known and live destinations.
 *
 * <p>Two threads: {@code -t 2}. What it allocates: {@code -prof gc}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Threads(1)
@Fork(
    value = 2,
    jvmArgsAppend = {"-Xms1g", "-Xmx1g"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AdmitSettleBenchmark {
  /** Who is asked. */
  @Param({"MAILWEIR", "SEMAPHORE", "SEMAPHORE_MAP_BULKHEAD"})
  Peer peer = Peer.MAILWEIR;

  private Destinations destinations;
  private AdmissionControl<?> control;

  /** Makes all destinations known and live. */
  @Setup
  public void learn() {
    destinations = new Destinations();
    control = peer.make();
    for (String destination : destinations.all()) {
      admitAndSettle(destination);
    }
  }

  /** Admits and settles; a refusal would make the figure a lie, so it fails. */
  @Benchmark
  public void admitAndSettle(Walk walk) {
    admitAndSettle(destinations.at(walk.next()));
  }

  private void admitAndSettle(String destination) {
    if (!control.admitAndSettle(destination)) {
      throw new IllegalStateException("refused: " + destination);
    }
  }
}
