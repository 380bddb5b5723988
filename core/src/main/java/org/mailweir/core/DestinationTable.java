package org.mailweir.core;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A bounded map of destinations that forgets the one unused for longest, and never one in use.
 *
 * <p>Each entry has a number, and the numbers stand in the {@link Order} of their last use; entries
 * in use are <em>pinned</em>. A full table evicts the first of that list that is not pinned, and
 * takes no new destination if there is none: a key that it cannot track must be refused, not go
 * unchecked.
 *
 * <p>A use has a stamp, a time or a count, and moves its entry only if that is another than at the
 * last use: so one that is used a thousand times in a tick moves once. An eviction puts those in
 * use that it meets behind all others, and meets them again only after a whole round. So all
 * operations are O(1), amortised.
 *
 * <p>It is read without the lock, and keys of one hash code, which senders could choose, do not
 * slow it down: see {@link EntryIndex}.
 *
 * <p>Thread safety: none but where said; the owner's lock guards it.
 */
final class DestinationTable<D, E extends DestinationTable.Entry<D>> {
  private final EntryIndex<D, E> entries = new EntryIndex<>();
  private final int capacity;
  private final Function<D, E> factory;
  private final Consumer<E> onEvict;
  private final Order order; // of last use
  private @Nullable Object[] byId = new Object[16];
  private int freeId; // of the last one that was evicted, until the next one comes; or 0
  private int size;
  private int pinned;
  private long evicted;
  private long uses; // counted only where uses have no stamps of their own

  DestinationTable(int capacity, Function<D, E> factory, Consumer<E> onEvict) {
    this.capacity = capacity;
    this.order = new Order(capacity);
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
    E entry = known != null && known.id != 0 ? known : entries.get(destination);
    if (entry != null) {
      touch(entry, stamp);
      return entry;
    }
    if (size >= capacity && !evictOldest()) {
      return null;
    }
    entry = factory.apply(destination);
    size++;
    entry.used = stamp;
    number(entry);
    entries.put(entry);
    return entry;
  }

  void touch(Entry<D> entry, long stamp) {
    if (entry.used != stamp) {
      entry.used = stamp;
      order.moveToEnd(entry.id);
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

  int capacity() {
    return capacity;
  }

  int size() {
    return size;
  }

  long evicted() {
    return evicted;
  }

  /** Returns all entries. */
  List<E> all() {
    List<E> all = new ArrayList<>(size);
    for (int id = 1; id <= lastId(); id++) {
      if (byId[id] != null) {
        all.add(byId(id));
      }
    }
    return all;
  }

  /** Returns the highest number that an entry has, or more. */
  int lastId() {
    return Math.min(size + 1, byId.length - 1); // one less than that may be free
  }

  /** Returns the entry of that number up to {@link #lastId}, if it has one. */
  @SuppressWarnings("unchecked")
  @Nullable E byIdOrNull(int id) {
    return (E) byId[id];
  }

  private boolean evictOldest() {
    if (pinned == size) {
      return false;
    }
    E victim = byId(order.first());
    while (victim.pins > 0) {
      order.moveToEnd(victim.id);
      victim = byId(order.first());
    }
    entries.remove(victim);
    onEvict.accept(victim);
    order.remove(victim.id);
    byId[victim.id] = null;
    freeId = victim.id;
    victim.id = 0;
    size--;
    evicted++;
    return true;
  }

  /** Gives a new entry the number of the last one that was evicted, or the next one. */
  private void number(Entry<D> entry) {
    entry.id = freeId == 0 ? size : freeId;
    freeId = 0;
    if (entry.id >= byId.length) {
      byId = Arrays.copyOf(byId, (int) Math.min(2L * byId.length, capacity + 1L));
    }
    byId[entry.id] = entry;
    order.append(entry.id);
  }

  /** Returns the entry of that number, which is in the table. */
  @SuppressWarnings("unchecked")
  E byId(int id) {
    return (E) requireNonNull(byId[id]);
  }

  void assertConsistent() {
    entries.assertConsistent();
    int listed = 0;
    int inUse = 0;
    for (int id = order.first(); id != Order.END; id = order.after(id)) {
      E entry = byId(id);
      check(entry.id == id && entries.get(entry.destination) == entry, entry);
      check(order.before(order.after(id)) == id, entry);
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
    final int hash; // of the destination when it came: in the index it stands by that
    int inFlight;
    int waiting;
    int pins;
    int id; // in the table, from 1; 0 before and after
    long used; // stamp of the last use

    Entry(D destination) {
      this.destination = destination;
      this.hash = EntryIndex.hash(destination);
    }
  }
}
