package org.mailweir.jmh.timer;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The time of timers that read the clock themselves, and a count of those that have fired.
 *
 * <p>They are told how long to wait, not until when. So that the benchmark's own reading of the
 * clock does not count, it reads it once in 1,024 times: less than a millisecond in between.
 *
 * <p>Thread safety: one thread asks for delays, one other fires.
 */
final class WallTime {
  private static final int CALLS_PER_READING = 1024;

  private final long start = System.nanoTime();
  private final AtomicLong fired = new AtomicLong();
  private long elapsed;
  private int calls;

  /** Returns how long it is until a deadline. */
  long until(long deadline) {
    if (calls++ % CALLS_PER_READING == 0) {
      elapsed = System.nanoTime() - start;
    }
    return deadline - elapsed;
  }

  /** Called by the one thread that fires. */
  void fire() {
    fired.lazySet(fired.getPlain() + 1);
  }

  long fired() {
    return fired.get();
  }

  /** Waits, for nothing but the time to come. */
  void pass(long deadline) {
    long now = System.nanoTime() - start;
    while (now - deadline < 0) {
      LockSupport.parkNanos(deadline - now);
      now = System.nanoTime() - start;
    }
  }

  /** Waits until so many have fired. */
  void awaitFired(long count) {
    while (fired.get() < count) {
      Thread.onSpinWait();
    }
  }
}
