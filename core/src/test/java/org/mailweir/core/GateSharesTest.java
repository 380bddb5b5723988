package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.core.Refusal.Reason;

/** Rules 0 to 3: which part of the clients what may hold. */
class GateSharesTest {
  private static final Duration LONG = Duration.ofSeconds(3);

  @ParameterizedTest
  @CsvSource({"100, 90", "50, 45", "10, 9", "19, 18"})
  void aTenthOfTheClientsStaysFreeToRefuse(int clients, int most) {
    GateHarness gate = GateHarness.clients(clients);
    gate.live("other.test", LONG);
    List<Permit> held = gate.hold("d", most);
    assertThat(gate.stats().clientsHeld()).isEqualTo(most);
    gate.refused("other.test", Reason.CLIENTS);
    held.get(0).close();
    gate.permit("other.test");
  }

  @ParameterizedTest
  @CsvSource({"100, 70", "50, 35", "10, 7"})
  void retriedMailHoldsSevenTenthsOfTheClients(int clients, int most) {
    GateHarness gate = GateHarness.clients(clients);
    for (int i = 0; i <= most / 2; i++) {
      gate.live("d" + i + ".test", LONG);
    }
    for (int i = 0; i < most; i++) {
      GateHarness.permitOf(gate.tryAdmit("d" + i / 2 + ".test", Attempt.RETRIED)).ready();
    }
    String last = "d" + most / 2 + ".test";
    assertThat(gate.refusal(last, Attempt.RETRIED).reason()).isEqualTo(Reason.CLIENTS);
    gate.permit(last);
  }

  @Test
  void whatIsOverInAMomentMayTakeTheLastClients() {
    GateHarness gate = GateHarness.start();
    gate.live("quick.test");
    gate.live("other.test");
    gate.hold("d", 90);
    for (int i = 0; i < 5; i++) {
      gate.readyPermit("quick.test");
      gate.readyPermit("other.test");
    }
    assertThat(gate.stats().clientsHeld()).isEqualTo(100);
    GateHarness.refusedAs(gate.ask("quick.test"), Reason.CLIENTS);
  }

