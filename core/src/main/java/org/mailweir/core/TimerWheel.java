package org.mailweir.core;

import org.jspecify.annotations.Nullable;

/**
 * Keeps timers, and fires those that are due: schedule and cancel in constant time, however many
 * fall on one moment, and no allocation.
 *
 * <p><b>Structure.</b> A hierarchical timing wheel (G. Varghese, T. Lauck: Hashed and hierarchical
 * timing wheels, SOSP 1987; scheme 7). Seven levels of 64 slots; a slot of level 0 is one tick,
 * 2^20 ns (1.05 ms) unless told otherwise, a slot of each next level is as long as all of the level
 * below: 67 ms, 4.3 s, 275 s, 4.9 h, 13 days, 2.3 years. A slot is a circular list through the
 * timers themselves, with the slot as its sentinel. One long per level marks the slots in use, so
 * that empty ones are never visited, and the next one is found by counting zeros.
 *
 * <p><b>States of a timer.</b> Idle (linked to itself), planned (in a slot), due (in the list of
 * due ones). idle -> planned by schedule; planned -> planned by cascading; planned -> due when the
 * hand reaches its tick; idle -> due by schedule in the past; planned, due -> idle by cancel, and
 * due -> idle by firing. Due never goes back to planned but by schedule.
 *
 * <p><b>Two times.</b> {@code time} is the last reading that was told; {@code hand} is how far the
 * slots have been worked off, always a whole tick at or before time, and equal to time's tick
 * unless an advance ran out of steps. The hand jumps from one used slot to the next. A slot of
 * level 0 that it reaches becomes due as a whole, in constant time; from a slot of a higher level
 * the timers move down one by one, each a step, so a full slot never blocks.
 *
 * <p><b>Invariants.</b> A timer is put into the lowest level where its slot is less than 64 slots
 * ahead of the hand's, so all of a slot have the same start, and on a level the order of slots from
 * the hand's on is the order of time. The hand never passes a used slot. A deadline is rounded up
 * to its tick: a timer never fires early, and at most a tick and the time between two calls late.
 * Timers fire in the order of their ticks. Deadlines beyond the last level wait in its farthest
 * slot and are put again from there.
 *
 * <p><b>Arithmetic.</b> All on the embedder's readings, which may have any origin and wrap: they
 * are compared by the sign of their difference, and as 2^64 is a multiple of every slot's length
 * the slots wrap with them. A deadline may be 292 years ahead of the last advance, or behind.
 *
 * <p><b>Cost.</b> schedule and cancel O(1), nextDue O(levels); a timer is moved once for each level
 * that it passes, so never if it is less than 67 ms ahead. 32 B a timer, 20 KB a wheel.
 *
 * <p>Thread safety: none; the caller's lock guards it and all of its timers.
 */
final class TimerWheel {
  static final int TICK_SHIFT = 20;
  static final long TICK = 1L << TICK_SHIFT;

  static final int SLOT_SHIFT = 6;
  static final int SLOTS = 1 << SLOT_SHIFT; // as many as a long has bits
  static final int LEVELS = 7; // 20 + 7 * 6 = 62 bits: the last level spans 146 years

  final int tickShift;
  private final long tick;

  final Slot[][] slots;
  final long[] used;
  final Slot due = new Slot(Slot.DUE, 0);
  private long time;
  private long hand;
  private int size;

  /**
   * Makes an empty wheel. {@code startNanos} is the present reading of the clock, whatever it be.
   */
  TimerWheel(long startNanos) {
    this(startNanos, TICK_SHIFT);
  }

  /**
   * Makes an empty wheel with ticks of 2^{@code tickShift} ns. Longer ticks move a timer less
   * often, and may have fewer levels: as many as fit into 64 bits. At most 50, so that there are
   * two: beyond the last level waits what is to be moved, and what is on level 0 fires.
   */
  TimerWheel(long startNanos, int tickShift) {
    this.tickShift = tickShift;
    tick = 1L << tickShift;
    int levels = Math.min(LEVELS, (Long.SIZE - 2 - tickShift) / SLOT_SHIFT);
    slots = new Slot[levels][SLOTS];
    used = new long[levels];
    time = startNanos;
    hand = startNanos & -tick;
    for (int level = 0; level < levels; level++) {
      for (int index = 0; index < SLOTS; index++) {
        slots[level][index] = new Slot(level, index);
      }
    }
  }

  /**
   * Plans the timer, which may be scheduled already: the last deadline counts. One that is not
   * after the last advance fires with the next one, or with the one under way.
   *
   * @param timer idle, or of this wheel
   */
  void schedule(Timer timer, long deadline) {
    if (timer.isScheduled()) {
      unlink(timer);
    } else {
      size++;
    }
    timer.deadline = deadline;
    if (deadline - time <= 0) {
      due.append(timer);
    } else {
      put(timer);
    }
  }

  /** Makes the timer idle, if it is not. */
  void cancel(Timer timer) {
    if (timer.isScheduled()) {
      unlink(timer);
      size--;
    }
  }

