package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mailweir.core.GateHarness.admitted;
import static org.mailweir.core.GateHarness.permitOf;
import static org.mailweir.core.GateHarness.refusedAs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mailweir.core.Refusal.Reason;

/** Bytes in flight, in all and by destination. */
class GateBytesTest {
  private final GateHarness gate =
      GateHarness.with(
          b ->
              b.maxBytes(1000)
                  .maxBytesPerDestination(
                      to -> to.startsWith("small") ? 300 : ByteBudget.UNLIMITED));

  @BeforeEach
  void makeLive() {
    gate.live("a.test");
    gate.live("b.test");
    gate.live("c.test");
    gate.live("small.test");
  }

  private void refused(String destination, long bytes) {
    Admission answer = gate.gate.begin(bytes).tryAdmit(destination, Attempt.FRESH);
    assertThat(((Refusal) answer).reason()).isEqualTo(Reason.BYTES);
  }

  @Test
  void takesNoMoreThanTheBudget() {
    gate.permit("a.test", 600);
    gate.permit("b.test", 400);
    refused("c.test", 1);
    gate.permit("c.test", 0);
    assertThat(gate.stats().bytesInFlight()).isEqualTo(1000);
    assertThat(gate.stats().limits())
        .containsEntry(GateStats.Limit.BYTES, new GateStats.Use(1000, 1000));
  }

  @Test
  void takesNoMoreThanTheDestinationsBudget() {
    gate.permit("small.test", 200);
    refused("small.test", 101);
    gate.permit("a.test", 101);
    gate.permit("small.test", 100);
    assertThat(gate.status("small.test").bytesInFlight()).isEqualTo(300);
    assertThat(gate.status("small.test").maxBytes()).contains(300L);
    assertThat(gate.status("a.test").maxBytes()).isEmpty();
  }

  @Test
  void saysWhichBudgetItsUseAndWhenToTryAgain() {
    gate.permit("small.test", 200);
    Refusal own = (Refusal) gate.gate.begin(200).tryAdmit("small.test", Attempt.FRESH);
    assertThat(own.detail()).isEqualTo("200 of 300 bytes in flight to it");
    assertThat(own.nextTryNanos()).isEqualTo(gate.now() + Limits.BYTES_HINT);
    Refusal all = (Refusal) gate.gate.begin(900).tryAdmit("a.test", Attempt.FRESH);
    assertThat(all.detail()).isEqualTo("200 of 1000 bytes in flight in all");
    assertThat(gate.gate.begin(900).tryAdmit("a.test", Attempt.FRESH)).isSameAs(all);
  }

  @Test
  void aMessageLargerThanTheBudgetGoesAlone() {
    Permit small = gate.permit("a.test", 1);
    CompletableFuture<Admission> large = gate.ask("b.test", 5000);
    assertThat(large).isNotDone();
    gate.settle(small, Outcome.DELIVERED);
    assertThat(admitted(large)).isTrue();
    refused("c.test", 1);
    gate.settle(permitOf(large.join()), Outcome.DELIVERED);
    gate.permit("c.test", 1);
  }

  @Test
  void bytesComeBackHoweverADeliveryEnds() {
    for (int i = 0; i < 5; i++) {
      Permit permit = gate.permit("small.test", 300);
      switch (i) {
        case 0 -> permit.settle(Outcome.DELIVERED);
        case 1 -> permit.close();
        case 2 -> assertThat(permit.detach()).isTrue();
        case 3 -> permit.settle(Outcome.REJECTED);
        default -> {
          gate.advance(Duration.ofSeconds(2));
          CompletableFuture<Admission> again =
              permit.requeue(GateHarness.PATIENCE, "421").toCompletableFuture();
          gate.advance(Duration.ofSeconds(2));
          assertThat(gate.status("small.test").bytesInFlight()).isEqualTo(300);
          permitOf(again.join()).close();
        }
      }
      permit.close();
      gate.gate.assertConsistent();
      assertThat(gate.stats().bytesInFlight()).isZero();
      assertThat(gate.status("small.test").bytesInFlight()).isZero();
    }
    gate.assertAllGivenBack();
  }

