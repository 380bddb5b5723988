package org.mailweir.jmh.timer;

import java.util.concurrent.TimeUnit;
import org.apache.kafka.server.util.timer.SystemTimer;
import org.apache.kafka.server.util.timer.TimerTask;

/**
 * Kafka's hierarchical wheel, of 20 slots a level and a millisecond at the lowest. Somebody has to
 * advance it; a thread of its own runs what has fired.
 */
final class KafkaTimers implements Timers {
  private static final long PATIENCE_MILLIS = 1;

  private final WallTime time = new WallTime();
  private final SystemTimer wheel = new SystemTimer("kafka-timers");
  private final Task[] planned;

  KafkaTimers(int slots) {
    planned = new Task[slots];
  }

  @Override
  public void schedule(int slot, long deadline) {
    Task task = new Task(time, TimeUnit.NANOSECONDS.toMillis(time.until(deadline)));
    planned[slot] = task;
    wheel.add(task);
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
    while (wheel.size() > 0 && time.fired() < count) {
      advance();
    }
    time.awaitFired(count);
  }

  private void advance() {
    try {
      wheel.advanceClock(PATIENCE_MILLIS);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while the timers fire", e);
    }
  }

  @Override
  public long fired() {
    return time.fired();
  }

  @Override
  public void close() {
    wheel.close();
  }

  private static final class Task extends TimerTask {
    private final WallTime time;

    Task(WallTime time, long delayMillis) {
      super(delayMillis);
      this.time = time;
    }

    @Override
    public void run() {
      time.fire();
    }
  }
}
