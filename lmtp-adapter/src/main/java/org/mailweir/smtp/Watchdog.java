package org.mailweir.smtp;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs tasks at deadlines. A socket's own time-outs are of no help to a writer, and per read a peer
 * that drips bytes resets them; so each step of a conversation has one deadline, at which its
 * socket is closed from outside. Uses one daemon thread, which ends when there was nothing to watch
 * for a while: there is nothing to close.
 *
 * <p>Thread safety: all methods may be called by any thread. The tasks must not block.
 */
final class Watchdog {
  private static final long IDLE_SECONDS = 10;

  private final ScheduledThreadPoolExecutor timer;

  Watchdog() {
    timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "smtp-deadlines");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
  }

  /** Runs the task after so many nanoseconds, at once if there are none left. */
  ScheduledFuture<?> after(long nanos, Runnable task) {
    return timer.schedule(task, nanos, TimeUnit.NANOSECONDS);
  }
}
