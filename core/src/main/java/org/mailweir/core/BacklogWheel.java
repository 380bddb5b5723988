package org.mailweir.core;

import java.util.function.IntConsumer;
import org.mailweir.core.BacklogPlaces.Links;

/**
 * The timers of a backlog's messages: a {@link TimerWheel} whose timers are places, and whose time
 * is a number of ticks.
 *
 * <p>Structure, states and invariants are those of {@code TimerWheel}. A tick is 1.07 s: mail waits
 * for minutes to days, and with longer ticks it is moved less often: once if it waits for up to 73
 * minutes. Five levels of 64 slots span 36 years, more than any message may wait, so that nothing
 * lies beyond the last one. Ticks are counted in 32 bits and wrap; they are compared by the sign of
 * their difference.
 *
 * <p>Thread safety: none; the backlog's lock guards it.
 */
final class BacklogWheel {
  static final int TICK_SHIFT = 30;
  static final int LEVELS = 5;
  private static final int SLOT_SHIFT = 6;
  private static final int SLOTS = 1 << SLOT_SHIFT; // as many as a long has bits

  /** Places that it takes: for each slot, and for those that are due. */
  static final int HEADS = LEVELS * SLOTS + 1;

  private final BacklogPlaces places;
  private final Links links;

  /** The heads of the slots, level by level, and behind them that of those that are due. */
  private final int heads;

  private final int due;
  private final long[] used = new long[LEVELS];
  private long now;
  private int time; // the tick of now
  private int hand;
  private int size;

  BacklogWheel(BacklogPlaces places, long now) {
    this.places = places;
    this.links = places.timers;
    heads = places.takeHead(this);
    for (int slot = 1; slot < HEADS; slot++) {
      if (places.takeHead(this) != heads + slot) {
        throw new IllegalArgumentException("places: not new");
      }
    }
    due = heads + HEADS - 1;
    this.now = now;
    time = tickAt(now);
    hand = time;
  }

  /** Returns the tick that a reading of the clock falls into. */
  static int tickAt(long reading) {
    return (int) (reading >>> TICK_SHIFT);
  }

  /** Returns the first tick that begins at a reading of the clock or after it. */
  static int tickFrom(long reading) {
    return tickAt(reading + (1L << TICK_SHIFT) - 1);
  }

  /** Plans the timer of a place that has none. */
  void schedule(int place, int tick) {
    places.setTick(place, tick);
    size++;
    if (tick - time <= 0) {
      links.append(due, place);
    } else {
      put(place, tick);
    }
  }

  /** Ends the timer of a place, which has one. */
  void cancel(int place) {
    int before = links.before(place);
    links.unlink(place);
    size--;
    if (before != due && links.isEmpty(before)) { // it is a head then, as others are in its list
      unmark(before - heads);
    }
  }

  private void unmark(int slot) {
    used[slot >>> SLOT_SHIFT] &= ~(1L << slot);
  }

  /** Puts one whose tick is not before the hand where it belongs. */
  private void put(int place, int tick) {
    int level = 0;
    while (ahead(tick, level) >= SLOTS) {
      level++;
    }
    int index = (tick >>> (level * SLOT_SHIFT)) & (SLOTS - 1);
    used[level] |= 1L << index;
    links.append(heads + (level << SLOT_SHIFT) + index, place);
  }

  /** Returns how many slots a tick is ahead of the hand. */
  private int ahead(int tick, int level) {
    int shift = level * SLOT_SHIFT;
    int mask = -1 << shift;
    return ((tick & mask) - (hand & mask)) >>> shift;
  }

  /**
   * Moves the time to {@code now} and fires what is due, in at most {@code limit} steps; see {@link
   * TimerWheel#advance}.
   *
   * @param action told of each place whose timer fired, and which has none by then
   */
  int advance(long now, int limit, IntConsumer action) {
    this.now = now;
    time = tickAt(now);
    int steps = 0;
    while (steps < limit) {
      int place = links.first(due);
      if (place != BacklogPlaces.NONE) {
        links.unlink(place);
        size--;
        action.accept(place);
        steps++;
        continue;
      }
      int slot = earliest();
      if (slot < 0 || start(slot) - time > 0) {
        hand = time;
        break;
      }
      hand = start(slot);
      if (slot < SLOTS) {
        unmark(slot);
        links.appendAll(due, heads + slot);
      } else {
        place = links.first(heads + slot);
        links.unlink(place);
        if (links.isEmpty(heads + slot)) {
          unmark(slot);
        }
        put(place, places.tick(place));
        steps++;
      }
    }
    return steps;
  }

  /** Returns the reading at which the next advance has work; see {@link TimerWheel#nextDue}. */
  long nextDue() {
    if (!links.isEmpty(due)) {
      return now;
    }
    int slot = earliest();
    if (slot < 0) {
      return now + Long.MAX_VALUE;
    }
    return start(slot) - time > 0 ? reading(start(slot)) : now;
  }

  /** Returns the reading at which a tick begins. */
  long reading(int tick) {
    return (now & (-1L << TICK_SHIFT)) + ((long) (tick - time) << TICK_SHIFT);
  }

  int size() {
    return size;
  }

  /** Returns the used slot that begins first, on any level, or -1. */
  private int earliest() {
    int earliest = -1;
    for (int level = 0; level < LEVELS; level++) {
      if (used[level] != 0) {
        int current = (hand >>> (level * SLOT_SHIFT)) & (SLOTS - 1);
        int ahead = Long.numberOfTrailingZeros(Long.rotateRight(used[level], current));
        int slot = (level << SLOT_SHIFT) + ((current + ahead) & (SLOTS - 1));
        if (earliest < 0 || start(slot) - start(earliest) < 0) {
          earliest = slot;
        }
      }
    }
    return earliest;
  }

  /** Returns the first tick of a used slot. */
  private int start(int slot) {
    int shift = (slot >>> SLOT_SHIFT) * SLOT_SHIFT;
    int current = hand >>> shift;
    return (current + ((slot - current) & (SLOTS - 1))) << shift;
  }

  /** Fails if a timer could be lost, or be late. For tests. */
  void assertConsistent() {
    int timers = count(due);
    for (int slot = 0; slot < LEVELS * SLOTS; slot++) {
      int inSlot = count(heads + slot);
      boolean marked = (used[slot >>> SLOT_SHIFT] & (1L << slot)) != 0;
      check(marked == inSlot > 0, "mark", slot);
      timers += inSlot;
      for (int place = links.first(heads + slot);
          inSlot > 0 && place != heads + slot;
          place = links.after(place)) {
        check(places.tick(place) - start(slot) >= 0, "start", slot);
        check(ahead(places.tick(place), slot >>> SLOT_SHIFT) < SLOTS, "level", slot);
      }
    }
    check(timers == size, "size", timers);
  }

  private int count(int head) {
    int count = 0;
    int before = head;
    for (int place = links.after(head); place != head; place = links.after(place)) {
      check(links.before(place) == before, "link", place);
      before = place;
      count++;
    }
    check(links.before(head) == before, "end", head);
    return count;
  }

  private static void check(boolean holds, String what, int where) {
    if (!holds) {
      throw new AssertionError(what + " at " + where);
    }
  }
}
