package org.mailweir.jmh.timer;

import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.TimerTask;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Netty's hashed wheel of 512 slots of a millisecond. The caller puts a timer into a queue, from
 * which a thread of the wheel takes it: what that thread does is not in the caller's figures.
 */
final class NettyTimers implements Timers {
  private static final int TICKS = 512; // its default

  private final WallTime time = new WallTime();
  private final TimerTask task = timeout -> time.fire();
  private final HashedWheelTimer wheel =
      new HashedWheelTimer(
          new DefaultThreadFactory("netty-timers", true), 1, TimeUnit.MILLISECONDS, TICKS);
  private final Timeout[] planned;

  NettyTimers(int slots) {
    planned = new Timeout[slots];
    wheel.start();
  }

  @Override
  public void schedule(int slot, long deadline) {
    planned[slot] = wheel.newTimeout(task, time.until(deadline), TimeUnit.NANOSECONDS);
  }

  @Override
  public void cancel(int slot) {
    planned[slot].cancel();
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
    wheel.stop();
  }
}
