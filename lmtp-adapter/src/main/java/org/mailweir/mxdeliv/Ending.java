package org.mailweir.mxdeliv;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What can be ended from outside at this moment: a request, an attempt by SMTP, or both. An end
 * that comes first ends what comes later.
 *
 * <p>Thread safety: all methods may be called by any thread. What is ended runs under no lock.
 */
final class Ending {
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Object, Runnable> open = new LinkedHashMap<>();
  private boolean ended;

  /** Adds something under a name of the caller's; in place of what was there by that name. */
  void set(Object name, Runnable end) {
    boolean late;
    lock.lock();
    try {
      open.put(name, end);
      late = ended;
    } finally {
      lock.unlock();
    }
    if (late) {
      end.run();
    }
  }

  /** Takes something away: it is over, or in other hands. */
  void clear(Object name) {
    lock.lock();
    try {
      open.remove(name);
    } finally {
      lock.unlock();
    }
  }

  /** Ends all that is there, and all that comes. */
  void end() {
    List<Runnable> all;
    lock.lock();
    try {
      ended = true;
      all = List.copyOf(open.values());
      open.clear();
    } finally {
      lock.unlock();
    }
    all.forEach(Runnable::run);
  }

  boolean isEnded() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }
}