  /**
   * Moves the time to {@code now} and fires timers that are due, in at most {@code limit} steps. A
   * step fires one timer, or moves one. A timer may schedule and cancel any, itself too, while it
   * fires. If one throws it is idle, and the wheel is as after any other.
   *
   * @param now an earlier reading than the last one counts as the last one
   * @return the steps done; if fewer than {@code limit}, all that was due has fired
   */
  int advance(long now, int limit) {
    if (now - time > 0) {
      time = now;
    }
    int steps = 0;
    while (steps < limit) {
      if (due.next instanceof Timer timer) {
        cancel(timer);
        timer.fire(time);
        steps++;
        continue;
      }
      Slot slot = earliest();
      if (slot == null || slot.start - time > 0) {
        hand = time & -tick;
        break;
      }
      hand = slot.start;
      if (slot.level == 0) {
        used[0] &= ~(1L << slot.index);
        due.takeAll(slot);
      } else if (slot.next instanceof Timer timer) {
        Link after = timer.next; // the links of the timer itself are set anew
        slot.next = after;
        after.prev = slot;
        if (after == slot) {
          used[slot.level] &= ~(1L << slot.index);
        }
        put(timer);
        steps++;
      }
    }
    return steps;
  }

  /**
   * Returns the reading at which the next advance has work to do: at the tick of the earliest
   * deadline at the latest, earlier where a slot of a higher level begins before it. Never before
   * the last advance. {@code Long.MAX_VALUE} ns after that if there is no timer.
   */
  long nextDue() {
    if (due.next != due) {
      return time;
    }
    Slot slot = earliest();
    if (slot == null) {
      return time + Long.MAX_VALUE;
    }
    return slot.start - time > 0 ? slot.start : time;
  }

  /** Returns the number of timers that are scheduled. */
  int size() {
    return size;
  }

  /** Returns how far the slots have been worked off. */
  long hand() {
    return hand;
  }

  /** Returns the used slot that begins first, on any level. */
  private @Nullable Slot earliest() {
    Slot earliest = null;
    for (int level = 0; level < used.length; level++) {
      if (used[level] != 0) {
        int current = indexOf(hand, level);
        int ahead = Long.numberOfTrailingZeros(Long.rotateRight(used[level], current));
        Slot slot = slots[level][(current + ahead) & (SLOTS - 1)];
        if (earliest == null || slot.start - earliest.start < 0) {
          earliest = slot;
        }
      }
    }
    return earliest;
  }

  /** Puts a timer whose tick is not before the hand where it belongs. */
  private void put(Timer timer) {
    long rounded = (timer.deadline + (tick - 1)) & -tick;
    for (int level = 0; level < used.length; level++) {
      long start = startOf(rounded, level);
      long ahead = (start - startOf(hand, level)) >>> shift(level);
      if (ahead < SLOTS) {
        append(timer, level, start);
        return;
      }
    }
    int last = used.length - 1;
    append(timer, last, startOf(hand, last) + ((SLOTS - 1L) << shift(last)));
  }

  private void append(Timer timer, int level, long start) {
    int index = indexOf(start, level);
    Slot slot = slots[level][index];
    slot.start = start;
    slot.append(timer);
    used[level] |= 1L << index;
  }

  private void unlink(Timer timer) {
    Link before = timer.prev;
    Link after = timer.next;
    before.next = after;
    after.prev = before;
    timer.prev = timer;
    timer.next = timer;
    if (before == after && before instanceof Slot slot && slot.level != Slot.DUE) {
      used[slot.level] &= ~(1L << slot.index); // it was the last one of the slot
    }
  }

  private int shift(int level) {
    return tickShift + level * SLOT_SHIFT;
  }

  private int indexOf(long reading, int level) {
    return (int) (reading >>> shift(level)) & (SLOTS - 1);
  }

  private long startOf(long reading, int level) {
    return reading & (-1L << shift(level));
  }

  /** An element of a circular list; alone, it is linked to itself. */
  abstract static class Link {
    Link prev = this;
    Link next = this;
  }

  /** The sentinel of a list of timers. */
  static final class Slot extends Link {
    static final int DUE = -1;

    final int level;
    final int index;
    long start; // holds while the slot is used

    Slot(int level, int index) {
      this.level = level;
      this.index = index;
    }

    void append(Timer timer) {
      timer.prev = prev;
      timer.next = this;
      prev.next = timer;
      prev = timer;
    }

    /** Appends all of another list, which has at least one and is empty afterwards. */
    void takeAll(Slot other) {
      other.next.prev = prev;
      prev.next = other.next;
      other.prev.next = this;
      prev = other.prev;
      other.prev = other;
      other.next = other;
    }
  }

  /**
   * Something to be done at a certain time; of one wheel at a time.
   *
   * <p>Thread safety: guarded by the lock of its wheel.
   */
  abstract static class Timer extends Link {
    private long deadline;

    /**
     * Called when the deadline has come; the timer is idle by then.
     *
     * @param now the reading of the advance under way
     */
    abstract void fire(long now);

    /** Returns whether the timer is to fire. */
    final boolean isScheduled() {
      return next != this;
    }

    /** Returns the deadline of the last schedule; without meaning before. */
    final long deadline() {
      return deadline;
    }
  }
}
