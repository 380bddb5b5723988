package org.mailweir.core;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A bounded map of destinations that forgets the one unused for longest, and never one in use.
 *
 * <p>Entries in use are <em>pinned</em>; the others stand in a list in the order of their last use,
 * linked through the entries. A full table evicts the head of that list, and takes no new
 * destination if the list is empty: a key that it cannot track must be refused, not go unchecked.
 * All operations are O(1).
 *
 * <p>Thread safety: none; the owner's lock guards it.
 */
final class DestinationTable<D, E extends DestinationTable.Entry<D>> {
  private final Map<D, E> entries = new HashMap<>();
  private final int capacity;
  private final Function<D, E> factory;
  private final Consumer<E> onEvict;
  private @Nullable Entry<D> oldest;
  private @Nullable Entry<D> newest;
  private long evicted;

  DestinationTable(int capacity, Function<D, E> factory, Consumer<E> onEvict) {
    this.capacity = capacity;
    this.factory = factory;
    this.onEvict = onEvict;
  }

  @Nullable E get(D destination) {
    return entries.get(destination);
  }

  /** Returns the entry, made if need be and counted as used just now; null if there is no room. */
  @Nullable E use(D destination) {
    E entry = entries.get(destination);
    if (entry == null) {
      if (entries.size() >= capacity && !evictOldest()) {
        return null;
      }
      entry = factory.apply(destination);
      entries.put(destination, entry);
      append(entry);
    } else if (entry.pins == 0 && entry != newest) {
      unlink(entry);
      append(entry);
    }
    return entry;
  }

  /** Keeps the entry in the table until as many {@link #unpin} have come. */
  void pin(Entry<D> entry) {
    if (entry.pins++ == 0) {
      unlink(entry);
    }
  }

  void unpin(Entry<D> entry) {
    if (entry.pins <= 0) {
      throw new IllegalStateException("not pinned: " + entry.destination);
    }
    if (--entry.pins == 0) {
      append(entry);
    }
  }

  int size() {
    return entries.size();
  }

  long evicted() {
    return evicted;
  }

  Collection<E> all() {
    return entries.values();
  }

  private boolean evictOldest() {
    Entry<D> victim = oldest;
    if (victim == null) {
      return false;
    }
    unlink(victim);
    E removed = entries.remove(victim.destination);
    if (removed == null) {
      throw new IllegalStateException("hashCode or equals changed: " + victim.destination);
    }
    evicted++;
    onEvict.accept(removed);
    return true;
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
    int idle = 0;
    for (Entry<D> entry = oldest; entry != null; entry = entry.newer) {
      check(entry.pins == 0, entry);
      check(entries.get(entry.destination) == entry, entry);
      check(++idle <= entries.size(), entry);
    }
    int pinned = 0;
    for (E entry : entries.values()) {
      pinned += entry.pins > 0 ? 1 : 0;
      check(entry.pins >= entry.inFlight + entry.waiting, entry);
    }
    if (idle + pinned != entries.size() || entries.size() > capacity) {
      throw new AssertionError(
          idle + " idle, " + pinned + " pinned, " + entries.size() + " in all");
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
    @Nullable Entry<D> older;
    @Nullable Entry<D> newer;

    Entry(D destination) {
      this.destination = destination;
    }
  }
}
