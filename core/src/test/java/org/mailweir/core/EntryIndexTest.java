package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntryIndexTest {
  private final EntryIndex<Object, DestinationTable.Entry<Object>> index = new EntryIndex<>();

  /** A name whose hash somebody has chosen. */
  private record Name(int number, int hash) {
    @Override
    public int hashCode() {
      return hash;
    }
  }

  private DestinationTable.Entry<Object> put(Object destination) {
    return put(index, destination);
  }

  private static DestinationTable.Entry<Object> put(
      EntryIndex<Object, DestinationTable.Entry<Object>> index, Object destination) {
    DestinationTable.Entry<Object> entry = new DestinationTable.Entry<>(destination);
    index.put(entry);
    return entry;
  }

  /** Beside Java's map; few hashes, so that many names share one, and buckets overflow. */
  @Property(tries = 500)
  void knowsWhatAMapKnows(
      @ForAll @Size(max = 300) List<@IntRange(max = 399) Integer> steps,
      @ForAll @IntRange(min = 1, max = 50) int hashes) {
    EntryIndex<Object, DestinationTable.Entry<Object>> tested = new EntryIndex<>();
    Map<Name, DestinationTable.Entry<Object>> model = new HashMap<>();
    for (int step : steps) {
      Name name = new Name(step / 2, step / 2 % hashes);
      DestinationTable.Entry<Object> known = model.get(name);
      assertThat(tested.get(name)).isSameAs(known);
      if (known == null) {
        model.put(name, put(tested, name));
      } else if (step % 2 == 0) {
        tested.remove(known);
        model.remove(name);
      }
      assertThat(tested.size()).isEqualTo(model.size());
      tested.assertConsistent();
    }
    model.forEach((name, entry) -> assertThat(tested.get(name)).isSameAs(entry));
  }

  @Test
  void findsAllOfAHundredThousandNames() {
    List<DestinationTable.Entry<Object>> all = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      all.add(put("mail" + i + ".example"));
    }
    assertThat(all).allSatisfy(entry -> assertThat(index.get(entry.destination)).isSameAs(entry));
    assertThat(index.beside()).isLessThan(all.size() / 100);
    all.forEach(index::remove);
    assertThat(index.size()).isZero();
    assertThat(index.get("mail7.example")).isNull();
  }

  /** A sender who chooses names of one hash makes no search long: they are a tree beside. */
  @Test
  void namesOfOneHashAreFoundInFewSteps() {
    AtomicBoolean counting = new AtomicBoolean();
    int[] compared = new int[1];
    record Chosen(String text, AtomicBoolean counting, int[] compared)
        implements Comparable<Chosen> {
      @Override
      public int hashCode() {
        return 7;
      }

      @Override
      public boolean equals(Object other) {
        compared[0] += counting.get() ? 1 : 0;
        return other instanceof Chosen chosen && text.equals(chosen.text);
      }

      @Override
      public int compareTo(Chosen other) {
        compared[0] += counting.get() ? 1 : 0;
        return text.compareTo(other.text);
      }
    }
    for (int i = 0; i < 10_000; i++) {
      put(new Chosen("n" + i, counting, compared));
    }
    counting.set(true);
    for (int i = 0; i < 10_000; i++) {
      assertThat(index.get(new Chosen("n" + i, counting, compared))).isNotNull();
    }
    assertThat(compared[0]).isLessThan(10_000 * 40); // a list would take 5,000 for each
  }

  /** A name that counts what is asked of it, and whose hash may change. */
  private static final class Counting {
    private int hash;
    private int hashed;
    private int compared;

    Counting(int hash) {
      this.hash = hash;
    }

    @Override
    public int hashCode() {
      hashed++;
      return hash;
    }

    @Override
    public boolean equals(Object other) {
      compared++;
      return this == other;
    }
  }

  /** Tags are not the last bits of the hash: they tell such names apart as well as others. */
  @Test
  void namesWhoseHashesEndAlikeAreRarelyComparedInVain() {
    List<Counting> names = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      names.add(new Counting(i << 8));
      put(names.get(i));
    }
    names.forEach(name -> assertThat(index.get(name)).isNotNull());
    assertThat(names.stream().mapToInt(name -> name.compared).sum()).isBetween(10_000, 11_000);
  }

  /** The one beside the full bucket, too. */
  @Test
  void removingAnEntryTouchesNoOther() {
    List<DestinationTable.Entry<Object>> entries = new ArrayList<>();
    List<Counting> others = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      Counting name = new Counting(7);
      entries.add(put(name));
      others.add(name);
    }
    assertThat(index.beside()).isEqualTo(8);
    others.removeAll(List.of(others.get(0), others.get(15)));
    others.forEach(name -> name.hashed = 0);
    index.remove(entries.get(0));
    index.remove(entries.get(15));
    assertThat(others).allMatch(name -> name.hashed == 0);
    assertThat(index.beside()).isEqualTo(7);
    index.assertConsistent();
  }

  /** In its bucket, the first one; beside it, the last one. */
  @ParameterizedTest(name = "number {0} of 20")
  @ValueSource(ints = {0, 7, 8, 19})
  void anEntryWhoseHashHasChangedCanBeRemoved(int number) {
    List<DestinationTable.Entry<Object>> entries = new ArrayList<>();
    for (int i = 0; i < 20; i++) { // more than fit into a bucket
      entries.add(put(new Counting(1)));
    }
    DestinationTable.Entry<Object> removed = entries.remove(number);
    Counting name = (Counting) removed.destination;
    name.hash = -1;
    index.remove(removed);
    assertThat(index.get(name)).isNull();
    name.hash = 1;
    assertThat(index.get(name)).isNull();
    assertThat(index.size()).isEqualTo(19);
    index.assertConsistent();
    assertThat(entries)
        .allSatisfy(entry -> assertThat(index.get(entry.destination)).isSameAs(entry));
  }

  /** Each stands by the hash with which it came: to grow asks for none. */
  @Test
  void growingLosesNoneWhoseHashHasChanged() {
    List<DestinationTable.Entry<Object>> entries = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      entries.add(put(new Counting(i)));
    }
    entries.forEach(entry -> ((Counting) entry.destination).hash = 1);
    put(new Counting(99));
    index.assertConsistent();
    for (int i = 0; i < 16; i++) {
      Counting name = (Counting) entries.get(i).destination;
      assertThat(index.get(name)).isEqualTo(i == 1 ? entries.get(1) : null);
      name.hash = i;
      assertThat(index.get(name)).isSameAs(entries.get(i));
    }
  }

  /** Read while it grows: an entry that was there before is never mistaken for another one. */
  @Test
  void isReadWhileItGrows() throws InterruptedException {
    DestinationTable.Entry<Object> first = put("first.example");
    AtomicBoolean grown = new AtomicBoolean();
    List<Object> wrong = new ArrayList<>();
    Thread reader =
        new Thread(
            () -> {
              while (!grown.get()) {
                DestinationTable.Entry<Object> found = index.get("first.example");
                if (found != null && found != first) {
                  wrong.add(found.destination);
                }
              }
            });
    reader.start();
    for (int i = 0; i < 200_000; i++) {
      put(i);
    }
    grown.set(true);
    reader.join();
    assertThat(wrong).isEmpty();
    assertThat(index.get("first.example")).isSameAs(first);
  }
}
