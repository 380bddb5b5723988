package org.mailweir.core;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Counts what is in flight and what waits per destination, and refuses what goes beyond a limit.
 * Used by itself:
 *
 * <pre>{@code
 * DestinationDepths<String> depths = new DestinationDepths<>(10_000, 20, 100);
 *
 * try (DestinationDepths<String>.Slot slot = depths.tryEnter("example.org").orElse(null)) {
 *   if (slot == null) {
 *     reply("451 4.4.1 too much for example.org already");
 *   } else if (slot.isInFlight() || (awaitTurn() && slot.start())) {
 *     reply(deliver(message));
 *   } else {
 *     reply("451 4.4.1 no turn came for example.org");
 *   }
 * } // the place is free again, whatever happened
 * depths.busiest(3).forEach(System.out::println);
 * }</pre>
 *
 * <p>The table is bounded. When it is full it forgets the destination that has been idle for
 * longest; when none is idle, a destination that is not in it is refused: one that cannot be
 * tracked never goes unchecked (as in Sentinel, past 6,000 keys).
 *
 * <p>Whose turn it is among those that wait is the caller's to say; {@link DestinationGate} has an
 * order, windows that follow the destination, and more.
 *
 * <p>All operations but {@link #busiest} are O(1), amortised, under one lock.
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
   * @throws IllegalArgumentException if an argument is out of range
   */
  public DestinationDepths(int maxDestinations, int maxInFlight, int maxWaiting) {
    atLeast(1, maxDestinations, "maxDestinations");
    atLeast(1, maxInFlight, "maxInFlight");
    atLeast(0, maxWaiting, "maxWaiting");
    this.table =
        new DestinationTable<>(maxDestinations, DestinationTable.Entry::new, evicted -> {});
    this.maxInFlight = maxInFlight;
    this.maxWaiting = maxWaiting;
  }

  private static void atLeast(int least, int value, String name) {
    if (value < least) {
      throw new IllegalArgumentException(name + ": " + value + ", must be at least " + least);
    }
  }

  /**
   * How deep one destination is.
   *
   * @param destination the destination
   * @param inFlight deliveries under way
   * @param waiting those that wait
   * @param <D> destination
   */
  public record Depth<D>(D destination, int inFlight, int waiting) {}

  /** What a newcomer asks for. */
  private enum Wish {
    START,
    WAIT,
    START_OR_WAIT
  }

  /**
   * Counts one more in flight; empty if the destination is at its limit or cannot be tracked. It
   * goes before those that wait; {@link #tryEnter} does not.
   *
   * @param destination where it goes
   * @return the place it has, until that is closed
   */
  public Optional<Slot> tryStart(D destination) {
    return enter(destination, Wish.START);
  }

  /**
   * Counts one more waiting; empty if the destination is at its limit or cannot be tracked.
   *
   * @param destination where it is to go
   * @return the place it has, until that is closed
   */
  public Optional<Slot> tryWait(D destination) {
    return enter(destination, Wish.WAIT);
  }

  /**
   * Counts one more in flight, or else waiting: if as many are in flight as may be, or if others
   * wait, before whom it does not go. Empty if the destination is at both limits or cannot be
   * tracked.
   *
   * @param destination where it is to go
   * @return the place it has, until that is closed
   */
  public Optional<Slot> tryEnter(D destination) {
    return enter(destination, Wish.START_OR_WAIT);
  }

  private Optional<Slot> enter(D destination, Wish wish) {
    requireNonNull(destination);
    lock.lock();
    try {
      DestinationTable.Entry<D> entry = table.use(destination);
      if (entry == null) {
        return Optional.empty();
      }
      boolean start =
          switch (wish) {
            case START -> true;
            case WAIT -> false;
            case START_OR_WAIT -> entry.waiting == 0 && entry.inFlight < maxInFlight;
          };
      if (start ? entry.inFlight >= maxInFlight : entry.waiting >= maxWaiting) {
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

  /**
   * {@return how many are in flight to a destination}
   *
   * @param destination any; 0 for one that is not tracked
   */
  public int inFlight(D destination) {
    return depth(destination).inFlight;
  }

  /**
   * {@return how many wait for a destination}
   *
   * @param destination any; 0 for one that is not tracked
   */
  public int waiting(D destination) {
    return depth(destination).waiting;
  }

  /**
   * {@return both at one moment; zeros for a destination that is not tracked}
   *
   * @param destination any
   */
  public Depth<D> depth(D destination) {
    requireNonNull(destination);
    lock.lock();
    try {
      DestinationTable.Entry<D> entry = table.get(destination);
      return entry == null ? new Depth<>(destination, 0, 0) : depthOf(entry);
    } finally {
      lock.unlock();
    }
  }

  /**
   * {@return the deepest destinations, those with the most in flight and waiting together first; at
   * most {@code n}, none that is idle} Looks at the whole table.
   *
   * @param n most to return, not negative
   * @throws IllegalArgumentException if it is negative
   */
  public List<Depth<D>> busiest(int n) {
    atLeast(0, n, "n");
    lock.lock();
    try {
      return table.all().stream()
          .filter(entry -> entry.inFlight + entry.waiting > 0)
          .sorted(Comparator.comparingInt(entry -> -(entry.inFlight + entry.waiting)))
          .limit(n)
          .map(DestinationDepths::depthOf)
          .toList();
    } finally {
      lock.unlock();
    }
  }

  /** {@return how many destinations are tracked, idle ones too} */
  public int destinations() {
    lock.lock();
    try {
      return table.size();
    } finally {
      lock.unlock();
    }
  }

  private static <D> Depth<D> depthOf(DestinationTable.Entry<D> entry) {
    return new Depth<>(entry.destination, entry.inFlight, entry.waiting);
  }

  /** Fails if anything was lost or minted. For tests. */
  void assertConsistent() {
    lock.lock();
    try {
      table.assertConsistent();
    } finally {
      lock.unlock();
    }
  }

  /**
   * One place, in flight or waiting, until it is closed.
   *
   * <p>Thread safety: all methods may be called by any thread.
   */
  public final class Slot implements AutoCloseable {
    // Guarded by the lock.
    private DestinationTable.@Nullable Entry<D> entry;
    private boolean started;

    private Slot(DestinationTable.Entry<D> entry, boolean started) {
      this.entry = entry;
      this.started = started;
    }

    /**
     * Moves from waiting to in flight; returns whether it is in flight now.
     *
     * @return whether it is in flight now
     */
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

    /** {@return whether it is in flight, not waiting and not closed} */
    public boolean isInFlight() {
      lock.lock();
      try {
        return entry != null && started;
      } finally {
        lock.unlock();
      }
    }

    /** Gives the place back. Only the first call does; later ones change nothing. */
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

    @Override
    public String toString() {
      lock.lock();
      try {
        return entry == null
            ? "Slot[closed]"
            : "Slot[" + entry.destination + (started ? ", in flight]" : ", waiting]");
      } finally {
        lock.unlock();
      }
    }
  }
}
