package org.mailweir.core;

import org.mailweir.jmh.timer.Timers;

/**
 * The timer wheel for benchmarks. It is in this package because the wheel is no part of the API;
 * that works on the class path only, which is all that benchmarks need.
 */
public final class WheelTimers implements Timers {
  private static final int STEPS = 1000;

  private final TimerWheel wheel = new TimerWheel(0);
  private final Entry[] planned;
  private long fired;

  /** Makes slots, all empty. */
  public WheelTimers(int slots) {
    planned = new Entry[slots];
  }

  @Override
  public void schedule(int slot, long deadline) {
    Entry entry = new Entry(this);
    planned[slot] = entry;
    wheel.schedule(entry, deadline);
  }

  @Override
  public void cancel(int slot) {
    wheel.cancel(planned[slot]);
  }

  @Override
  public void fireUntil(long deadline, long count) {
    long rounded =
        deadline + (1L << TimerWheel.TICK_SHIFT); // a timer waits for the end of its tick
    int steps;
    do {
      steps = wheel.advance(rounded, STEPS);
    } while (steps == STEPS);
  }

  @Override
  public long fired() {
    return fired;
  }

  @Override
  public void close() {}

  private static final class Entry extends TimerWheel.Timer {
    private final WheelTimers timers;

    Entry(WheelTimers timers) {
      this.timers = timers;
    }

    @Override
    void fire(long now) {
      timers.fired++;
    }
  }
}
