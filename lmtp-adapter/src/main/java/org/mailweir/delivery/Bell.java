package org.mailweir.delivery;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Wakes one thread. A ring that nobody waits for is kept until the next wait; several are one.
 *
 * <p>Thread safety: {@link #ring} may be called by any thread, {@link #await} by one at a time.
 */
interface Bell {
  /** Wakes the waiting thread, or else the next one that waits. Never blocks. */
  void ring();

  /** Returns when it has rung since the last return, or after this many nanoseconds. */
  void await(long nanos) throws InterruptedException;

  /** Returns a bell whose waits are measured by the system's clock. */
  static Bell create() {
    Semaphore rung = new Semaphore(0);
    return new Bell() {
      @Override
      public void ring() {
        if (rung.availablePermits() == 0) { // racy, but a permit too many is drained below
          rung.release();
        }
      }

      @Override
      public void await(long nanos) throws InterruptedException {
        if (rung.tryAcquire(Math.max(0, nanos), TimeUnit.NANOSECONDS)) {
          rung.drainPermits();
        }
      }
    };
  }
}
