package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** The depths against a model that lists the places that are taken. */
class DestinationDepthsPropertyTest {
  private static final int DESTINATIONS = 3;
  private static final int IN_FLIGHT = 2;
  private static final int WAITING = 2;

  /** What is done, with which destination or with which place ever given; modulo what there is. */
  record Step(Kind kind, int number) {}

  enum Kind {
    START,
    WAIT,
    ENTER,
    GO,
    CLOSE
  }

  private static final class Place {
    final int destination;
    final DestinationDepths<Integer>.Slot slot;
    boolean inFlight;
    boolean open = true;

    Place(int destination, DestinationDepths<Integer>.Slot slot, boolean inFlight) {
      this.destination = destination;
      this.slot = slot;
      this.inFlight = inFlight;
    }
  }

  private final DestinationDepths<Integer> depths =
      new DestinationDepths<>(DESTINATIONS, IN_FLIGHT, WAITING);
  private final List<Place> places = new ArrayList<>();

  @Property(tries = 300)
  void agreeWithCountingByHand(@ForAll("steps") @Size(max = 150) List<Step> steps) {
    for (Step step : steps) {
      int destination = step.number % (2 * DESTINATIONS);
      boolean mayStart = count(destination, true) < IN_FLIGHT;
      switch (step.kind) {
        case START -> enter(depths.tryStart(destination), destination, mayStart, true);
        case WAIT -> enter(depths.tryWait(destination), destination, mayWait(destination), false);
        case ENTER -> {
          boolean start = mayStart && count(destination, false) == 0;
          enter(depths.tryEnter(destination), destination, start || mayWait(destination), start);
        }
        case GO ->
            one(step)
                .ifPresent(
                    place -> {
                      boolean starts =
                          place.open
                              && (place.inFlight || count(place.destination, true) < IN_FLIGHT);
                      assertThat(place.slot.start()).isEqualTo(starts);
                      place.inFlight = place.open ? starts : place.inFlight;
                    });
        case CLOSE ->
            one(step)
                .ifPresent(
                    place -> {
                      place.slot.close(); // perhaps again
                      place.open = false;
                    });
      }
      check();
    }
  }

  private void enter(
      Optional<DestinationDepths<Integer>.Slot> slot, int destination, boolean room, boolean fly) {
    boolean tracked = busy(p -> p.destination == destination) > 0;
    boolean expected = room && (tracked || busy(p -> true) < DESTINATIONS);
    assertThat(slot.isPresent()).isEqualTo(expected);
    slot.ifPresent(s -> places.add(new Place(destination, s, fly)));
  }

  private void check() {
    depths.assertConsistent();
    assertThat(depths.destinations()).isLessThanOrEqualTo(DESTINATIONS);
    for (int d = 0; d < 2 * DESTINATIONS; d++) {
      assertThat(depths.depth(d))
          .isEqualTo(new DestinationDepths.Depth<>(d, count(d, true), count(d, false)));
      assertThat(depths.inFlight(d)).isEqualTo(count(d, true));
      assertThat(depths.waiting(d)).isEqualTo(count(d, false));
    }
    List<DestinationDepths.Depth<Integer>> busiest = depths.busiest(99);
    assertThat(busiest).hasSize(busy(p -> true));
    assertThat(busiest)
        .isSortedAccordingTo((a, b) -> b.inFlight() + b.waiting() - a.inFlight() - a.waiting());
    for (Place place : places) {
      assertThat(place.slot.isInFlight()).isEqualTo(place.open && place.inFlight);
    }
  }

  private Optional<Place> one(Step step) {
    return places.isEmpty()
        ? Optional.empty()
        : Optional.of(places.get(step.number % places.size()));
  }

  private boolean mayWait(int destination) {
    return count(destination, false) < WAITING;
  }

  private int count(int destination, boolean inFlight) {
    return (int)
        places.stream()
            .filter(p -> p.open && p.destination == destination && p.inFlight == inFlight)
            .count();
  }

  /** Returns how many destinations with places of that kind there are. */
  private int busy(Predicate<Place> which) {
    return (int)
        places.stream()
            .filter(p -> p.open && which.test(p))
            .mapToInt(p -> p.destination)
            .distinct()
            .count();
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.of(Kind.class), Arbitraries.integers().between(0, 1_000_000))
        .as(Step::new)
        .list();
  }
}
