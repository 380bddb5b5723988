package org.mailweir.jmh.timer;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The JDK's executor with one thread: a binary heap under one lock. */
final class ExecutorTimers implements Timers {
  private final WallTime time = new WallTime();
  private final Runnable task = time::fire;
  private final ScheduledThreadPoolExecutor executor;
  private final Future<?>[] planned;

  ExecutorTimers(int slots) {
    planned = new Future<?>[slots];
    executor =
        new ScheduledThreadPoolExecutor(
            1,
            run -> {
              Thread thread = new Thread(run, "executor-timers");
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true); // or what is cancelled stays until it would be due
  }

  @Override
  public void schedule(int slot, long deadline) {
    planned[slot] = executor.schedule(task, time.until(deadline), TimeUnit.NANOSECONDS);
  }

  @Override
  public void cancel(int slot) {
    planned[slot].cancel(false);
  }

  @Override
  public void pass(long deadline) {
    time.pass(deadline);
  }

  @Override
  public void fireUntil(long deadline, long count) {
    time.awaitFired(count);
  }

  @Override
  public long fired() {
    return time.fired();
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
