package org.mailweir.core;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two threads, each interleaving of their steps: one at a time, and both get on. */
class BriefLockLincheckTest {
  @Test
  @Timeout(600)
  void oneAtATimeWhateverTheOrder() {
    Lincheck.assumeItRuns();
    org.jetbrains.lincheck.Lincheck.runConcurrentTest(
        25 * Lincheck.INVOCATIONS, BriefLockLincheckTest::twoThreads);
  }

  private static void twoThreads() {
    BriefLock lock = new BriefLock();
    int[] counts = new int[2]; // counted, and at most this many at a time
    int[] inside = new int[1];
    Runnable work =
        () -> {
          for (int i = 0; i < 2; i++) {
            lock.lock();
            inside[0]++;
            counts[1] = Math.max(counts[1], inside[0]);
            counts[0]++;
            inside[0]--;
            lock.unlock();
          }
        };
    Thread other = new Thread(work);
    other.start();
    work.run();
    try {
      other.join();
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
    if (counts[0] != 4 || counts[1] != 1) {
      throw new AssertionError(counts[0] + " counted, " + counts[1] + " at a time");
    }
  }
}
