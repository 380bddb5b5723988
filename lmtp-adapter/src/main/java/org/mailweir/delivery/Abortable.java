package org.mailweir.delivery;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What can be ended from outside at this moment, if anything: a connection attempt, later the
 * connection. An end that comes too late touches nothing, above all not a connection that was given
 * back and serves another message by now.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class Abortable {
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Runnable end;
  private boolean aborted;

  /** Sets what {@link #abort} runs from now on; runs it at once if that was called before. */
  public void set(Runnable newEnd) {
    lock.lock();
    try {
      end = newEnd;
      if (aborted) {
        newEnd.run();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Leaves nothing to end.
   *
   * @return whether it was never aborted: what is open is fit for use
   */
  public boolean clear() {
    lock.lock();
    try {
      end = null;
      return !aborted;
    } finally {
      lock.unlock();
    }
  }

  /** Ends what is under way. Later calls change nothing. */
  public void abort() {
    lock.lock();
    try {
      if (!aborted) {
        aborted = true;
        if (end != null) {
          end.run();
        }
      }
    } finally {
      lock.unlock();
    }
  }
}
