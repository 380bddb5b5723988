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
 * Refuses a delivery to one of many destinations that have failed: suspended by the gate, or behind
 * an open circuit breaker.
 *
 * <p>Two threads: {@code -t 2}. What it allocates: {@code -prof gc}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Threads(1)
@Fork(
    value = 2,
    jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RefusalBenchmark {
  private static final int MOST_FAILURES = 10;

  /** Who is asked. */
  @Param({
    "MAILWEIR",
    "BREAKER",
    "BREAKER_EXCEPTION",
    "BREAKER_EXCEPTION_NO_TRACE",
    "FAILSAFE_BREAKER"
  })
  Peer peer = Peer.MAILWEIR;

  /** How many destinations there are; 64, say, show what it costs without cache misses. */
  @Param("16384")
  int destinations = 16_384;

  private Destinations names;
  private AdmissionControl<?> control;

  /** Lets all destinations fail until they are refused. */
  @Setup
  public void fail() {
    names = new Destinations(destinations, false);
    control = peer.make();
    for (String destination : names.all()) {
      int failures = 0;
      while (control.admitAndFail(destination)) {
        if (++failures > MOST_FAILURES) {
          throw new IllegalStateException("not refused: " + destination);
        }
      }
    }
    System.gc(); // as AdmitSettleBenchmark does
  }

  /** Asks and is refused; a delivery that is admitted would make the figure a lie, so it fails. */
  @Benchmark
  public void refuse(Walk walk) {
    String destination = names.at(walk.next());
    if (control.admitAndFail(destination)) {
      throw new IllegalStateException("admitted: " + destination);
    }
  }
}
