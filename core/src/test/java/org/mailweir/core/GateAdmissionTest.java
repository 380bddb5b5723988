package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mailweir.core.Refusal.Reason;

/** Rules 4 and 5, refusals, the bounded table, and the ends of a permit. */
class GateAdmissionTest {
  private final GateHarness gate = GateHarness.start();

  // -- rule 4: how much one destination may hold

  @Test
  void aProvenDestinationHoldsFourTimesWhatItLeavesFree() {
    gate.live("big.test", Duration.ofSeconds(10));
    gate.hold("d", 80);
    for (int i = 0; i < 5; i++) {
      gate.permit("big.test"); // its window
    }
    for (int i = 5; i < 8; i++) {
      gate.waits("big.test"); // 8 < 4 x (90 - 87), and not 8 < 4 x (90 - 88)
    }
    GateHarness.refusedAs(gate.ask("big.test"), Reason.DESTINATION_SHARE);
  }

  /** A transaction that holds the last client: it may go on when nothing is free. */
  private Transaction<String> withTheLastClient() {
    gate.hold("d", 89);
    Transaction<String> last = gate.gate.begin();
    gate.live("mine.test", Duration.ofMillis(1));
    GateHarness.permitOf(last.tryAdmit("mine.test", Attempt.FRESH));
    return last;
  }

  @Test
  void twoAlwaysFit() {
    gate.live("big.test", Duration.ofSeconds(10));
    Transaction<String> last = withTheLastClient();
    GateHarness.permitOf(last.tryAdmit("big.test", Attempt.FRESH));
    GateHarness.permitOf(last.tryAdmit("big.test", Attempt.FRESH));
    assertThat(((Refusal) last.tryAdmit("big.test", Attempt.FRESH)).reason())
        .isEqualTo(Reason.DESTINATION_SHARE);
  }

  @Test
  void theDynamicShareIsForThoseThatHaveTakenAMessage() {
    gate.settle(gate.readyPermit("a.test"), Outcome.READY);
    assertThat(gate.standing("a.test")).isEqualTo(Standing.LIVE);
    gate.permit("a.test");
    gate.permit("a.test");
    gate.refused("a.test", Reason.DESTINATION_SHARE);
  }

  @ParameterizedTest
  @CsvSource({"2000, true", "2001, false"})
  void aSiteThatTurnsMailDownQuicklyIsNotRefusedForThat(int millis, boolean fits) {
    Permit permit = gate.readyPermit("a.test");
    gate.jump(Duration.ofMillis(millis));
    gate.settle(permit, Outcome.REJECTED);
    gate.permit("a.test");
    gate.permit("a.test");
    assertThat(gate.tryAdmit("a.test") instanceof Permit).isEqualTo(fits);
  }

  @ParameterizedTest
  @CsvSource({"2000, true", "2001, false"})
  void aShortWaitFitsInAnyCase(int millis, boolean fits) {
    gate.live("a.test", Duration.ofMillis(millis));
    Transaction<String> last = withTheLastClient();
    GateHarness.permitOf(last.tryAdmit("a.test", Attempt.FRESH));
    GateHarness.permitOf(last.tryAdmit("a.test", Attempt.FRESH));
    assertThat(last.tryAdmit("a.test", Attempt.FRESH) instanceof Permit).isEqualTo(fits);
  }

  @Test
  void aWaitOfMoreThanASecondIsNotShort() {
    gate.live("a.test", Duration.ofSeconds(1));
    gate.hold("d", 80);
    GateFlow.fill(gate, "a.test"); // 85 held, free 5: the share is 20
    for (int i = 0; i < 5; i++) {
      gate.ask("a.test"); // (waiting + 1) x 1 s / 5 <= 1 s
    }
    assertThat(gate.status("a.test").waiting()).isEqualTo(5);
    GateHarness.refusedAs(gate.ask("a.test"), Reason.DESTINATION_SHARE);
  }

  // -- rule 5: waiting

  @Test
  void waitsOnlyIfTheTurnIsExpectedWithinThirtySeconds() {
    gate.live("a.test", Duration.ofSeconds(50));
    GateFlow.fill(gate, "a.test");
    for (int i = 0; i < 3; i++) {
      gate.waits("a.test"); // 10, 20, 30 s
    }
    GateHarness.refusedAs(
        gate.ask("a.test", Attempt.FRESH, Duration.ofMinutes(5)), Reason.LONG_WAIT);
  }

