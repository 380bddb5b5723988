package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mailweir.core.Attempt.FRESH;
import static org.mailweir.core.Attempt.RETRIED;
import static org.mailweir.core.Attempt.UNKNOWN;
import static org.mailweir.core.GateHarness.admitted;
import static org.mailweir.core.GateHarness.permitOf;
import static org.mailweir.core.GateHarness.refusedAs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mailweir.core.Refusal.Reason;

/** Who has the next turn: at one destination, and between destinations. */
class GateTurnsTest {
  private final GateHarness gate = GateHarness.start();

  private List<Permit> fill(String destination) {
    gate.live(destination);
    return GateFlow.fill(gate, destination);
  }

  @Test
  void theNextOneStartsWhenADeliveryEnds() {
    List<Permit> inFlight = fill("a.test");
    CompletableFuture<Admission> first = gate.waits("a.test");
    CompletableFuture<Admission> second = gate.waits("a.test");
    gate.settle(inFlight.get(0), Outcome.REJECTED);
    assertThat(admitted(first)).isTrue();
    assertThat(second).isNotDone();
  }

  @Test
  void freshMailGoesBeforeRetriedMailAndEachFirstComeFirstServed() {
    List<Permit> inFlight = fill("a.test");
    List<String> order = new ArrayList<>();
    String[] names = {"retried 1", "fresh 1", "retried 2", "unknown 2", "fresh 3"};
    Attempt[] attempts = {RETRIED, FRESH, RETRIED, UNKNOWN, FRESH};
    for (int i = 0; i < names.length; i++) {
      String name = names[i];
      gate.waits("a.test", attempts[i]).thenRun(() -> order.add(name));
    }
    inFlight.forEach(permit -> gate.settle(permit, Outcome.REJECTED));
    assertThat(order).containsExactly("fresh 1", "unknown 2", "fresh 3", "retried 1", "retried 2");
  }

  @Test
  void aNewcomerDoesNotOvertakeOneThatWaits() {
    List<Permit> inFlight = fill("a.test");
    CompletableFuture<Admission> waiting = gate.waits("a.test", RETRIED);
    assertThat(gate.refusal("a.test", FRESH).reason()).isEqualTo(Reason.LONG_WAIT);
    gate.settle(inFlight.get(0), Outcome.REJECTED);
    assertThat(admitted(waiting)).isTrue();
  }

  @Test
  void aWaiterAtADestinationWithRoomStartsWhenTheGateHasRoomAgain() {
    GateHarness narrow = GateHarness.with(builder -> builder.maxInFlight(1));
    narrow.live("a.test");
    narrow.live("b.test");
    Permit only = narrow.permit("a.test");
    CompletableFuture<Admission> other = narrow.waits("b.test");
    narrow.settle(only, Outcome.DELIVERED);
    assertThat(admitted(other)).isTrue();
  }

  @Test
  void destinationsTakeTurnsUnderTheLimitOfTheGate() {
    GateHarness narrow = GateHarness.with(builder -> builder.maxInFlight(1));
    for (String destination : List.of("a.test", "b.test", "c.test")) {
      narrow.live(destination);
    }
    Permit[] current = {narrow.permit("a.test")};
    List<String> order = new ArrayList<>();
    for (String destination : List.of("a.test", "a.test", "a.test", "b.test", "b.test", "c.test")) {
      narrow
          .waits(destination)
          .thenAccept(
              admission -> {
                order.add(destination);
                current[0] = permitOf(admission);
              });
    }
    for (int i = 0; i < 6; i++) {
      narrow.settle(current[0], Outcome.REJECTED);
    }
    assertThat(order).containsExactly("a.test", "b.test", "c.test", "a.test", "b.test", "a.test");
    narrow.settle(current[0], Outcome.REJECTED);
    narrow.assertAllGivenBack();
  }

  @Test
  void neverHasMoreInFlightThanTheGateAllows() {
    GateHarness narrow = GateHarness.with(builder -> builder.maxInFlight(3));
    narrow.live("a.test");
    narrow.live("b.test");
    for (int i = 0; i < 3; i++) {
      narrow.permit("a.test");
    }
    narrow.refused("b.test", Reason.LONG_WAIT);
    assertThat(narrow.stats().inFlight()).isEqualTo(3);
  }

