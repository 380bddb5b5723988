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
 * Admits one delivery and settles it as delivered, for one of many known and live destinations.
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
public class AdmitSettleBenchmark {
  /** Who is asked. */
  @Param({
    "MAILWEIR",
    "SEMAPHORE",
    "SEMAPHORE_MAP_BULKHEAD",
    "LOCKED_COUNTERS",
    "ATOMIC_COUNTERS",
    "FAILSAFE_BULKHEADS",
    "NETFLIX_LIMITERS"
  })
  Peer peer = Peer.MAILWEIR;

  /** How many destinations there are; 64, say, show what it costs without cache misses. */
  @Param("16384")
  int destinations = 16_384;

  /** Whether the names asked for are the very objects that were learned; else equal to them. */
  @Param("false")
  boolean sameNames;

  private Destinations names;
  private AdmissionControl<?> control;

  /**
   * Makes all destinations known and live, and collects: names and what is known of them are old
   * and lie together then, as in a process that has run for a while. Without that they stay where
   * they were made, until a peer has allocated enough for a collection: who allocates least would
   * read from the most scattered memory. (The heap is touched before for the same reason: who
   * allocates would measure how quickly the system hands out pages.)
   */
  @Setup
  public void learn() {
    names = new Destinations(destinations, sameNames);
    control = peer.make();
    for (String destination : names.all()) {
      admitAndSettle(destination);
    }
    System.gc();
  }

  /** Admits and settles; a refusal would make the figure a lie, so it fails. */
  @Benchmark
  public void admitAndSettle(Walk walk) {
    admitAndSettle(names.at(walk.next()));
  }

  private void admitAndSettle(String destination) {
    if (!control.admitAndSettle(destination)) {
      throw new IllegalStateException("refused: " + destination);
    }
  }
}
