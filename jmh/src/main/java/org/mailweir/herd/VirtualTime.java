package org.mailweir.herd;

import java.util.PriorityQueue;
import org.mailweir.core.TimeSource;

/** A clock that jumps from event to event; events of one moment run in the order they were set. */
final class VirtualTime implements TimeSource {
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long now;
  private long sequence;

  @Override
  public long nanoTime() {
    return now;
  }

  double seconds() {
    return now / 1e9;
  }

  void after(double seconds, Runnable action) {
    events.add(new Event(now + (long) (seconds * 1e9), sequence++, action));
  }

  void every(double seconds, Runnable action) {
    after(
        seconds,
        () -> {
          action.run();
          every(seconds, action);
        });
  }

  void runUntil(double seconds) {
    long end = (long) (seconds * 1e9);
    for (Event next = events.peek(); next != null && next.time <= end; next = events.peek()) {
      events.remove();
      now = next.time;
      next.action.run();
    }
    now = end;
  }

  private record Event(long time, long sequence, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(time, other.time);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }
}
