package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/** Measures what a piece of code allocates. */
final class Allocations {
  private static final int MOST_ROUNDS = 50;
  private static final long PAUSE = 50_000_000;

  private Allocations() {}

  /** Asserts that {@code times} runs allocate less than one byte a run. */
  static void assertNone(int times, IntConsumer run) {
    assertAtMost(0.99, times, run);
  }

  /**
   * Asserts that {@code times} runs allocate at most so many bytes a run. Until the code is
   * compiled it allocates more, and on a busy machine that comes late: so it is run, with pauses,
   * until it does not, or many times.
   */
  static void assertAtMost(double bytes, int times, IntConsumer run) {
    double least = bytesPerRun(times, run);
    for (int round = 0; least > bytes && round < MOST_ROUNDS; round++) {
      LockSupport.parkNanos(PAUSE);
      least = Math.min(least, bytesPerRun(times, run));
    }
    assertThat(least).as("bytes a run").isLessThanOrEqualTo(bytes);
  }

  /** Returns the bytes that one run allocates, the least of three rounds. */
  static double bytesPerRun(int times, IntConsumer run) {
    assumeTrue(
        ManagementFactory.getThreadMXBean() instanceof ThreadMXBean, "this JVM does not count");
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    double least = Double.MAX_VALUE;
    for (int round = 0; round < 3; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < times; i++) {
        run.accept(i);
      }
      long bytes = threads.getCurrentThreadAllocatedBytes() - before;
      least = Math.min(least, (double) bytes / times);
    }
    return least;
  }
}