  @Test
  void eachDeliveryOfATransactionCounts() {
    Transaction<String> group = gate.gate.begin(400);
    permitOf(group.tryAdmit("a.test", Attempt.FRESH));
    permitOf(group.tryAdmit("b.test", Attempt.FRESH));
    assertThat(gate.stats().bytesInFlight()).isEqualTo(800);
    assertThat(((Refusal) group.tryAdmit("c.test", Attempt.FRESH)).reason())
        .isEqualTo(Reason.BYTES);
  }

  @Test
  void whatWaitsHoldsNoBytes() {
    Permit first = gate.permit("a.test", 1000);
    CompletableFuture<Admission> second = gate.ask("b.test", 1000);
    assertThat(second).isNotDone();
    assertThat(gate.stats().bytesInFlight()).isEqualTo(1000);
    second.cancel(true);
    assertThat(gate.stats().bytesInFlight()).isEqualTo(1000);
    first.close();
    gate.assertAllGivenBack();
  }

  @Test
  void smallOnesDoNotOvertakeALargeOneForEver() {
    Permit first = gate.permit("a.test", 500);
    Permit second = gate.permit("b.test", 500);
    CompletableFuture<Admission> large = gate.ask("c.test", 900);
    refused("a.test", 1);
    gate.settle(first, Outcome.DELIVERED);
    refused("a.test", 1); // though there is room: it is not its turn
    CompletableFuture<Admission> small = gate.ask("a.test", 100);
    assertThat(small).isNotDone();
    gate.settle(second, Outcome.DELIVERED);
    assertThat(admitted(large)).isTrue();
    assertThat(admitted(small)).isTrue();
  }

  @Test
  void aLargeOneHoldsUpTheOthersForASecondAtMost() {
    gate.permit("a.test", 100); // a tarpit, say
    CompletableFuture<Admission> large = gate.ask("c.test", 1000);
    CompletableFuture<Admission> small = gate.ask("b.test", 100);
    gate.advance(Duration.ofMillis(990));
    assertThat(small).isNotDone();
    gate.advance(Duration.ofMillis(20));
    assertThat(admitted(small)).isTrue();
    Permit other = gate.permit("a.test", 100);
    assertThat(large).isNotDone();
    gate.settle(other, Outcome.DELIVERED);
    gate.settle(permitOf(small.join()), Outcome.DELIVERED);
    assertThat(large).isNotDone();
  }

  @Test
  void manyLargeOnesHoldUpTheOthersForASecondAtMostToo() {
    for (int i = 0; i < 10; i++) {
      gate.live("large" + i + ".test");
    }
    gate.permit("a.test", 600);
    for (int i = 0; i < 10; i++) {
      gate.ask("large" + i + ".test", 500);
    }
    CompletableFuture<Admission> one = gate.ask("b.test", 100);
    gate.advance(Duration.ofMillis(1010));
    assertThat(admitted(one)).isTrue();
    CompletableFuture<Admission> next = gate.ask("c.test", 100);
    assertThat(next).isNotDone();
    gate.advance(Duration.ofMillis(1010));
    assertThat(admitted(next)).isTrue();
  }

  @Test
  void aLargeOneThatStoodAsideIsTheFirstToGo() {
    Permit first = gate.permit("a.test", 600);
    CompletableFuture<Admission> large = gate.ask("c.test", 900);
    gate.advance(Duration.ofMillis(1010));
    CompletableFuture<Admission> small = gate.ask("b.test", 500);
    assertThat(small).isNotDone();
    gate.settle(first, Outcome.DELIVERED);
    assertThat(admitted(large)).isTrue();
    assertThat(small).isNotDone();
    gate.settle(permitOf(large.join()), Outcome.DELIVERED);
    assertThat(admitted(small)).isTrue();
    gate.settle(permitOf(small.join()), Outcome.DELIVERED);
    gate.assertAllGivenBack();
  }

