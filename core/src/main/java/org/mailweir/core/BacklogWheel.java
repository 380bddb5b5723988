package org.mailweir.core;

import java.util.function.IntConsumer;

/**
 * The timers of a backlog's messages: a {@link TimerWheel} whose timers are places, and whose time
 * is a number of ticks.
 *
 * <p><b>Structure.</b> A slot is a queue of places ({@link BacklogSlots}). A tick is 1.07 s; the
 * first level has 4,096 slots of one tick, 73 minutes, so that mail that waits for less is never
 * moved. Three levels of 64 slots above it span 36 years, more than any message may wait, so that
 * nothing lies beyond the last one. What is in a slot of a higher level is moved down when the hand
 * gets there. One more slot is for what was due when it was planned.
 *
 * <p><b>Invariants.</b> All that is planned is at the hand or ahead of it, and a slot begins no
 * later than what is in it. The hand is at the earliest slot that is used, or at the time.
 *
 * <p>Ticks are counted in 32 bits and wrap; they are compared by the sign of their difference.
 *
 * <p><b>Cost.</b> All operations are O(1) a message, whatever falls into one tick. 36 KB for the
 * slots.
 *
 * <p>Thread safety: none; the backlog's lock guards it.
 */
final class BacklogWheel {
  static final int TICK_SHIFT = 30;
  static final int LEVELS = 4;
  private static final int WORD_SHIFT = 6; // a long has 64 bits
  private static final int WORD = 1 << WORD_SHIFT;
  private static final int LOWEST_SHIFT = 12;
  private static final int LOWEST = 1 << LOWEST_SHIFT;
  private static final int SLOTS = LOWEST + (LEVELS - 1) * WORD;
  private static final int DUE = SLOTS;

  /** How many due places are fetched at once; see {@link BacklogPlaces#fetch}. */
  private static final int BATCH = 128;

  private final BacklogPlaces places;
  final BacklogSlots slots;
  private final long[] used = new long[SLOTS >>> WORD_SHIFT];
  private long usedWords; // of the lowest level: which words of used are not 0
  private final int[] batch = new int[BATCH];
  private long now;
  private int time; // the tick of now
  private int hand;
  private int size;