  @Test
  void theLastClientsAreNotForThoseOfWhichManyHaveYetToGetThrough() {
    GateHarness gate = GateHarness.start();
    gate.live("quick.test");
    List<Permit> connecting = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      gate.live("c" + i + ".test", LONG);
    }
    List<Permit> held = gate.hold("d", 70);
    for (int i = 0; i < 20; i++) {
      connecting.add(gate.permit("c" + i / 2 + ".test"));
    }
    assertThat(gate.stats().clientsHeld()).isEqualTo(held.size() + connecting.size());
    gate.refused("quick.test", Reason.CLIENTS);
    connecting.get(0).ready();
    gate.permit("quick.test");
  }

  @ParameterizedTest
  @CsvSource({"100, 50", "50, 25", "10, 5"})
  void halfOfTheClientsMayWait(int clients, int most) {
    GateHarness gate = GateHarness.with(b -> b.clients(clients).maxInFlight(1));
    for (int i = 0; i <= most; i++) {
      gate.live("d" + i + ".test");
    }
    gate.permit("d0.test");
    List<CompletableFuture<Admission>> waiting = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      waiting.add(gate.waits("d" + i + ".test"));
    }
    assertThat(gate.stats().clientsWaiting()).isEqualTo(most);
    String last = "d" + most + ".test";
    GateHarness.refusedAs(gate.ask(last), Reason.WAITING_SHARE);
    waiting.get(0).cancel(false);
    gate.waits(last);
  }

  @Test
  void whoIsPushedBackWaitsWithinThatHalfToo() {
    GateHarness gate = GateHarness.with(b -> b.clients(10));
    gate.live("a.test");
    List<Permit> open = GateFlow.fill(gate, "a.test");
    List<CompletableFuture<Admission>> waiting = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      waiting.add(gate.waits("a.test"));
    }
    assertThat(open.remove(0).requeue(GateHarness.PATIENCE, "421").toCompletableFuture())
        .isNotDone();
    GateHarness.refusedAs(
        open.remove(0).requeue(GateHarness.PATIENCE, "421").toCompletableFuture(),
        Reason.WAITING_SHARE);
    waiting.forEach(answer -> answer.cancel(false));
    gate.gate.assertConsistent();
  }

  @ParameterizedTest
  @CsvSource({"100, 10", "50, 5", "10, 1"})
  void failingDestinationsHoldATenth(int clients, int most) {
    GateHarness gate = GateHarness.clients(clients);
    for (int i = 0; i <= most; i++) {
      Permit hung = gate.permit("d" + i + ".test");
      assertThat(hung.detach()).isTrue();
      hung.close();
    }
    List<Permit> held = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      held.add(gate.permit("d" + i + ".test"));
    }
    assertThat(gate.stats().failing()).isEqualTo(most);
    gate.refused("d" + most + ".test", Reason.FAILING_SHARE);
    held.get(0).close();
    gate.permit("d" + most + ".test");
  }

  @ParameterizedTest
  @CsvSource({"100, 40", "50, 20", "10, 4"})
  void unprovenDestinationsHoldFourTenths(int clients, int most) {
    GateHarness gate = GateHarness.clients(clients);
    List<Permit> held = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      held.add(gate.permit("d" + i + ".test"));
    }
    gate.refused("other.test", Reason.UNPROVEN_SHARE);
    held.get(0).close();
    gate.permit("other.test");
  }

  @ParameterizedTest
  @CsvSource({"100, RETRIED, 20", "50, RETRIED, 10", "10, RETRIED, 2"})
  void retriedMailHoldsHalfOfThat(int clients, Attempt attempt, int most) {
    GateHarness gate = GateHarness.clients(clients);
    for (int i = 0; i < most; i++) {
      GateHarness.permitOf(gate.tryAdmit("d" + i + ".test", attempt));
    }
    assertThat(gate.refusal("other.test", attempt).reason()).isEqualTo(Reason.UNPROVEN_SHARE);
    for (int i = 0; i < most; i++) {
      gate.permit("f" + i + ".test");
    }
    gate.refused("other.test", Reason.UNPROVEN_SHARE);
  }

  @Test
  void mailOfUnknownAgeIsTakenForFreshAtItsFirstSightOfADestinationOnly() {
    GateHarness gate = GateHarness.start();
    for (int i = 0; i < 18; i++) {
      GateHarness.permitOf(gate.tryAdmit("d" + i + ".test", Attempt.UNKNOWN));
    }
    for (int i = 0; i < 18; i++) {
      GateHarness.permitOf(gate.tryAdmit("d" + i + ".test", Attempt.UNKNOWN));
    }
    GateHarness.permitOf(gate.tryAdmit("r0.test", Attempt.RETRIED));
    GateHarness.permitOf(gate.tryAdmit("r1.test", Attempt.RETRIED));
    assertThat(gate.stats().unproven()).isEqualTo(38);
    assertThat(gate.refusal("d0.test", Attempt.UNKNOWN).reason()).isEqualTo(Reason.UNPROVEN_SHARE);
    GateHarness.permitOf(gate.tryAdmit("never-seen.test", Attempt.UNKNOWN));
  }

  @Test
  void provenDestinationsAreNotCountedAsUnproven() {
    GateHarness gate = GateHarness.start();
    gate.hold("live", 20);
    assertThat(gate.stats().unproven()).isZero();
  }

  @Test
  void aDestinationNotHeardOfForTenMinutesIsUnprovenAgain() {
    GateHarness gate = GateHarness.start();
    gate.live("a.test");
    gate.jump(Duration.ofMinutes(10));
    gate.permit("a.test");
    assertThat(gate.stats().unproven()).isZero();
    gate.jump(Duration.ofMillis(1));
    gate.permit("a.test");
    assertThat(gate.stats().unproven()).isEqualTo(1);
  }

  @Test
  void aDestinationThatFailsIsUnprovenUntilItAnswers() {
    GateHarness gate = GateHarness.start();
    gate.live("a.test");
    gate.settle(gate.permit("a.test"), Outcome.UNREACHABLE);
    Permit permit = gate.permit("a.test");
    assertThat(gate.stats().unproven()).isEqualTo(1);
    gate.settle(permit, Outcome.REJECTED);
    gate.permit("a.test");
    assertThat(gate.stats().unproven()).isZero();
  }

  @Test
  void aNewDestinationHoldsThree() {
    GateHarness gate = GateHarness.start();
    gate.permit("a.test");
    gate.permit("a.test");
    gate.waits("a.test");
    gate.refused("a.test", Reason.UNPROVEN_SHARE);
    assertThat(gate.status("a.test").inFlight()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 50, 10})
  void slowDeliveriesHoldHalfOfTheClients(int clients) {
    GateHarness gate = GateHarness.clients(clients);
    gate.live("other.test");
    List<Permit> held = gate.hold("d", clients / 2);
    gate.advance(Duration.ofMillis(29_980));
    assertThat(gate.stats().slow()).isZero();
    gate.advance(Duration.ofMillis(30));
    assertThat(gate.stats().slow()).isEqualTo(clients / 2);
    gate.refused("d0", Reason.SLOW_SHARE);
    gate.permit("other.test");
    gate.settle(held.get(0), Outcome.UNKNOWN);
    gate.permit("d0");
  }

  @Test
  void aSlowDestinationIsFastAgainWhenItsOldDeliveriesAreOver() {
    GateHarness gate = GateHarness.start();
    gate.live("a.test");
    Permit old = gate.readyPermit("a.test");
    gate.advance(Duration.ofSeconds(31));
    Permit young = gate.readyPermit("a.test");
    assertThat(gate.stats().slow()).isEqualTo(2);
    gate.settle(old, Outcome.REJECTED);
    assertThat(gate.stats().slow()).isZero();
    gate.settle(young, Outcome.REJECTED);
    gate.assertAllGivenBack();
  }

  @Test
  void anyNumberOfClientsMayBeAllowed() {
    GateHarness gate = GateHarness.clients(Integer.MAX_VALUE);
    for (int i = 0; i < 30; i++) { // its window grows
      List<Permit> held = gate.hold("a", 4);
      gate.advance(Duration.ofSeconds(10));
      held.forEach(permit -> gate.settle(permit, Outcome.DELIVERED));
    }
    assertThat(gate.hold("a", 4)).hasSize(4);
  }

  @Test
  void onlyTheDeliveriesThatAreOldMakeADestinationSlow() {
    GateHarness gate = GateHarness.start();
    gate.live("a.test");
    gate.live("b.test");
    Permit hung = gate.permit("c.test");
    assertThat(hung.detach()).isTrue();
    gate.permit("a.test");
    gate.jump(Duration.ofSeconds(10));
    gate.permit("b.test");
    gate.jump(Duration.ofSeconds(20).plusMillis(10));
    assertThat(gate.stats().slow()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"30000, 0", "30001, 1"})
  void aDestinationIsSlowThatTakesMoreThanThirtySeconds(int millis, int slow) {
    GateHarness gate = GateHarness.start();
    gate.live("a.test", Duration.ofMillis(millis));
    gate.permit("a.test");
    assertThat(gate.stats().slow()).isEqualTo(slow);
  }
}
