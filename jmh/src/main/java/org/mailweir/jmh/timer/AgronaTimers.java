package org.mailweir.jmh.timer;

import java.util.concurrent.TimeUnit;
import org.agrona.DeadlineTimerWheel;

/**
 * Agrona's wheel: an array of deadlines for each tick, all of one length. Time is an argument. The
 * number of ticks is chosen to suit it: many short arrays if deadlines are spread, a few long ones
 * if not.
 */
final class AgronaTimers implements Timers {
  private static final long TICK = 1 << 20; // 1.05 ms
  private static final int POLL = 1000;

  /** Beyond that, to fill it would take minutes: each insert looks at all of its tick. */
  static final int MOST_IN_ONE_TICK = 100_000;

  private final DeadlineTimerWheel wheel;
  private final DeadlineTimerWheel.TimerHandler handler;
  private final long[] planned;
  private long fired;

  AgronaTimers(int slots, Due due) {
    if (due == Due.IN_ONE_TICK && slots > MOST_IN_ONE_TICK) {
      throw new IllegalArgumentException(
          "Agrona: " + slots + " timers in one tick take minutes to insert, O(n) each");
    }
    int ticks = due == Due.IN_ONE_TICK ? 1 << 6 : 1 << 16;
    wheel = new DeadlineTimerWheel(TimeUnit.NANOSECONDS, 0, TICK, ticks);
    handler =
        (unit, now, timer) -> {
          fired++;
          return true;
        };
    planned = new long[slots];
  }

  @Override
  public void schedule(int slot, long deadline) {
    planned[slot] = wheel.scheduleTimer(deadline);
  }

  @Override
  public void cancel(int slot) {
    wheel.cancelTimer(planned[slot]);
  }

  @Override
  public void fireUntil(long deadline, long count) {
    long tick;
    int some;
    do { // a poll looks at one tick only, and goes on to the next if it is over
      tick = wheel.currentTickTime();
      some = wheel.poll(deadline, handler, POLL);
    } while (some > 0 || wheel.currentTickTime() != tick);
  }

  @Override
  public long fired() {
    return fired;
  }

  @Override
  public void close() {}
}
