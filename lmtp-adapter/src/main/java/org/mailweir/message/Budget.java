package org.mailweir.message;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts bytes in use against a limit that is never passed.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class Budget {
  private final long limit;
  private final AtomicLong used = new AtomicLong();

  Budget(long limit, String name) {
    if (limit < 0) {
      throw new IllegalArgumentException(name + ": " + limit + ", must not be negative");
    }
    this.limit = limit;
  }

  /** Takes so many bytes, all or none, and returns whether it did. */
  boolean take(long bytes) {
    for (long now = used.get(); bytes <= limit - now; now = used.get()) {
      if (used.compareAndSet(now, now + bytes)) {
        return true;
      }
    }
    return false;
  }

  void giveBack(long bytes) {
    long left = used.addAndGet(-bytes);
    assert left >= 0 : left;
  }

  long used() {
    return used.get();
  }

  long free() {
    return limit - used.get();
  }
}
