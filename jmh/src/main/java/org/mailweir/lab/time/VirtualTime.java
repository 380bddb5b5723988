package org.mailweir.lab.time;

import java.util.PriorityQueue;
import org.mailweir.core.TimeSource;

/**
 * A clock that jumps from event to event; events of one moment run in the order they were set.
 *
 * <p>Thread safety: none; a run is one thread.
 */
public final class VirtualTime implements TimeSource {
  private static final double NANOS = 1e9;

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long now;
  private long sequence;

  /** Something that will happen, unless it is cancelled. */
  public static final class Event implements Comparable<Event> {
    private final long time;
    private final long sequence;
    private final Runnable action;
    private boolean cancelled;

    private Event(long time, long sequence, Runnable action) {
      this.time = time;
      this.sequence = sequence;
      this.action = action;
    }

    /** Sees to it that it does not happen; changes nothing if it did. */
    public void cancel() {
      cancelled = true;
    }

    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(time, other.time);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(sequence);
    }
  }

  /** Returns the virtual time in nanoseconds; it begins at 0. */
  @Override
  public long nanoTime() {
    return now;
  }

  /** Returns the virtual time in seconds. */
  public double seconds() {
    return now / NANOS;
  }

  /** Does something so many seconds from now; at once, but after all of now, if not above 0. */
  public Event after(double seconds, Runnable action) {
    Event event = new Event(now + Math.max(0, (long) (seconds * NANOS)), sequence++, action);
    events.add(event);
    return event;
  }

  /** Does something at a virtual time, in seconds. */
  public Event at(double seconds, Runnable action) {
    return after(seconds - seconds(), action);
  }

  /** Does something every so many seconds, first then. */
  public void every(double seconds, Runnable action) {
    after(
        seconds,
        () -> {
          action.run();
          every(seconds, action);
        });
  }

  /** Lets everything happen up to that time, in seconds; the clock then stands there. */
  public void runUntil(double seconds) {
    long end = (long) (seconds * NANOS);
    for (Event next = events.peek(); next != null && next.time <= end; next = events.peek()) {
      events.remove();
      now = next.time;
      if (!next.cancelled) {
        next.action.run();
      }
    }
    now = end;
  }
}
