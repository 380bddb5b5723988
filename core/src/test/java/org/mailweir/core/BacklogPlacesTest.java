package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mailweir.core.BacklogPlaces.Links;
import org.mailweir.core.BacklogPlaces.State;

/** Where the messages of a backlog are kept, and who may still name them. */
class BacklogPlacesTest {
  private final BacklogPlaces places = new BacklogPlaces();

  /** Fills that many chunks; returns their places. */
  private List<Integer> chunks(int count) {
    List<Integer> taken = new ArrayList<>();
    for (int i = 0; i < count * BacklogPlaces.CHUNK; i++) {
      taken.add(message("m"));
    }
    return taken;
  }

  private int message(String text) {
    int place = places.take(text);
    places.describe(place, 0, true);
    places.become(place, State.QUEUED);
    return place;
  }

  private List<Integer> inList(Links links, int head) {
    List<Integer> list = new ArrayList<>();
    for (int place = links.after(head); place != head; place = links.after(place)) {
      assertThat(links.after(links.before(place))).isEqualTo(place);
      list.add(place);
    }
    assertThat(links.first(head)).isEqualTo(list.isEmpty() ? BacklogPlaces.NONE : list.get(0));
    assertThat(links.last(head))
        .isEqualTo(list.isEmpty() ? BacklogPlaces.NONE : list.get(list.size() - 1));
    assertThat(links.isEmpty(head)).isEqualTo(list.isEmpty());
    return list;
  }

  @Test
  void keepsWhatIsSaidOfAMessageApart() {
    int place = message("m");
    places.setTick(place, Integer.MIN_VALUE);
    places.setLife(place, Integer.MAX_VALUE);
    assertThat(places.isToExpire(place)).isFalse();
    places.expiresFirst(place);
    for (State state : State.values()) {
      places.become(place, state);
      assertThat(places.state(place)).isEqualTo(state);
      assertThat(places.isToExpire(place)).isTrue();
      assertThat(places.isFresh(place)).isTrue();
    }
    assertThat(places.tick(place)).isEqualTo(Integer.MIN_VALUE);
    assertThat(places.life(place)).isEqualTo(Integer.MAX_VALUE);
    assertThat(places.at(place)).isEqualTo("m");
    assertThat(places.generation(place)).isZero();
  }

  @Test
  void keepsWhatIsSaidOfTwoMessagesApart() {
    chunks(2);
    int fresh = places.take("fresh");
    int retried = places.take("retried");
    places.describe(fresh, 7, true);
    places.describe(retried, 8, false);
    assertThat(places.at(fresh)).isEqualTo("fresh");
    assertThat(places.at(retried)).isEqualTo("retried");
    assertThat(places.site(fresh)).isEqualTo(7);
    assertThat(places.site(retried)).isEqualTo(8);
    assertThat(places.isFresh(fresh)).isTrue();
    assertThat(places.isFresh(retried)).isFalse();
  }

  @Test
  void aListKeepsItsOrderWhoeverIsTakenOut() {
    int one = places.takeHead("head");
    int two = places.takeHead("head");
    int a = message("a");
    int b = message("b");
    int c = message("c");
    for (int place : new int[] {a, b, c}) {
      places.lists.append(one, place);
    }
    assertThat(inList(places.lists, one)).containsExactly(a, b, c);
    assertThat(inList(places.lists, two)).isEmpty();
    places.lists.unlink(b);
    assertThat(inList(places.lists, one)).containsExactly(a, c);
    places.lists.unlink(a);
    places.lists.append(two, a);
    places.lists.append(two, b);
    assertThat(inList(places.lists, one)).containsExactly(c);
    assertThat(inList(places.lists, two)).containsExactly(a, b);
  }

  @Test
  void whatWasAtAPlaceBeforeIsNotTakenForWhatIsThereNow() {
    int place = message("a");
    assertThat(places.isCurrent(place, 0)).isTrue();
    places.give(place);
    assertThat(places.isCurrent(place, 0)).isFalse();
    assertThat(places.isCurrent(place, 1)).as("nothing is there").isFalse();
    assertThatThrownBy(() -> places.at(place)).hasMessageContaining("nothing at place " + place);
    assertThat(message("b")).isEqualTo(place);
    assertThat(places.isCurrent(place, 0)).isFalse();
    assertThat(places.isCurrent(place, 1)).isTrue();
    assertThat(places.isToExpire(place)).isFalse();
  }

  @Test
  void generationsGoOnAfterTheMemoryWasGivenUp() {
    List<Integer> taken = chunks(50);
    int last = taken.get(taken.size() - 1);
    taken.forEach(places::give);
    assertThat(places.capacity()).isEqualTo(BacklogPlaces.CHUNK);
    assertThat(places.isCurrent(last, 0)).as("its memory is gone").isFalse();
    taken.replaceAll(place -> message("m"));
    assertThat(taken).contains(last).doesNotHaveDuplicates();
    assertThat(places.isCurrent(last, 0)).isFalse();
    assertThat(places.isCurrent(last, 1)).isTrue();
    assertThat(places.capacity() - places.free()).isEqualTo(50 * BacklogPlaces.CHUNK);
  }

  @Test
  void givesUpMemoryOfWhichNothingIsUsedAndNoOther() {
    List<Integer> taken = chunks(3);
    for (int place : taken) {
      if (place % BacklogPlaces.CHUNK > 0) {
        places.give(place);
      }
    }
    assertThat(places.free()).isGreaterThan(2 * BacklogPlaces.CHUNK);
    assertThat(places.capacity()).isEqualTo(3 * BacklogPlaces.CHUNK);
    assertThat(places.at(0)).isEqualTo("m");
    places.give(0);
    assertThat(places.capacity()).isEqualTo(2 * BacklogPlaces.CHUNK);
    assertThat(places.isCurrent(BacklogPlaces.CHUNK, 0)).isTrue();
    for (int i = 1; i < BacklogPlaces.CHUNK; i++) {
      assertThat(message("n")).isGreaterThan(2 * BacklogPlaces.CHUNK);
    }
    assertThat(message("n")).as("where there is memory").isGreaterThan(BacklogPlaces.CHUNK);
  }

  @Test
  void takesTheLowestPlacesSoThatOthersGetEmpty() {
    chunks(3);
    places.give(2 * BacklogPlaces.CHUNK + 7);
    places.give(BacklogPlaces.CHUNK + 7);
    places.give(7);
    assertThat(message("m")).as("where it is now").isEqualTo(2 * BacklogPlaces.CHUNK + 7);
    assertThat(message("m")).isEqualTo(7);
    assertThat(message("m")).isEqualTo(BacklogPlaces.CHUNK + 7);
    assertThat(places.free()).isZero();
  }
}
