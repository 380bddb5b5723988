package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.IntConsumer;

/** Measures what a piece of code allocates. */
final class Allocations {
  private Allocations() {}

  /** Asserts that {@code times} runs allocate less than one byte a run. */
  static void assertNone(int times, IntConsumer run) {
    assertThat(bytesPerRun(times, run)).as("bytes a run").isLessThan(1);
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
