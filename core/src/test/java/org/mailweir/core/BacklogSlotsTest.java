package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The slots of the backlog's wheel beside plain lists. */
class BacklogSlotsTest {
  private static final int SLOTS = 3;

  private static List<Integer> in(BacklogSlots slots, int slot) {
    List<Integer> all = new ArrayList<>();
    assertThat(slots.assertConsistent(slot, all::add)).isEqualTo(all.size());
    return all;
  }

  @Test
  void whoIsTakenOutInTheOrderOfComingLeavesTheOthersInTheirs() {
    BacklogPlaces places = new BacklogPlaces();
    BacklogSlots slots = new BacklogSlots(places, SLOTS);
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      int place = places.take("m");
      slots.append(1, place);
      all.add(place);
    }
    assertThat(slots.blocks()).isEqualTo(20);
    for (int i = 0; i < 99; i++) {
      if (i % 2 == 0) {
        assertThat(slots.poll(1)).isEqualTo(all.get(i));
      } else {
        assertThat(slots.remove(all.get(i))).isEqualTo(1);
      }
      assertThat(in(slots, 1)).isEqualTo(all.subList(i + 1, 100));
    }
    assertThat(slots.isEmpty(1)).isFalse();
    assertThat(slots.blocks()).isOne();
    assertThat(slots.poll(1)).isEqualTo(all.get(99));
    assertThat(slots.isEmpty(1)).isTrue();
    assertThat(slots.blocks()).isZero();
  }

  @Property(tries = 200)
  void holdsWhatWasPutInAndNothingElse(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    BacklogPlaces places = new BacklogPlaces();
    BacklogSlots slots = new BacklogSlots(places, SLOTS);
    List<List<Integer>> expected = new ArrayList<>();
    for (int slot = 0; slot < SLOTS; slot++) {
      expected.add(new ArrayList<>());
    }
    for (int i = 0; i < 300; i++) {
      int slot = random.nextInt(SLOTS);
      List<Integer> in = expected.get(slot);
      switch (in.isEmpty() ? 0 : random.nextInt(4)) {
        case 0, 1 -> {
          int place = places.take("m");
          slots.append(slot, place);
          in.add(place);
        }
        case 2 -> {
          int place = slots.poll(slot);
          assertThat(in.remove(Integer.valueOf(place))).isTrue();
          places.give(place);
        }
        default -> {
          int place = in.remove(random.nextInt(in.size()));
          assertThat(slots.remove(place)).isEqualTo(slot);
          places.give(place);
        }
      }
      int held = 0;
      for (int each = 0; each < SLOTS; each++) {
        assertThat(in(slots, each)).containsExactlyInAnyOrderElementsOf(expected.get(each));
        assertThat(slots.isEmpty(each)).isEqualTo(expected.get(each).isEmpty());
        held += expected.get(each).size();
      }
      assertThat(places.capacity() - places.free()).isEqualTo(held + slots.blocks());
    }
  }
}
