package org.mailweir.core;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The one lock-free class: what two threads add and run is run once each, one at a time. */
class CallbacksLincheckTest {
  @Test
  @Timeout(120)
  void runsEachCallbackOnceAndOneAtATime() {
    Lincheck.assumeItRuns();
    org.jetbrains.lincheck.Lincheck.runConcurrentTest(
        Lincheck.INVOCATIONS, CallbacksLincheckTest::twoThreads);
  }

  private static void twoThreads() {
    Callbacks callbacks = new Callbacks();
    AtomicInteger ran = new AtomicInteger();
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger overlaps = new AtomicInteger();
    Runnable callback =
        () -> {
          if (inside.incrementAndGet() > 1) {
            overlaps.incrementAndGet();
          }
          ran.incrementAndGet();
          inside.decrementAndGet();
        };
    Runnable work =
        () -> {
          callbacks.add(callback);
          callbacks.run();
          callbacks.run();
        };
    Thread other = new Thread(work);
    other.start();
    work.run();
    try {
      other.join();
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
    if (ran.get() != 2 || overlaps.get() != 0) {
      throw new AssertionError(ran + " ran, " + overlaps + " of them together");
    }
  }
}