  /** One that fits goes, whoever else stands aside: newcomers of that size would pass it. */
  @Test
  void whoStandsAsideDoesNotHoldUpOthersThatDo() {
    Permit first = gate.permit("a.test", 600);
    CompletableFuture<Admission> large = gate.ask("c.test", 1000);
    gate.advance(Duration.ofMillis(1010));
    CompletableFuture<Admission> small = gate.ask("b.test", 500);
    gate.advance(Duration.ofMillis(1010));
    Permit other = gate.permit("a.test", 300);
    assertThat(small).isNotDone();
    gate.settle(first, Outcome.DELIVERED);
    assertThat(admitted(small)).isTrue();
    assertThat(large).isNotDone();
    gate.settle(other, Outcome.DELIVERED);
    gate.settle(permitOf(small.join()), Outcome.DELIVERED);
    assertThat(admitted(large)).isTrue();
  }

  @Test
  void aLargeOneThatGaveUpAsideLetsItsSiteGoOn() {
    Permit first = gate.permit("a.test", 600);
    CompletableFuture<Admission> large = gate.ask("c.test", 900);
    CompletableFuture<Admission> next = gate.ask("c.test", 100);
    gate.advance(Duration.ofMillis(1010));
    assertThat(next).isNotDone();
    large.cancel(true);
    assertThat(admitted(next)).isTrue();
    first.close();
  }

  @Test
  void aLargeOneThatGivesUpLetsTheSmallOnesGo() {
    gate.permit("small.test", 200);
    CompletableFuture<Admission> large = gate.ask("small.test", 200);
    CompletableFuture<Admission> small = gate.ask("small.test", 100);
    assertThat(small).isNotDone();
    large.cancel(false);
    assertThat(admitted(small)).isTrue();
  }

  @Test
  void aWaitThatEndsForWantOfBytesSaysSo() {
    gate.permit("a.test", 1000);
    CompletableFuture<Admission> waiting = gate.ask("b.test", 1);
    gate.advance(Duration.ofSeconds(31));
    refusedAs(waiting, Reason.BYTES);
    assertThat(gate.stats().refused()).containsEntry(Reason.BYTES, 1L);
  }

  @Test
  void thoseThatWaitForBytesLeaveTheReserveFree() {
    gate.permit("a.test", 1000);
    for (int i = 0; i < 100; i++) {
      gate.ask("b.test", 100);
      gate.ask("c.test", 100);
    }
    assertThat(gate.stats().clientsHeld()).isLessThanOrEqualTo(90);
    assertThat(gate.stats().clientsWaiting()).isEqualTo(50);
  }

  @Test
  void mailOfUnknownSizeCountsForNothing() {
    gate.permit("a.test", 1000);
    gate.permit("b.test");
    gate.permit("small.test", 0);
    assertThat(gate.stats().bytesInFlight()).isEqualTo(1000);
  }

  @Test
  void countsWithoutALimitToo() {
    GateHarness plain = GateHarness.start();
    plain.permit("a.test", 1L << 40);
    plain.permit("b.test", 5);
    assertThat(plain.stats().bytesInFlight()).isEqualTo((1L << 40) + 5);
    assertThat(plain.stats().limits()).doesNotContainKey(GateStats.Limit.BYTES);
  }

