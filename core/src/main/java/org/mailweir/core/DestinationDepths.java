package org.mailweir.core;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Counts what is in flight and what waits per destination, and refuses what goes beyond a limit.
 *
 * <p>The table is bounded. When it is full it forgets the destination that has been idle for
 * longest; when none is idle, a destination that is not in it is refused.
 *
 * <p>Thread safety: all methods may be called by any thread.
 *
 * @param <D> destination; needs {@code equals} and {@code hashCode}
 */
public final class DestinationDepths<D> {
  private final ReentrantLock lock = new ReentrantLock();
  private final DestinationTable<D, DestinationTable.Entry<D>> table;
  private final int maxInFlight;
  private final int maxWaiting;

  /**
   * Creates an empty table.
   *
   * @param maxDestinations most destinations that are tracked, at least 1
   * @param maxInFlight most in flight per destination, at least 1
   * @param maxWaiting most waiting per destination, at least 0
   */
  public DestinationDepths(int maxDestinations, int maxInFlight, int maxWaiting) {
    if (maxDestinations < 1 || maxInFlight < 1 || maxWaiting < 0) {
      throw new IllegalArgumentException(
          "maxDestinations "
              + maxDestinations
              + ", maxInFlight "
              + maxInFlight
              + ", maxWaiting "
              + maxWaiting);
    }
    this.table =
        new DestinationTable<>(maxDestinations, DestinationTable.Entry::new, evicted -> {});
    this.maxInFlight = maxInFlight;
    this.maxWaiting = maxWaiting;
  }

  /** Counts one more in flight; empty if the destination is at its limit or cannot be tracked. */
  public Optional<Slot> tryStart(D destination) {
    return enter(destination, true);
  }

  /** Counts one more waiting; empty if the destination is at its limit or cannot be tracked. */
  public Optional<Slot> tryWait(D destination) {
    return enter(destination, false);
  }

  private Optional<Slot> enter(D destination, boolean start) {
    requireNonNull(destination);
    lock.lock();
    try {
      DestinationTable.Entry<D> entry = table.use(destination);
      if (entry == null || (start ? entry.inFlight >= maxInFlight : entry.waiting >= maxWaiting)) {
        return Optional.empty();
      }
      table.pin(entry);
      if (start) {
        entry.inFlight++;
      } else {
        entry.waiting++;
      }
      return Optional.of(new Slot(entry, start));
    } finally {
      lock.unlock();
    }
  }

  /** Returns how many are in flight to a destination. */
  public int inFlight(D destination) {
    lock.lock();
    try {
      DestinationTable.Entry<D> entry = table.get(destination);
      return entry == null ? 0 : entry.inFlight;
    } finally {
      lock.unlock();
    }
  }

  /** Returns how many wait for a destination. */
  public int waiting(D destination) {
    lock.lock();
    try {
      DestinationTable.Entry<D> entry = table.get(destination);
      return entry == null ? 0 : entry.waiting;
    } finally {
      lock.unlock();
    }
  }

  /** Returns how many destinations are tracked. */
  public int destinations() {
    lock.lock();
    try {
      return table.size();
    } finally {
      lock.unlock();
    }
  }

  /** One place, in flight or waiting. Closing it twice gives it back once. */
  public final class Slot implements AutoCloseable {
    private DestinationTable.@Nullable Entry<D> entry;
    private boolean started;

    private Slot(DestinationTable.Entry<D> entry, boolean started) {
      this.entry = entry;
      this.started = started;
    }

    /** Moves from waiting to in flight; returns whether it is in flight now. */
    public boolean start() {
      lock.lock();
      try {
        if (entry != null && !started && entry.inFlight < maxInFlight) {
          entry.waiting--;
          entry.inFlight++;
          started = true;
        }
        return entry != null && started;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      lock.lock();
      try {
        DestinationTable.Entry<D> held = entry;
        if (held == null) {
          return;
        }
        entry = null;
        if (started) {
          held.inFlight--;
        } else {
          held.waiting--;
        }
        table.unpin(held);
      } finally {
        lock.unlock();
      }
    }
  }
}
