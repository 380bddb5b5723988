package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FlightsTest {
  private final PolicyGate<String> gate =
      (PolicyGate<String>) DestinationGate.<String>builder().build();
  private final Flights<String> flights = new Flights<>();
  private int sites;

  private GatePermit<String> permit(String destination) {
    Site<String> site = new Site<>(destination, gate);
    site.id = ++sites;
    GatePermit<String> permit =
        new GatePermit<>(site, null, Attempt.FRESH, Shares.Kind.NONE, Shares.Client.LONGER, 0);
    permit.become(GatePermit.State.IN_FLIGHT);
    site.inFlight = 1;
    return permit;
  }

  private static List<GatePermit<String>> all(Flights<String> flights) {
    List<GatePermit<String>> all = new ArrayList<>();
    for (GatePermit<String> p = flights.next(null); p != null; p = flights.next(p)) {
      all.add(p);
    }
    return all;
  }

  @Test
  void growsBeyondItsFirstPlaces() {
    List<GatePermit<String>> added = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      GatePermit<String> permit = permit("d" + i);
      flights.add(permit, i);
      added.add(permit);
    }
    assertThat(all(flights)).isEqualTo(added);
    assertThat(added)
        .allSatisfy(p -> assertThat(flights.oldestTo(p.site)).contains(flights.began(p)));
  }

  @Test
  void aDetachedAttemptIsNotTheOldestInFlight() {
    GatePermit<String> permit = permit("a.test");
    flights.add(permit, 7);
    assertThat(flights.oldestTo(permit.site)).contains(7L);
    permit.become(GatePermit.State.DETACHED);
    flights.detached(permit);
    assertThat(flights.oldest()).isEmpty();
    assertThat(flights.oldestTo(permit.site)).isEmpty();
    assertThat(flights.began(permit)).isEqualTo(7);
  }

  @Test
  void theOldestInFlightIsTheFirstThatIsNotDetached() {
    GatePermit<String> detached = permit("a.test");
    GatePermit<String> second =
        new GatePermit<>(
            detached.site, null, Attempt.FRESH, Shares.Kind.NONE, Shares.Client.LONGER, 0);
    flights.add(detached, 1);
    flights.add(permit("b.test"), 2);
    flights.add(second, 3);
    detached.become(GatePermit.State.DETACHED);
    flights.detached(detached);
    assertThat(flights.oldest()).contains(2L);
    assertThat(flights.oldestTo(detached.site)).contains(3L);
  }

  /** Against two lists: those before the mark and those behind it. */
  @Property(tries = 300)
  void keepsTheOrderOfTime(
      @ForAll long start, @ForAll @Size(max = 80) List<@IntRange(max = 999) Integer> steps) {
    Flights<String> tested = new Flights<>();
    List<GatePermit<String>> behind = new ArrayList<>();
    List<GatePermit<String>> before = new ArrayList<>();
    long now = start;
    for (int step : steps) {
      switch (step % 4) {
        case 0, 1 -> {
          now += step;
          GatePermit<String> permit = permit("d");
          tested.add(permit, now);
          if (step % 3 == 0) {
            permit.become(GatePermit.State.DETACHED);
            tested.detached(permit);
          }
          before.add(permit);
        }
        case 2 -> {
          List<GatePermit<String>> all = new ArrayList<>(behind);
          all.addAll(before);
          if (!all.isEmpty()) {
            GatePermit<String> any = all.get(step % all.size());
            tested.remove(any);
            behind.remove(any);
            before.remove(any);
          }
        }
        default -> {
          GatePermit<String> expected = null;
          long by = now - step;
          if (!before.isEmpty() && tested.began(before.get(0)) - by <= 0) {
            expected = before.remove(0);
            behind.add(expected);
          }
          boolean away = expected != null && expected.state() == GatePermit.State.DETACHED;
          int site = expected == null ? -1 : away ? 0 : expected.site.id;
          assertThat(tested.pollBegunBy(by)).isEqualTo(site);
          if (expected != null) {
            assertThat(tested.isOverdue(expected)).isEqualTo(!away);
          }
        }
      }
      assertThat(tested.nextBegan())
          .isEqualTo(before.isEmpty() ? null : (Long) tested.began(before.get(0)));
      List<GatePermit<String>> all = new ArrayList<>(behind);
      all.addAll(before);
      assertThat(all(tested)).isEqualTo(all);
    }
  }

  @Test
  void theMarkMovesOnWhenItsChunkIsCrossedOut() {
    List<GatePermit<String>> added = new ArrayList<>();
    for (int i = 0; i < 130; i++) {
      added.add(permit("d" + i));
      flights.add(added.get(i), i);
    }
    for (int i = 0; i < 10; i++) {
      assertThat(flights.pollBegunBy(9)).isEqualTo(added.get(i).site.id);
    }
    added.subList(0, 100).forEach(flights::remove);
    GatePermit<String> newest = permit("newest");
    for (int i = 0; i < 96; i++) { // into the chunk that was given back, past the mark of then
      newest = permit("again" + i);
      flights.add(newest, 200);
    }
    assertThat(flights.pollBegunBy(100)).isEqualTo(added.get(100).site.id);
    assertThat(flights.nextBegan()).isEqualTo(101L);
    assertThat(all(flights)).startsWith(added.get(100)).endsWith(newest).hasSize(126);
  }

  @Test
  void theMarkStaysAtTheEndWhenTheLastChunkIsCrossedOut() {
    List<GatePermit<String>> added = new ArrayList<>();
    for (int i = 0; i < 65; i++) {
      added.add(permit("d" + i));
      flights.add(added.get(i), i);
      assertThat(flights.pollBegunBy(i)).isEqualTo(added.get(i).site.id);
    }
    flights.remove(added.get(64));
    assertThat(flights.nextBegan()).isNull();
    assertThat(flights.pollBegunBy(99)).isEqualTo(-1);
  }

  @Test
  void fillsAChunkPlaceByPlace() {
    int first = 0;
    for (int i = 0; i < 64; i++) {
      GatePermit<String> permit = permit("d" + i);
      flights.add(permit, i);
      first = i == 0 ? permit.place : first;
      assertThat(permit.place).isEqualTo(first + i);
    }
  }

  /** Hundred are under way at a time, the oldest ends first: three chunks, and never more. */
  @Test
  void usesAnewWhatIsCrossedOut() {
    Deque<GatePermit<String>> underWay = new ArrayDeque<>();
    int highest = 0;
    for (int i = 0; i < 10_000; i++) {
      GatePermit<String> permit = permit("d" + i);
      flights.add(permit, i);
      underWay.add(permit);
      highest = Math.max(highest, permit.place);
      if (underWay.size() == 100) {
        flights.remove(underWay.remove());
      }
    }
    assertThat(highest).isLessThan((1 + 3) * 64); // chunks count from 1
  }

  /** One at a time: the last chunk is begun anew whenever all of it is crossed out. */
  @Test
  void usesTheLastChunkAnewFromItsStart() {
    GatePermit<String> first = permit("a.test");
    flights.add(first, 0);
    int place = first.place;
    flights.remove(first);
    GatePermit<String> second = permit("b.test");
    flights.add(second, 1);
    assertThat(second.place).isEqualTo(place);
    assertThat(flights.nextBegan()).isEqualTo(1L);
  }

  /** The end of a chunk has the number at which the next one begins, wherever that stands. */
  @Test
  void theMarkStaysWhenTheChunkWithTheNumberBeforeItsOwnIsFilledAgain() {
    List<GatePermit<String>> added = new ArrayList<>();
    for (int i = 0; i < 4 * 64; i++) {
      added.add(permit("d" + i));
      flights.add(added.get(i), i);
      if (i == 2 * 64) {
        added.subList(0, 64).forEach(flights::remove); // and the mark moves to the second chunk
      }
    }
    assertThat(flights.nextBegan()).isEqualTo(64L);
    assertThat(flights.pollBegunBy(64)).isEqualTo(added.get(64).site.id);
  }

  /** The last place of the first chunk, used anew, is beside the first of the second by number. */
  @Test
  void theMarkStaysWhereAChunkIsFullThatIsUsedAnew() {
    for (int i = 0; i < 64; i++) {
      GatePermit<String> over = permit("over" + i);
      flights.add(over, 1);
      flights.remove(over);
    }
    List<GatePermit<String>> first = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      first.add(permit("first" + i));
      flights.add(first.get(i), 1);
    }
    GatePermit<String> hangs = permit("hangs");
    flights.add(hangs, 2);
    first.forEach(flights::remove);
    for (int i = 0; i < 127; i++) {
      flights.add(permit("more" + i), 3);
    }
    assertThat(flights.pollBegunBy(2)).isEqualTo(hangs.site.id);
    assertThat(flights.isOverdue(hangs)).isTrue();
    assertThat(flights.nextBegan()).isEqualTo(3L);
  }

  /** Beside a list: whatever is added, removed and polled. */
  @Property(tries = 300)
  void knowsWhatAListKnows(@ForAll @Size(max = 500) List<@IntRange(max = 999) Integer> steps) {
    Flights<String> tested = new Flights<>();
    List<GatePermit<String>> model = new ArrayList<>();
    List<Long> began = new ArrayList<>();
    int polled = 0; // of the model, from its start
    long time = Long.MAX_VALUE - 100; // which wraps
    for (int step : steps) {
      if (step % 10 < 5) {
        GatePermit<String> permit = permit("d" + step);
        tested.add(permit, ++time);
        model.add(permit);
        began.add(time);
      } else if (step % 10 < 9 && !model.isEmpty()) {
        int index = step / 10 % model.size();
        tested.remove(model.remove(index));
        began.remove(index);
        polled -= index < polled ? 1 : 0;
      } else {
        long until = time - step / 10;
        boolean any = polled < model.size() && began.get(polled) - until <= 0;
        assertThat(tested.pollBegunBy(until)).isEqualTo(any ? model.get(polled).site.id : -1);
        polled += any ? 1 : 0;
      }
      assertThat(tested.nextBegan()).isEqualTo(polled < began.size() ? began.get(polled) : null);
      assertThat(tested.oldest()).isEqualTo(began.stream().findFirst());
      assertThat(all(tested)).isEqualTo(model);
    }
  }
}