  @Test
  void aSizeBeyondAllMeasureFillsNothingThatHasNoLimit() {
    GateHarness free = GateHarness.start();
    free.live("a.test");
    List<Permit> permits = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      permits.add(free.permit("a.test", Long.MAX_VALUE));
    }
    assertThat(free.stats().bytesInFlight()).isEqualTo(3L << 40);
    permits.forEach(permit -> free.settle(permit, Outcome.DELIVERED));
    free.assertAllGivenBack();
  }

  @Test
  void refusesSizesThatMakeNoSense() {
    assertThatThrownBy(() -> gate.gate.begin(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> DestinationGate.builder().maxBytes(0))
        .isInstanceOf(IllegalArgumentException.class);
    GateHarness wrong = GateHarness.with(b -> b.maxBytesPerDestination(to -> 0));
    assertThatThrownBy(() -> wrong.gate.tryAdmit("a.test", Attempt.FRESH))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a.test");
    wrong.gate.assertConsistent();
  }

  /** They would wait for another reason too, and not be told when to try again. */
  @Test
  void bytesAreNotToBlameWhereSomethingElseIsInTheWay() {
    GateHarness narrow = GateHarness.with(b -> b.maxBytes(1000).maxInFlight(7));
    narrow.live("a.test");
    narrow.live("b.test");
    GateFlow.fill(narrow, "a.test");
    narrow.permit("b.test", 1000);
    Admission first = narrow.gate.begin(1).tryAdmit("a.test", Attempt.FRESH);
    assertThat(((Refusal) first).reason()).as("its window").isEqualTo(Reason.LONG_WAIT);
    narrow.permit("c.test");
    Admission second = narrow.gate.begin(1).tryAdmit("b.test", Attempt.FRESH);
    assertThat(((Refusal) second).reason()).as("the gate").isEqualTo(Reason.LONG_WAIT);
  }

  @Test
  void whoseWindowIsFullDoesNotKeepItsTurn() {
    gate.permit("a.test", 600);
    Permit open = gate.permit("c.test", 0);
    CompletableFuture<Admission> large = gate.ask("c.test", 900);
    CompletableFuture<Admission> small = gate.ask("b.test", 100);
    assertThat(small).isNotDone();
    gate.settle(open, Outcome.PUSHED_BACK);
    assertThat(admitted(small)).isTrue();
    assertThat(large).isNotDone();
  }

  @Test
  void whoStoodAsideWaitsForTheGateToo() {
    GateHarness narrow = GateHarness.with(b -> b.maxBytes(1000).maxInFlight(2));
    for (String destination : List.of("a.test", "b.test", "c.test")) {
      narrow.live(destination);
    }
    Permit first = narrow.permit("a.test", 600);
    CompletableFuture<Admission> large = narrow.ask("c.test", 500);
    narrow.advance(Duration.ofMillis(1010));
    CompletableFuture<Admission> next = narrow.ask("b.test", 450);
    narrow.advance(Duration.ofMillis(1010));
    Permit other = narrow.permit("a.test", 0);
    narrow.settle(first, Outcome.DELIVERED);
    assertThat(admitted(large)).isTrue();
    assertThat(next).isNotDone();
    narrow.settle(other, Outcome.DELIVERED);
    assertThat(admitted(next)).isTrue();
  }

  /** Who sleeps until then would not sleep at all. */
  @Test
  void asksForNoAdvanceWhileOneKeepsItsTurn() {
    gate.permit("a.test", 600);
    gate.ask("c.test", 900);
    assertThat(gate.gate.nextDue() - gate.now()).isPositive();
  }

  @Test
  void aBudgetOfDestinationsAloneIsToldToo() {
    GateHarness own = GateHarness.with(b -> b.maxBytesPerDestination(to -> 300));
    own.permit("a.test", 200);
    Admission answer = own.gate.begin(200).tryAdmit("a.test", Attempt.FRESH);
    assertThat(((Refusal) answer).detail()).isEqualTo("200 of 300 bytes in flight to it");
  }

  @Test
  void theSecondOfTheNextLargeOneBeginsAnew() {
    Permit first = gate.permit("a.test", 600);
    CompletableFuture<Admission> large = gate.ask("c.test", 900);
    gate.advance(Duration.ofMillis(500));
    gate.settle(first, Outcome.DELIVERED);
    assertThat(admitted(large)).isTrue();
    gate.ask("c.test", 900);
    CompletableFuture<Admission> small = gate.ask("b.test", 50);
    gate.advance(Duration.ofMillis(900));
    assertThat(small).isNotDone();
    gate.advance(Duration.ofMillis(200));
    assertThat(admitted(small)).isTrue();
  }
}