  BacklogWheel(BacklogPlaces places, long now) {
    this.places = places;
    this.slots = new BacklogSlots(places, SLOTS + 1);
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
      slots.append(DUE, place);
    } else {
      put(place, tick);
    }
  }

  /** Ends the timer of a place, which has one. */
  void cancel(int place) {
    unmarkIfEmpty(slots.remove(place));
    size--;
  }

  /** Puts one whose tick is not before the hand where it belongs. */
  private void put(int place, int tick) {
    int slot = tick & (LOWEST - 1);
    if (ahead(tick, 0) >= LOWEST) {
      int level = 1;
      while (ahead(tick, level) >= WORD) {
        level++;
      }
      slot = firstOf(level) + ((tick >>> shift(level)) & (WORD - 1));
    }
    used[slot >>> WORD_SHIFT] |= 1L << slot;
    if (slot < LOWEST) {
      usedWords |= 1L << (slot >>> WORD_SHIFT);
    }
    slots.append(slot, place);
  }

  private void unmarkIfEmpty(int slot) {
    if (slot != DUE && slots.isEmpty(slot)) {
      int word = slot >>> WORD_SHIFT;
      used[word] &= ~(1L << slot);
      if (used[word] == 0 && slot < LOWEST) {
        usedWords &= ~(1L << word);
      }
    }
  }

  private static int shift(int level) {
    return level == 0 ? 0 : LOWEST_SHIFT + (level - 1) * WORD_SHIFT;
  }

  /** Returns the first slot of a level above the lowest. */
  private static int firstOf(int level) {
    return LOWEST + (level - 1) * WORD;
  }

  private static int levelOf(int slot) {
    return slot < LOWEST ? 0 : 1 + ((slot - LOWEST) >>> WORD_SHIFT);
  }

  /** Returns how many slots a tick is ahead of the hand. */
  private int ahead(int tick, int level) {
    int shift = shift(level);
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
      int slot = slots.isEmpty(DUE) ? earliest() : DUE;
      if (slot != DUE) {
        if (slot < 0 || start(slot) - time > 0) {
          hand = time;
          break;
        }
        hand = start(slot);
      }
      int count = take(slot, limit - steps);
      if (slot < LOWEST || slot == DUE) {
        size -= count;
        for (int i = 0; i < count; i++) {
          action.accept(batch[i]);
        }
      } else {
        for (int i = 0; i < count; i++) {
          put(batch[i], places.tick(batch[i]));
        }
      }
      steps += count;
    }
    return steps;
  }

  /** Takes the next few out of a slot, and fetches what is there. */
  private int take(int slot, int limit) {
    int most = Math.min(limit, BATCH);
    int count = 0;
    while (count < most && !slots.isEmpty(slot)) {
      batch[count++] = slots.poll(slot);
    }
    unmarkIfEmpty(slot);
    places.fetch(batch, count);
    return count;
  }

  /** Returns the reading at which the next advance has work; see {@link TimerWheel#nextDue}. */
  long nextDue() {
    if (!slots.isEmpty(DUE)) {
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
    int earliest = earliestOfLowest();
    for (int level = 1; level < LEVELS; level++) {
      long bits = used[firstOf(level) >>> WORD_SHIFT];
      if (bits != 0) {
        int current = (hand >>> shift(level)) & (WORD - 1);
        int slot = firstOf(level) + nextBit(bits, current);
        if (earliest < 0 || start(slot) - start(earliest) < 0) {
          earliest = slot;
        }
      }
    }
    return earliest;
  }

  private int earliestOfLowest() {
    if (usedWords == 0) {
      return -1;
    }
    int current = hand & (LOWEST - 1);
    int word = current >>> WORD_SHIFT;
    long ahead = used[word] & (-1L << current);
    if (ahead == 0) { // if only this word is used, what is before the hand there comes last
      word = nextBit(usedWords, (word + 1) & (WORD - 1));
      ahead = used[word];
    }
    return (word << WORD_SHIFT) + Long.numberOfTrailingZeros(ahead);
  }

  /** Returns the first bit that is set, from one of them on and round. */
  private static int nextBit(long bits, int from) {
    return (from + Long.numberOfTrailingZeros(Long.rotateRight(bits, from))) & (WORD - 1);
  }

  /** Returns the first tick of a used slot. */
  private int start(int slot) {
    int level = levelOf(slot);
    int current = hand >>> shift(level);
    int mask = (level == 0 ? LOWEST : WORD) - 1;
    return (current + ((slot - current) & mask)) << shift(level); // first slots are multiples of 64
  }

  /** Fails if a timer could be lost, or be late. For tests. */
  void assertConsistent() {
    int timers = slots.assertConsistent(DUE, place -> {});
    for (int each = 0; each < SLOTS; each++) {
      int slot = each;
      int inSlot = slots.assertConsistent(slot, place -> check(place, slot));
      boolean marked = (used[slot >>> WORD_SHIFT] & (1L << slot)) != 0;
      check(marked == inSlot > 0, "mark", slot);
      timers += inSlot;
    }
    for (int word = 0; word < WORD; word++) {
      check((usedWords & (1L << word)) != 0 == (used[word] != 0), "word", word);
    }
    check(timers == size, "size", timers);
  }

  private void check(int place, int slot) {
    check(places.tick(place) - start(slot) >= 0, "start", slot);
    int ahead = ahead(places.tick(place), levelOf(slot));
    check(ahead < (slot < LOWEST ? LOWEST : WORD), "level", slot);
  }

  private static void check(boolean holds, String what, int where) {
    if (!holds) {
      throw new AssertionError(what + " at " + where);
    }
  }
}
