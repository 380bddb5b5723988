package org.mailweir.core;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the entry of a destination: a hash table that reads little memory, in which chosen names
 * cannot meet.
 *
 * <p><b>Why.</b> A gate with thousands of destinations spends its time on reading memory, one place
 * after the other. A {@link ConcurrentHashMap} reads a bucket, a node, and the key that it points
 * to; here a word of tags and a slot lead to the entry, which knows its key.
 *
 * <p><b>Structure.</b> Buckets of eight slots. A destination belongs into one bucket, by the upper
 * bits of its hash; the lower eight are its <em>tag</em> (never 0, which marks an empty slot). The
 * tags of a bucket are one long, so that all eight are compared at once (as in Swiss tables; the
 * trick is from H. Warren, Hacker's Delight, 6-1). A bucket holds four entries on average when the
 * table grows, and about one entry in a hundred finds its bucket full; it goes into a map of Java's
 * beside it. So do the names that a sender has chosen because their hashes are equal: that map
 * makes a tree of them, and no search is longer than eight keys and a tree.
 *
 * <p><b>Memory.</b> 10 to 20 B an entry.
 *
 * <p><b>Reads without the lock.</b> {@link #get} may be called by any thread. It may miss an entry
 * that is being put, and find one that is being removed; whoever acts on what it says has to look
 * again under the lock, where it is exact. Slots and tags are read racily: a tag and its slot need
 * not be of one moment, and so the key of the entry decides, which is final. Tables that have grown
 * are published by a volatile write.
 *
 * <p>A destination whose hash has changed since is not found, and evicted some day all the same: an
 * entry keeps the hash with which it came. So nothing but the map beside asks for one again, which
 * could throw in the middle of something.
 *
 * <p>Thread safety: as said; all others are guarded by the owner's lock.
 */
final class EntryIndex<D, E extends DestinationTable.Entry<D>> {
  private static final int WAYS = 8;
  private static final int WAYS_SHIFT = 3;
  private static final int LOAD = 4; // entries a bucket, on average, at which it grows
  private static final int FIRST_BUCKETS = 4;
  private static final int MOST_BUCKETS = 1 << 26;
  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGHS = 0x8080_8080_8080_8080L;

  /** The bits of the golden ratio: multiplied by it, hashes that are alike are no longer. */
  private static final int MIX = 0x9E37_79B9;

  private volatile Buckets<E> buckets = new Buckets<>(FIRST_BUCKETS);
  private final Map<D, E> overflow = new ConcurrentHashMap<>(0);
  private int size;

  /** One table; its length never changes. */
  private static final class Buckets<E> {
    final long[] tags;
    final @Nullable E[] slots;
    final int shift; // of a hash, to the number of its bucket

    @SuppressWarnings("unchecked")
    Buckets(int count) {
      tags = new long[count];
      slots = (E[]) new DestinationTable.Entry<?>[count << WAYS_SHIFT];
      shift = Integer.numberOfLeadingZeros(count) + 1;
    }
  }

  /** Returns the hash by which a destination is found. */
  static int hash(Object destination) {
    int mixed = destination.hashCode() * MIX;
    return mixed ^ (mixed >>> 15);
  }

  private static int tag(int hash) {
    int tag = hash & 0xFF;
    return tag == 0 ? 1 : tag;
  }

  /** Returns a long with the high bit of each byte set that equals the tag; maybe of some more. */
  private static long matches(long tags, int tag) {
    long differences = tags ^ (tag * ONES);
    return (differences - ONES) & ~differences & HIGHS;
  }

  /** Returns the entry, if there is one. Thread safety: may be called without the lock. */
  @Nullable E get(D destination) {
    int hash = hash(destination);
    Buckets<E> table = buckets;
    int bucket = hash >>> table.shift;
    long left = matches(table.tags[bucket], tag(hash));
    while (left != 0) {
      E entry = table.slots[(bucket << WAYS_SHIFT) + (Long.numberOfTrailingZeros(left) >>> 3)];
      if (entry != null && destination.equals(entry.destination)) {
        return entry;
      }
      left &= left - 1;
    }
    return overflow.isEmpty() ? null : overflow.get(destination);
  }

  /** Adds an entry whose destination has none. */
  void put(E entry) {
    if (size >= LOAD * buckets.tags.length && buckets.tags.length < MOST_BUCKETS) {
      grow();
    }
    if (!place(buckets, entry)) {
      overflow.put(entry.destination, entry);
    }
    size++;
  }

  /** Removes an entry that was put. */
  void remove(E entry) {
    if (!take(buckets, entry) && !overflow.remove(entry.destination, entry)) {
      search(entry);
    }
    size--;
  }

  /** Removes an entry from the map that it does not find: the destination's hash has changed. */
  private void search(E entry) {
    List<E> others = overflow.values().stream().filter(other -> other != entry).toList();
    overflow.clear(); // by its hash it would not find the one that is to go
    others.forEach(other -> overflow.put(other.destination, other));
  }

  int size() {
    return size;
  }

  /** Returns how many are in the map beside the buckets. For tests. */
  int beside() {
    return overflow.size();
  }

  /** Fails if a tag or an entry is where it does not belong. For tests. */
  void assertConsistent() {
    Buckets<E> table = buckets;
    int found = overflow.size();
    for (int slot = 0; slot < table.slots.length; slot++) {
      E entry = table.slots[slot];
      int tag = (int) (table.tags[slot >> WAYS_SHIFT] >>> ((slot & (WAYS - 1)) << 3)) & 0xFF;
      int expected = entry == null ? 0 : tag(entry.hash);
      if (tag != expected || (entry != null && entry.hash >>> table.shift != slot >> WAYS_SHIFT)) {
        throw new AssertionError("slot " + slot + ": tag " + tag + ", expected " + expected);
      }
      found += entry == null ? 0 : 1;
    }
    if (found != size) {
      throw new AssertionError(found + " found, " + size + " counted");
    }
  }

  private void grow() {
    Buckets<E> old = buckets;
    Buckets<E> next = new Buckets<>(2 * old.tags.length);
    for (E entry : old.slots) {
      if (entry != null && !place(next, entry)) {
        overflow.put(entry.destination, entry);
      }
    }
    overflow.values().removeIf(entry -> place(next, entry));
    buckets = next;
  }

  private static <E extends DestinationTable.Entry<?>> boolean place(Buckets<E> table, E entry) {
    int bucket = entry.hash >>> table.shift;
    long empty = matches(table.tags[bucket], 0);
    if (empty == 0) {
      return false;
    }
    int way = Long.numberOfTrailingZeros(empty) >>> 3;
    table.slots[(bucket << WAYS_SHIFT) + way] = entry;
    table.tags[bucket] |= (long) tag(entry.hash) << (way << 3);
    return true;
  }

  private static <E extends DestinationTable.Entry<?>> boolean take(Buckets<E> table, E entry) {
    int bucket = entry.hash >>> table.shift;
    for (int way = 0; way < WAYS; way++) {
      int slot = (bucket << WAYS_SHIFT) + way;
      if (table.slots[slot] == entry) {
        table.tags[bucket] &= ~(0xFFL << (way << 3));
        table.slots[slot] = null;
        return true;
      }
    }
    return false;
  }
}
