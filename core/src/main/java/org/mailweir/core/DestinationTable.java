package org.mailweir.core;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A bounded map of destinations that forgets the one unused for longest, and never one in use.
 *
 * <p>All entries stand in a list in the order of their last use, linked through the entries; those
 * in use are <em>pinned</em>. A full table evicts the first of that list that is not pinned, and
 * takes no new destination if there is none: a key that it cannot track must be refused, not go
 * unchecked.
 *
 * <p>A use has a stamp, a time or a count, and moves its entry only if that is another than at the
 * last use: so one that is used a thousand times in a tick moves once. An eviction puts those in
 * use that it meets behind all others, and meets them again only after a whole round. So all
 * operations are O(1), amortised.
 *
 * <p>The map is Java's concurrent one: it is read without the lock, and keys of one hash code,
 * which senders could choose, are a tree in it, not a list.
 *
 * <p>Thread safety: none but where said; the owner's lock guards it.
 */
final class DestinationTable<D, E extends DestinationTable.Entry<D>> {
  private final Map<D, E> entries = new ConcurrentHashMap<>();
  private final int capacity;
  private final Function<D, E> factory;
  private final Consumer<E> onEvict;
  private @Nullable Entry<D> oldest;
  private @Nullable Entry<D> newest;
  private int size;
  private int pinned;
  private long evicted;
  private long uses; // counted only where uses have no stamps of their own

  DestinationTable(int capacity, Function<D, E> factory, Consumer<E> onEvict) {
    this.capacity = capacity;
    this.factory = factory;
    this.onEvict = onEvict;
  }

  /** Returns the entry, if there is one. Thread safety: may be called without the lock. */
  @Nullable E get(D destination) {
    return entries.get(destination);
  }

  /** Uses the destination, each time with a stamp of its own. */
  @Nullable E use(D destination) {
    return use(destination, entries.get(destination), ++uses);
  }

  /**
   * Returns the entry, made if need be and counted as used; null if there is no room.
   *
   * @param known what {@link #get} returned for the destination, lately
   */
  @Nullable E use(D destination, @Nullable E known, long stamp) {
    E entry = known != null && known.tracked ? known : entries.get(destination);
    if (entry != null) {
      touch(entry, stamp);
      return entry;
    }
    if (size >= capacity && !evictOldest()) {
      return null;
    }
    entry = factory.apply(destination);
    entry.tracked = true;
    entry.used = stamp;
    append(entry);
    entries.put(destination, entry);
    size++;
    return entry;
  }

  private void touch(Entry<D> entry, long stamp) {
    if (entry.used != stamp) {
      entry.used = stamp;
      moveToEnd(entry);
    }
  }

  /** Keeps the entry in the table until as many {@link #unpin} have come. */
  void pin(Entry<D> entry) {
    if (entry.pins++ == 0) {
      pinned++;
    }
  }

  /** Unpins with a stamp of its own. */
  void unpin(Entry<D> entry) {
    unpin(entry, ++uses);
  }

  /** Takes a pin away; the last one counts as a use. */
  void unpin(Entry<D> entry, long stamp) {
    if (entry.pins <= 0) {
      throw new IllegalStateException("not pinned: " + entry.destination);
    }
    if (--entry.pins == 0) {
      pinned--;
      touch(entry, stamp);
    }
  }

  int size() {
    return size;
  }

  long evicted() {
    return evicted;
  }

  Collection<E> all() {
    return entries.values();
  }

  private boolean evictOldest() {
    if (pinned == size) {
      return false;
    }
    Entry<D> victim = requireNonNull(oldest);
    while (victim.pins > 0) {
      moveToEnd(victim);
      victim = requireNonNull(oldest);
    }
    E removed = entries.remove(victim.destination);
    if (removed == null) {
      throw new IllegalStateException("hashCode or equals changed: " + victim.destination);
    }
    unlink(victim);
    victim.tracked = false;
    size--;
    evicted++;
    onEvict.accept(removed);
    return true;
  }

  private void moveToEnd(Entry<D> entry) {
    if (entry != newest) {
      unlink(entry);
      append(entry);
    }
  }

  private void append(Entry<D> entry) {
    Entry<D> last = newest;
    entry.older = last;
    entry.newer = null;
    if (last == null) {
      oldest = entry;
    } else {
      last.newer = entry;
    }
    newest = entry;
  }

  private void unlink(Entry<D> entry) {
    Entry<D> before = entry.older;
    Entry<D> after = entry.newer;
    if (before == null) {
      oldest = after;
    } else {
      before.newer = after;
    }
    if (after == null) {
      newest = before;
    } else {
      after.older = before;
    }
    entry.older = null;
    entry.newer = null;
  }

  void assertConsistent() {
    int listed = 0;
    int inUse = 0;
    for (Entry<D> entry = oldest; entry != null; entry = entry.newer) {
      check(entry.tracked && entries.get(entry.destination) == entry, entry);
      check(entry.newer == null ? entry == newest : entry.newer.older == entry, entry);
      check(entry.pins >= entry.inFlight + entry.waiting, entry);
      check(++listed <= size, entry);
      inUse += entry.pins > 0 ? 1 : 0;
    }
    if (listed != size || entries.size() != size || size > capacity || inUse != pinned) {
      throw new AssertionError(
          listed
              + " listed, "
              + entries.size()
              + " mapped, "
              + size
              + " counted, "
              + inUse
              + " in use, "
              + pinned
              + " pinned");
    }
  }

  private static void check(boolean holds, Entry<?> entry) {
    if (!holds) {
      throw new AssertionError("entry of " + entry.destination);
    }
  }

  /**
   * What is counted of a destination. Extended by those who know more: one object per destination.
   */
  static class Entry<D> {
    final D destination;
    int inFlight;
    int waiting;
    int pins;
    boolean tracked; // in the table
    long used; // stamp of the last use
    @Nullable Entry<D> older;
    @Nullable Entry<D> newer;

    Entry(D destination) {
      this.destination = destination;
    }
  }
}
