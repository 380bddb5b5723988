package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.mailweir.core.TimerWheel.Link;
import org.mailweir.core.TimerWheel.Slot;
import org.mailweir.core.TimerWheel.Timer;

/** Looks into a wheel. */
final class TimerWheelStructure {
  private TimerWheelStructure() {}

  /** Asserts what must hold of every wheel between two calls. */
  static void assertConsistent(TimerWheel wheel) {
    int timers = timersOf(wheel.due).size();
    for (int level = 0; level < wheel.used.length; level++) {
      int shift = wheel.tickShift + level * TimerWheel.SLOT_SHIFT;
      for (int index = 0; index < TimerWheel.SLOTS; index++) {
        Slot slot = wheel.slots[level][index];
        boolean marked = (wheel.used[level] >>> index & 1) != 0;
        if (!marked) {
          if (slot.next != slot || slot.prev != slot) {
            throw new AssertionError("used, but not marked: slot " + level + "." + index);
          }
          continue;
        }
        List<Timer> inSlot = timersOf(slot);
        timers += inSlot.size();
        assertThat(inSlot).as("marked slot %d.%d", level, index).isNotEmpty();
        assertThat(slot.start & (1L << shift) - 1).as("alignment").isZero();
        assertThat((int) (slot.start >>> shift) & TimerWheel.SLOTS - 1).isEqualTo(index);
        assertThat(slot.start - wheel.hand()).as("start, from the hand").isNotNegative();
        assertThat(slot.start - wheel.hand() >>> shift).isLessThan(TimerWheel.SLOTS);
        for (Timer timer : inSlot) {
          long length = 1L << wheel.tickShift;
          long tick = timer.deadline() + length - 1 & -length;
          assertThat(tick - slot.start).as("tick, from its slot").isNotNegative();
        }
      }
    }
    assertThat(timers).isEqualTo(wheel.size());
  }

  /** Returns the timers of a list, with its links checked in both directions. */
  static List<Timer> timersOf(Slot slot) {
    List<Timer> timers = new ArrayList<>();
    Link link = slot;
    do {
      if (link.next.prev != link) {
        throw new AssertionError("broken link");
      }
      link = link.next;
      if (link instanceof Timer timer) {
        timers.add(timer);
      }
    } while (link != slot);
    return timers;
  }
}
