package org.mailweir.core;

import java.util.concurrent.atomic.AtomicInteger;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;

/**
 * Runs callbacks one at a time, in the order in which they were added, outside every lock.
 *
 * <p>A trampoline: whoever finds it idle runs what is queued until nothing is left; a callback that
 * causes further ones, or another thread that adds some meanwhile, leaves them to that one. So
 * callbacks never nest, and a chain of them cannot overflow the stack.
 *
 * <p>Thread safety: {@link #add} is called under the lock of the owner, {@link #run} without it.
 */
final class Callbacks {
  private final MpscUnboundedAtomicArrayQueue<Runnable> queue =
      new MpscUnboundedAtomicArrayQueue<>(64);
  private final AtomicInteger wanted = new AtomicInteger();

  void add(Runnable callback) {
    queue.add(callback);
  }

  void run() {
    if (queue.isEmpty() || wanted.getAndIncrement() != 0) {
      // The incremented counter makes the thread that runs look once more.
      return;
    }
    int seen = 1;
    do {
      for (Runnable callback = queue.poll(); callback != null; callback = queue.poll()) {
        runOne(callback);
      }
      seen = wanted.addAndGet(-seen);
    } while (seen != 0);
  }

  private static void runOne(Runnable callback) {
    try {
      callback.run();
    } catch (Throwable failure) { // anything that escapes would leave the trampoline taken for ever
      report(failure);
    }
  }

  private static void report(Throwable failure) {
    Thread thread = Thread.currentThread();
    try {
      thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
    } catch (Throwable ignored) {
      // As the virtual machine does with what such a handler throws.
    }
  }
}
