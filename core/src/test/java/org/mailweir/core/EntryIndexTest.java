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

  @Test
  void anEntryWhoseHashHasChangedCanBeRemoved() {
    List<Integer> changing = new ArrayList<>();
    for (int i = 0; i < 20; i++) { // more than fit into a bucket
      put(new Name(i, changing.hashCode()));
    }
    DestinationTable.Entry<Object> entry = put(changing);
    changing.add(1);
    index.remove(entry);
    changing.clear();
    assertThat(index.get(changing)).isNull();
    assertThat(index.size()).isEqualTo(20);
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
