package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.core.DestinationTable.Entry;

class DestinationTableTest {
  private final List<String> evicted = new ArrayList<>();
  private final DestinationTable<String, DestinationTable.Entry<String>> table =
      new DestinationTable<>(3, DestinationTable.Entry::new, e -> evicted.add(e.destination));

  private DestinationTable.Entry<String> use(String destination) {
    DestinationTable.Entry<String> entry = table.use(destination);
    table.assertConsistent();
    assertThat(entry).isNotNull();
    return entry;
  }

  @Test
  void keepsOneEntryPerDestination() {
    assertThat(use("a")).isSameAs(use("a")).isSameAs(table.get("a"));
    assertThat(table.size()).isEqualTo(1);
  }

  @Test
  void forgetsTheOneUnusedForLongest() {
    use("a");
    use("b");
    use("c");
    use("a");
    use("d");
    use("e");
    assertThat(evicted).containsExactly("b", "c");
    assertThat(table.evicted()).isEqualTo(2);
  }

  /** What ends is a use of now, though it began before what others did. */
  @Test
  void whatEndsCountsAsAUse() {
    table.pin(use("a"));
    use("b");
    table.unpin(table.get("a"));
    use("c");
    use("d");
    assertThat(evicted).containsExactly("b");
  }

  @Test
  void neverForgetsOneInUse() {
    table.pin(use("a"));
    table.pin(use("b"));
    table.pin(use("c"));
    assertThat(table.use("d")).isNull();
    assertThat(evicted).isEmpty();
    table.unpin(use("b"));
    use("d");
    assertThat(evicted).containsExactly("b");
  }

  @Test
  void staysInUseUntilAsManyUnpinsAsPins() {
    DestinationTable.Entry<String> entry = use("a");
    table.pin(entry);
    table.pin(entry);
    table.unpin(entry);
    use("b");
    use("c");
    use("d");
    assertThat(evicted).containsExactly("b");
    table.unpin(entry);
    assertThatThrownBy(() -> table.unpin(entry)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void movesOnlyAtTheFirstUseWithAStamp() {
    for (String destination : List.of("a", "b", "c", "a")) {
      table.use(destination, table.get(destination), 7);
    }
    table.use("d", null, 7);
    assertThat(evicted).containsExactly("a");
    table.use("b", table.get("b"), 8);
    table.use("e", null, 8);
    assertThat(evicted).containsExactly("a", "c");
  }

  @Test
  void anEntryThatWasEvictedSinceItWasFoundIsNotTaken() {
    DestinationTable.Entry<String> found = use("a");
    use("b");
    use("c");
    use("d");
    DestinationTable.Entry<String> again = table.use("a", found, 7);
    assertThat(again).isNotNull().isNotSameAs(found).isSameAs(table.get("a"));
    table.assertConsistent();
  }

  @ParameterizedTest(name = "{0} destinations")
  @ValueSource(ints = {1, 15, 16, 17, 100})
  void hasRoomForAsManyAsToldAndKnowsThemAll(int capacity) {
    DestinationTable<Integer, DestinationTable.Entry<Integer>> tested =
        new DestinationTable<>(capacity, DestinationTable.Entry::new, entry -> {});
    List<DestinationTable.Entry<Integer>> used = new ArrayList<>();
    for (int i = 0; i < capacity; i++) {
      used.add(tested.use(i));
      assertThat(tested.all()).isEqualTo(used);
    }
    assertThat(tested.use(capacity)).isNotNull();
    assertThat(tested.all()).hasSize(capacity).doesNotContain(used.get(0));
    assertThat(tested.evicted()).isEqualTo(1);
  }

  /** A destination whose hash cannot be told at times. */
  private static final class Odd {
    private final int number;
    int hashes = Integer.MAX_VALUE;

    Odd(int number) {
      this.number = number;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Odd odd && odd.number == number;
    }

    @Override
    public int hashCode() {
      if (hashes-- <= 0) {
        throw new IllegalStateException("no hash");
      }
      return number;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void aDestinationThatCannotBeHashedLeavesNothingBehind(int hashes) {
    var odd = new DestinationTable<Odd, Entry<Odd>>(3, Entry::new, entry -> {});
    Odd destination = new Odd(1);
    destination.hashes = hashes;
    try {
      assertThat(odd.use(destination)).isNotNull();
    } catch (IllegalStateException noHash) {
      assertThat(odd.size()).isZero();
    }
    destination.hashes = Integer.MAX_VALUE;
    odd.assertConsistent();
  }

  @Test
  void oneThatCannotBeHashedAnyMoreKeepsNobodyOut() {
    var odd = new DestinationTable<Odd, Entry<Odd>>(20, Entry::new, entry -> {});
    Odd first = new Odd(0);
    odd.use(first);
    first.hashes = 0;
    for (int i = 1; i <= 40; i++) {
      assertThat(odd.use(new Odd(i))).isNotNull();
    }
    assertThat(odd.evicted()).isEqualTo(21);
    odd.assertConsistent();
  }

  /** Against an access-ordered map that skips what is pinned. */
  @Property(tries = 200)
  void evictsAsTheModelDoes(@ForAll @Size(max = 100) List<@IntRange(max = 199) Integer> steps) {
    DestinationTable<Integer, DestinationTable.Entry<Integer>> tested =
        new DestinationTable<>(5, DestinationTable.Entry::new, entry -> {});
    Map<Integer, Integer> model = new LinkedHashMap<>(); // pins, the last used at the end
    for (int step : steps) {
      int key = step / 4 % 10;
      Integer pins = model.get(key);
      if (step % 4 == 3 && pins != null && pins > 0) {
        DestinationTable.Entry<Integer> entry = tested.get(key);
        assertThat(entry).isNotNull();
        tested.unpin(entry);
        model.remove(key);
        model.put(key, pins - 1);
      } else if (step % 4 != 3) {
        DestinationTable.Entry<Integer> entry = tested.use(key);
        if (pins == null && model.size() == 5) {
          var victim = model.entrySet().stream().filter(e -> e.getValue() == 0).findFirst();
          if (victim.isEmpty()) {
            assertThat(entry).isNull();
            continue;
          }
          model.remove(victim.get().getKey());
        }
        assertThat(entry).isNotNull();
        int pinned = step % 4 == 2 ? 1 : 0;
        if (pinned > 0) {
          tested.pin(entry);
        }
        model.remove(key);
        model.put(key, (pins == null ? 0 : pins) + pinned);
      }
      tested.assertConsistent();
      assertThat(tested.all().stream().map(entry -> entry.destination))
          .containsExactlyInAnyOrderElementsOf(model.keySet());
    }
  }
}