  @Test
  void aWaiterIsRefusedWhenItsPatienceIsOver() {
    fill("a.test");
    CompletableFuture<Admission> waiting = gate.ask("a.test", FRESH, Duration.ofSeconds(2));
    gate.advance(Duration.ofMillis(1990));
    assertThat(waiting).isNotDone();
    gate.advance(Duration.ofMillis(20));
    refusedAs(waiting, Reason.TIMED_OUT);
    assertThat(gate.stats().waiting()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void aRefusedWaitAllocatesNoRefusalOfItsOwn(Attempt attempt) {
    fill("a.test");
    CompletableFuture<Admission> one = gate.waits("a.test", attempt);
    CompletableFuture<Admission> two = gate.waits("a.test", attempt);
    gate.advance(Duration.ofSeconds(31));
    assertThat(one.join()).isSameAs(two.join());
    assertThat(one.join()).isEqualTo(new Refusal(Reason.TIMED_OUT, Refusal.NO_HINT, ""));
  }

  @Test
  void aDestinationStandsInLineFromWhenSomebodyWaitsThere() {
    GateHarness narrow = GateHarness.with(builder -> builder.maxInFlight(2));
    for (String destination : List.of("a.test", "b.test", "c.test")) {
      narrow.live(destination);
    }
    Permit one = narrow.permit("a.test");
    Permit two = narrow.permit("b.test");
    CompletableFuture<Admission> first = narrow.waits("b.test");
    narrow.settle(one, Outcome.DELIVERED);
    assertThat(admitted(first)).isTrue();
    CompletableFuture<Admission> second = narrow.waits("c.test");
    CompletableFuture<Admission> third = narrow.waits("a.test");
    narrow.settle(two, Outcome.DELIVERED);
    assertThat(admitted(second)).isTrue();
    assertThat(third).isNotDone();
  }

  @Test
  void aDestinationStandsInLineFromWhenItHasRoom() {
    GateHarness narrow = GateHarness.with(builder -> builder.maxInFlight(5));
    narrow.live("a.test");
    narrow.live("b.test");
    List<Permit> all = GateFlow.fill(narrow, "a.test");
    CompletableFuture<Admission> earlier = narrow.waits("a.test");
    CompletableFuture<Admission> later = narrow.waits("b.test");
    narrow.settle(all.get(0), Outcome.REJECTED);
    assertThat(admitted(later)).isTrue();
    assertThat(earlier).isNotDone();
  }

  @Test
  void aDestinationHasOneTurnARoundThoughSomeThereGaveUp() {
    GateHarness narrow = GateHarness.with(builder -> builder.maxInFlight(1));
    narrow.live("a.test");
    narrow.live("b.test");
    Permit[] current = {narrow.permit("c.test")};
    List<String> order = new ArrayList<>();
    CompletableFuture<Admission> given = narrow.waits("a.test");
    for (String destination : List.of("a.test", "a.test", "a.test", "b.test", "b.test")) {
      narrow
          .waits(destination)
          .thenAccept(
              admission -> {
                order.add(destination);
                current[0] = permitOf(admission);
              });
    }
    given.cancel(false);
    for (int i = 0; i < 5; i++) {
      narrow.settle(current[0], Outcome.REJECTED);
    }
    assertThat(order).containsExactly("a.test", "b.test", "a.test", "b.test", "a.test");
  }

  @Test
  void aWaitThatIsOverLeavesNothingToDo() {
    fill("a.test");
    long due = gate.gate.nextDue();
    CompletableFuture<Admission> waiting = gate.ask("a.test", FRESH, Duration.ofSeconds(2));
    assertThat(gate.gate.nextDue() - due).isNegative();
    waiting.cancel(false);
    assertThat(gate.gate.nextDue()).isEqualTo(due);
  }

  @Test
  void aDeliveryLeavesNothingToDoForALongTime() {
    gate.permit("a.test");
    assertThat(gate.gate.nextDue() - gate.now()).isGreaterThan(Underway.SLOW_AFTER / 2);
  }

  @Test
  void aWaitInVainCountsAsRefused() {
    fill("a.test");
    gate.waits("a.test");
    gate.advance(Duration.ofSeconds(31));
    assertThat(gate.status("a.test").lastRefusal()).contains(Reason.TIMED_OUT);
    assertThat(gate.status("a.test").refused()).isEqualTo(1);
  }
}
