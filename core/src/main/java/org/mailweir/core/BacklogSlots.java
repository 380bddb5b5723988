package org.mailweir.core;

import java.util.function.IntConsumer;

/**
 * The slots of a {@link BacklogWheel}: queues of places, in blocks of five numbers.
 *
 * <p><b>Why no lists.</b> A message that is due after an hour is in no cache, and behind a link
 * there is another such one: so each costs the whole time that memory takes to answer. From a block
 * the next places are known at once, and the processor fetches what is there all together.
 *
 * <p><b>Structure.</b> A block is a place: the next block, the slot, five places. A slot has the
 * <em>spots</em> (eight times the block and what is before it in there) of its first and behind its
 * last number. A place knows its spot. One that is taken out from the middle gets the first one for
 * a substitute, as the first block loses one then: so there are no gaps, and who is asked for in
 * the order of coming is never moved. All operations are O(1).
 *
 * <p><b>Memory.</b> A place in a block takes 7.2 B; a slot that is used, up to 36 B more.
 *
 * <p>Thread safety: none; the backlog's lock guards it.
 */
final class BacklogSlots {
  private static final int SHIFT = 3;
  private static final int NEXT = 0;
  private static final int SLOT = 1;
  private static final int FIRST = 2;
  private static final int END = BacklogPlaces.BLOCK;
  private static final int OFFSET = (1 << SHIFT) - 1;

  private final BacklogPlaces places;
  private final int[] first;
  private final int[] end; // 0 if the slot is empty: no number has that spot
  private int blocks;

  BacklogSlots(BacklogPlaces places, int slots) {
    this.places = places;
    first = new int[slots];
    end = new int[slots];
  }

  boolean isEmpty(int slot) {
    return end[slot] == 0;
  }

  void append(int slot, int place) {
    int spot = end[slot];
    if (spot == 0 || (spot & OFFSET) == END) {
      spot = addBlock(slot, spot);
    }
    put(spot, place);
    end[slot] = spot + 1;
  }

  private void put(int spot, int place) {
    places.setNumber(spot, place);
    places.setSpot(place, spot);
  }

  private int addBlock(int slot, int behind) {
    int block = places.takeBlock() << SHIFT;
    blocks++;
    places.setNumber(block + SLOT, slot);
    if (behind == 0) {
      first[slot] = block + FIRST;
    } else {
      places.setNumber(behind - END + NEXT, block);
    }
    return block + FIRST;
  }

  /** Takes out the first one of a slot, which has one. */
  int poll(int slot) {
    int place = places.number(first[slot]);
    dropFirst(slot);
    return place;
  }

  /** Takes a place out; returns its slot. */
  int remove(int place) {
    int spot = places.spot(place);
    int slot = places.number((spot & ~OFFSET) + SLOT);
    int head = first[slot];
    if (head != spot) {
      put(spot, places.number(head));
    }
    dropFirst(slot);
    return slot;
  }

  private void dropFirst(int slot) {
    int spot = first[slot] + 1;
    if (spot == end[slot]) {
      giveBlock(spot - 1);
      end[slot] = 0;
    } else if ((spot & OFFSET) == END) {
      first[slot] = places.number(spot - END + NEXT) + FIRST;
      giveBlock(spot - END);
    } else {
      first[slot] = spot;
    }
  }

  private void giveBlock(int spot) {
    places.give(spot >>> SHIFT);
    blocks--;
  }

  /** Returns how many places the slots take for themselves. */
  int blocks() {
    return blocks;
  }

  /**
   * Goes through a slot in its order; fails if a place is not where it says. For tests.
   *
   * @return how many places are in it
   */
  int assertConsistent(int slot, IntConsumer visitor) {
    int count = 0;
    for (int spot = first[slot]; !isEmpty(slot) && spot != end[slot]; spot++) {
      if ((spot & OFFSET) == END) {
        spot = places.number(spot - END + NEXT) + FIRST;
      }
      int place = places.number(spot);
      if (places.spot(place) != spot || places.number((spot & ~OFFSET) + SLOT) != slot) {
        throw new AssertionError("place " + place + " at " + spot + " of slot " + slot);
      }
      visitor.accept(place);
      count++;
    }
    return count;
  }
}
