package org.mailweir.lmtp;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets the server interrupt a connection's thread inside a transaction, and nowhere else: an
 * interrupt during socket I/O closes the socket (of a channel always, else on virtual threads), and
 * the client would lose the replies that the interrupt is meant to bring about.
 *
 * <p>Thread safety: {@link #stop} may be called by any thread, the others by the connection's.
 */
final class Interruption {
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean stopped;
  private @Nullable Thread inside;

  boolean isStopped() {
    return stopped;
  }

  /** Allows interrupts from here on; returns false if the server has stopped. */
  boolean enter() {
    lock.lock();
    try {
      inside = Thread.currentThread();
      return !stopped;
    } finally {
      lock.unlock();
    }
  }

  /** Allows none any more, and forgets one that came. */
  void leave() {
    lock.lock();
    try {
      inside = null;
      Thread.interrupted();
    } finally {
      lock.unlock();
    }
  }

  /** Puts interrupts off until {@link #unmask}; returns whether one has come. */
  boolean mask() {
    lock.lock();
    return Thread.interrupted();
  }

  /** Allows them again. */
  void unmask(boolean interrupted) {
    lock.unlock();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Interrupts the thread if it is inside a transaction, now or later.
   *
   * @return false if the thread was in the middle of socket I/O for a whole second
   */
  boolean stop() throws InterruptedException {
    stopped = true;
    if (!lock.tryLock(1, TimeUnit.SECONDS)) {
      return false;
    }
    try {
      Thread thread = inside;
      if (thread != null) {
        thread.interrupt();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }
}
