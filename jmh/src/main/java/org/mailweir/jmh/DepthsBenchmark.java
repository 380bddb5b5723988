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
 * Takes a place in flight to one of many known destinations, which is always there, and gives it
 * back.
 *
 * <p>Two threads: {@code -t 2}. What it allocates: {@code -prof gc}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms1g", "-Xmx1g"})
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class DepthsBenchmark {
  /** Whose places. */
  @Param DepthsPeer peer = DepthsPeer.MAILWEIR;

  /** How many destinations there are; 64, say, show what it costs without cache misses. */
  @Param("16384")
  int destinations = 16_384;

  private Destinations names;
  private AdmissionControl<?> depths;

  /** Makes all destinations known. */
  @Setup
  public void learn() {
    names = new Destinations(destinations, false);
    depths = peer.make(Peer.PER_DESTINATION);
    names.all().forEach(this::enterAndLeave);
  }

  /** Enters and leaves; a refusal would make the figure a lie, so it fails. */
  @Benchmark
  public void enterAndLeave(Walk walk) {
    enterAndLeave(names.at(walk.next()));
  }

  private void enterAndLeave(String destination) {
    if (!depths.admitAndSettle(destination)) {
      throw new IllegalStateException("refused: " + destination);
    }
  }
}