  @Test
  void waitsOnlyIfTheTurnIsExpectedWithinThePatience() {
    gate.live("a.test", Duration.ofSeconds(10));
    GateFlow.fill(gate, "a.test");
    GateHarness.refusedAs(
        gate.ask("a.test", Attempt.FRESH, Duration.ofMillis(1999)), Reason.LONG_WAIT);
    assertThat(gate.ask("a.test", Attempt.FRESH, Duration.ofMillis(2000))).isNotDone();
  }

  @Test
  void freshMailDoesNotCountTheRetriedMailBeforeIt() {
    gate.live("a.test", Duration.ofSeconds(50));
    GateFlow.fill(gate, "a.test");
    for (int i = 0; i < 3; i++) {
      gate.waits("a.test", Attempt.RETRIED);
    }
    GateHarness.refusedAs(
        gate.ask("a.test", Attempt.RETRIED, GateHarness.PATIENCE), Reason.LONG_WAIT);
    gate.waits("a.test", Attempt.FRESH);
  }

  @Test
  void refusesANegativePatience() {
    assertThatThrownBy(() -> gate.ask("a.test", Attempt.FRESH, Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(gate.ask("a.test", Attempt.FRESH, Duration.ofSeconds(Long.MAX_VALUE))).isDone();
  }

  // -- suspension and refusal

  @Test
  void suspensionRefusesThoseThatWaitWithItsCauseAndTheNextProbe() {
    gate.live("a.test");
    List<Permit> inFlight = GateFlow.fill(gate, "a.test");
    for (int i = 0; i < 2; i++) {
      gate.waits("a.test"); // they get the turns of the first two that fail
    }
    var waiting = List.of(gate.waits("a.test"), gate.waits("a.test", Attempt.RETRIED));
    for (int i = 0; i < 3; i++) {
      inFlight.get(i).settle(Outcome.UNREACHABLE, "connect to 192.0.2.1:25 timed out");
    }
    for (var answer : waiting) {
      Refusal refusal = (Refusal) answer.join();
      assertThat(refusal.reason()).isEqualTo(Reason.SUSPENDED);
      assertThat(refusal.detail()).isEqualTo("connect to 192.0.2.1:25 timed out");
      assertThat(gate.status("a.test").nextProbe()).contains(refusal.nextTryNanos());
      assertThat(gate.tryAdmit("a.test")).isSameAs(refusal);
    }
  }

  @Test
  void aSuspectDestinationHasOneAttempt() {
    Permit hung = gate.permit("a.test");
    Permit second = gate.permit("a.test");
    var third = gate.waits("a.test");
    assertThat(hung.detach()).isTrue();
    GateHarness.refusedAs(third, Reason.SUSPECT);
    gate.refused("a.test", Reason.SUSPECT);
    second.close();
    gate.refused("a.test", Reason.SUSPECT);
    hung.close();
    gate.permit("a.test");
    gate.refused("a.test", Reason.SUSPECT);
  }

  @ParameterizedTest
  @EnumSource(names = {"SUSPENDED", "SUSPECT", "UNPROVEN_SHARE", "LONG_WAIT"})
  void refusesWithOneObjectPerReason(Reason reason) {
    switch (reason) {
      case SUSPENDED -> gate.suspend("a.test");
      case SUSPECT -> gate.suspect("a.test");
      case UNPROVEN_SHARE -> {
        gate.permit("a.test");
        gate.permit("a.test");
        gate.waits("a.test");
      }
      default -> {
        gate.live("a.test");
        GateFlow.fill(gate, "a.test");
      }
    }
    Refusal first = gate.refusal("a.test", Attempt.FRESH);
    assertThat(first.reason()).isEqualTo(reason);
    for (int i = 0; i < 10; i++) {
      assertThat(gate.tryAdmit("a.test")).isSameAs(first);
      gate.tick();
    }
    assertThat(gate.status("a.test").refused()).isEqualTo(11);
  }

  // -- the table

  @Test
  void aFullTableEvictsTheDestinationUnusedForLongest() {
    GateHarness small = GateHarness.with(b -> b.maxDestinations(3));
    small.live("a.test");
    small.live("b.test");
    small.live("c.test");
    small.settle(small.permit("a.test"), Outcome.UNKNOWN);
    small.permit("d.test");
    assertThat(small.gate.status("b.test")).isEmpty();
    assertThat(small.gate.status("a.test")).isPresent();
    assertThat(small.stats().evicted()).isEqualTo(1);
    assertThat(small.stats().destinations()).isEqualTo(3);
  }

  @Test
  void refusesWhatItCannotTrackInsteadOfLettingItGoUnchecked_sentinel() {
    GateHarness small = GateHarness.with(b -> b.maxDestinations(3));
    Permit inFlight = small.permit("a.test");
    Permit detached = small.permit("b.test");
    assertThat(detached.detach()).isTrue();
    small.suspend("c.test");
    Probe<String> probe = small.nextProbe(Duration.ofSeconds(31));
    for (int i = 0; i < 1000; i++) {
      small.refused("d" + i + ".test", Reason.TABLE_FULL);
    }
    assertThat(small.stats().destinations()).isEqualTo(3);
    probe.close();
    small.permit("d.test");
    assertThat(small.gate.status("c.test")).isEmpty();
    inFlight.close();
    detached.close();
  }

  // -- the ends of a permit

  @ParameterizedTest
  @EnumSource
  void aPermitIsGivenBackOnceHoweverOftenItIsSettled_failsafe393(Outcome outcome) {
    Permit permit = gate.readyPermit("a.test");
    Permit other = gate.readyPermit("a.test");
    assertThat(permit.settle(outcome)).isTrue();
    for (Outcome again : Outcome.values()) {
      assertThat(permit.settle(again, "again")).isFalse();
      permit.close();
      assertThat(permit.ready()).as("may send").isFalse();
      assertThat(permit.detach()).isFalse();
    }
    gate.gate.assertConsistent();
    assertThat(gate.stats().inFlight()).isEqualTo(1);
    assertThat(gate.stats().settled().get(outcome)).isEqualTo(1);
    other.close();
    gate.assertAllGivenBack();
  }

  @Test
  void aPermitSaysWhereToAndWhatBecameOfIt() {
    Permit permit = gate.permit("a.test");
    assertThat(permit).hasToString("Permit[a.test, IN_FLIGHT]");
    permit.close();
    assertThat(permit).hasToString("Permit[a.test, SETTLED]");
  }

  @Test
  void aPermitThatIsInFlightMaySendHoweverOftenItIsReady() {
    Permit permit = gate.permit("a.test");
    assertThat(permit.ready()).isTrue();
    assertThat(permit.ready()).isTrue();
    gate.gate.assertConsistent();
    permit.close();
    gate.assertAllGivenBack();
  }

  @Test
  void aClosedPermitIsNoSuccess() {
    gate.permit("a.test").close();
    assertThat(gate.standing("a.test")).isEqualTo(Standing.NEW);
    assertThat(gate.stats().settled().get(Outcome.UNKNOWN)).isEqualTo(1);
  }

  // -- detaching

  @Test
  void aDetachedAttemptHoldsNoClientAndStillTeaches() {
    Permit permit = gate.permit("a.test");
    assertThat(permit.detach()).isTrue();
    assertThat(permit.detach()).as("may go on, still").isTrue();
    assertThat(permit.ready()).as("may send").isFalse();
    GateStats stats = gate.stats();
    assertThat(List.of(stats.clientsHeld(), stats.inFlight(), stats.unproven())).containsOnly(0);
    assertThat(stats.detached()).isEqualTo(1);
    assertThat(permit.settle(Outcome.UNREACHABLE, "timed out")).isTrue();
    assertThat(gate.standing("a.test")).isEqualTo(Standing.SUSPENDED);
    gate.assertAllGivenBack();
  }

  @Test
  void twoAreDetachedPerDestinationAndAThirdIsGivenUp() {
    gate.live("a.test");
    List<Permit> permits = GateFlow.fill(gate, "a.test");
    assertThat(permits.get(0).detach()).isTrue();
    assertThat(permits.get(1).detach()).isTrue();
    assertThat(permits.get(2).detach()).isFalse();
    assertThat(permits.get(2).settle(Outcome.DELIVERED)).isFalse();
    assertThat(gate.status("a.test").detached()).isEqualTo(2);
    permits.forEach(Permit::close);
    gate.assertAllGivenBack();
  }

  @Test
  void onlySoManyAreDetachedInAll() {
    GateHarness few = GateHarness.with(b -> b.maxDetached(3));
    List<Permit> detached = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Permit permit = few.permit("d" + i + ".test");
      assertThat(permit.detach()).isTrue();
      detached.add(permit);
    }
    assertThat(few.permit("other.test").detach()).isFalse();
    detached.get(0).close();
    assertThat(few.permit("another.test").detach()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"5000, 0", "5001, 1"})
  void aHungAttemptCutsALiveWindowAndFailsOnlyAQuietSite(int quietMillis, int failures) {
    gate.live("a.test");
    GateFlow.grow(gate, "a.test", 10);
    Permit permit = gate.permit("a.test");
    gate.jump(Duration.ofMillis(quietMillis));
    assertThat(permit.detach()).isTrue();
    assertThat(gate.window("a.test")).isEqualTo(7);
    assertThat(gate.status("a.test").failures()).isEqualTo(failures);
    // The end of the attempt is the same failure, not another one.
    permit.settle(Outcome.UNREACHABLE, "");
    assertThat(gate.status("a.test").failures()).isEqualTo(1);
  }

  // -- closing, and any clock

  @Test
  void closeRefusesAllThatWaitsOrComes() {
    gate.live("a.test");
    List<Permit> inFlight = GateFlow.fill(gate, "a.test");
    var waiting = gate.waits("a.test");
    gate.suspend("b.test");
    gate.gate.close();
    gate.gate.close();
    GateHarness.refusedAs(waiting, Reason.CLOSED);
    gate.refused("a.test", Reason.CLOSED);
    GateHarness.refusedAs(
        inFlight.get(0).requeue(GateHarness.PATIENCE, "").toCompletableFuture(), Reason.CLOSED);
    gate.noProbe(Duration.ofMinutes(1));
    assertThat(inFlight.get(1).settle(Outcome.DELIVERED)).isTrue();
    inFlight.forEach(Permit::close);
    gate.assertAllGivenBack();
  }

  static List<Long> starts() {
    return GateHarness.STARTS;
  }

  @ParameterizedTest
  @MethodSource("starts")
  void worksOnAClockOfAnyOrigin(long start) {
    GateHarness any = GateHarness.at(start, builder -> {});
    any.live("a.test");
    GateFlow.fill(any, "a.test");
    var waiting = any.waits("a.test");
    any.advance(Duration.ofSeconds(29));
    assertThat(waiting).isNotDone();
    any.advance(Duration.ofSeconds(2));
    GateHarness.refusedAs(waiting, Reason.TIMED_OUT);
    any.suspend("b.test");
    any.nextProbe(Duration.ofSeconds(31)).settle(Outcome.READY, "");
    assertThat(any.standing("b.test")).isEqualTo(Standing.RECOVERING);
  }

  @Test
  void aClosedGateTakesNoNotesOfWhomItRefuses() {
    gate.gate.close();
    gate.refused("a.test", Reason.CLOSED);
    GateHarness.refusedAs(gate.ask("b.test"), Reason.CLOSED);
    assertThat(gate.stats().destinations()).isZero();
  }

  @Test
  void theDynamicShareIsForThoseTooThatTurnMailDownQuickly() {
    Permit permit = gate.readyPermit("a.test");
    gate.jump(Duration.ofSeconds(2));
    gate.settle(permit, Outcome.REJECTED);
    GateFlow.fill(gate, "a.test");
    for (int i = 0; i < 3; i++) {
      gate.waits("a.test"); // the third one for more than a second
    }
  }

  /** Though mail was told of its suspension in this tick, and nothing else would be looked at. */
  @Test
  void aClosedGateAndAClosedTransactionSaySoOfASuspendedDestinationToo() {
    gate.suspend("a.test");
    gate.tick();
    gate.refused("a.test", Reason.SUSPENDED);
    Transaction<String> group = gate.gate.begin();
    group.close();
    assertThat(((Refusal) group.tryAdmit("a.test", Attempt.FRESH)).reason())
        .isEqualTo(Reason.CANCELLED);
    gate.refused("a.test", Reason.SUSPENDED);
    gate.gate.close();
    gate.refused("a.test", Reason.CLOSED);
  }

  @Test
  void aClosedGateDoesNotAskToBePolled() {
    gate.suspend("a.test");
    gate.jump(Duration.ofSeconds(31));
    assertThat(gate.gate.nextDue() - gate.now()).isNotPositive();
    gate.gate.close();
    assertThat(gate.gate.nextDue() - gate.now()).isPositive();
  }

  @Test
  void timeDoesNotGoBack() {
    gate.jump(Duration.ofSeconds(5));
    gate.gate.advance(0, 1);
    gate.suspend("a.test");
    assertThat(gate.status("a.test").suspendedSince()).contains(5_000_000_000L);
    assertThatThrownBy(() -> gate.gate.advance(6_000_000_000L, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
