package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mailweir.core.Standing.LIVE;
import static org.mailweir.core.Standing.NEW;
import static org.mailweir.core.Standing.RECOVERING;
import static org.mailweir.core.Standing.SUSPECT;
import static org.mailweir.core.Standing.SUSPENDED;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class StandingTest {
  private final GateHarness gate = GateHarness.start();

  private static Set<Standing> legalAfter(Standing from) {
    return switch (from) {
      case NEW -> EnumSet.of(LIVE, SUSPECT, SUSPENDED);
      case SUSPECT -> EnumSet.of(LIVE, SUSPENDED);
      case LIVE -> EnumSet.of(SUSPENDED);
      case SUSPENDED -> EnumSet.of(NEW, LIVE, RECOVERING);
      case RECOVERING -> EnumSet.of(LIVE, SUSPENDED);
    };
  }

  @ParameterizedTest
  @EnumSource
  void hasTheLegalEdgesAndNoOther(Standing from) {
    for (Standing to : Standing.values()) {
      assertThat(from.mayBecome(to))
          .as("%s -> %s", from, to)
          .isEqualTo(legalAfter(from).contains(to));
    }
  }

  private void heardLast(String transition) {
    assertThat(gate.heard).last().isEqualTo(transition);
  }

  @ParameterizedTest
  @EnumSource(
      value = Outcome.class,
      names = {"DELIVERED", "REJECTED", "DEFERRED", "THROTTLED", "READY"})
  void aNewSiteThatAnswersIsLive(Outcome outcome) {
    gate.settle(gate.readyPermit("a.test"), outcome);
    heardLast("a.test NEW -> LIVE: it answers");
    assertThat(gate.window("a.test")).isGreaterThanOrEqualTo(2);
    assertThat(gate.status("a.test").lastSuccess()).contains(gate.now());
  }

  @Test
  void aNewSiteThatHangsIsSuspect() {
    gate.suspect("a.test");
    heardLast("a.test NEW -> SUSPECT: not ready in time");
  }

  @Test
  void aNewSiteThatIsUnreachableIsSuspendedAtOnce() {
    gate.permit("a.test").settle(Outcome.UNREACHABLE, "connect to 192.0.2.1:25 timed out");
    heardLast("a.test NEW -> SUSPENDED: connect to 192.0.2.1:25 timed out");
    assertThat(gate.status("a.test").suspendedSince()).contains(gate.now());
    assertThat(gate.window("a.test")).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = Outcome.class,
      names = {"UNKNOWN", "UNRESOLVED"})
  void aNewSiteOfWhichNothingWasLearnedStaysNew(Outcome outcome) {
    gate.settle(gate.permit("a.test"), outcome);
    assertThat(gate.standing("a.test")).isEqualTo(NEW);
    assertThat(gate.heard).isEmpty();
  }

  @Test
  void aSuspectSiteThatGetsThroughIsLive() {
    Permit permit = gate.permit("a.test");
    assertThat(permit.detach()).isTrue();
    gate.settle(permit, Outcome.READY);
    heardLast("a.test SUSPECT -> LIVE: it answers");
    assertThat(gate.window("a.test")).isEqualTo(5);
  }

  @Test
  void aSuspectSiteThatIsUnreachableIsSuspended() {
    Permit permit = gate.permit("a.test");
    assertThat(permit.detach()).isTrue();
    gate.settle(permit, Outcome.UNREACHABLE);
    heardLast("a.test SUSPECT -> SUSPENDED: words");
  }

  @Test
  void aLiveSiteIsSuspendedAtTheThirdFailureWithoutASuccessBetween() {
    gate.live("a.test");
    gate.settle(gate.permit("a.test"), Outcome.UNREACHABLE);
    gate.settle(gate.permit("a.test"), Outcome.UNREACHABLE);
    gate.settle(gate.readyPermit("a.test"), Outcome.DEFERRED);
    gate.settle(gate.permit("a.test"), Outcome.UNREACHABLE);
    gate.settle(gate.permit("a.test"), Outcome.UNREACHABLE);
    assertThat(gate.standing("a.test")).isEqualTo(LIVE);
    assertThat(gate.status("a.test").failures()).isEqualTo(2);
    gate.settle(gate.permit("a.test"), Outcome.UNREACHABLE);
    heardLast("a.test LIVE -> SUSPENDED: words");
  }

  @Test
  void aSuspendedSiteWhoseProbeGetsThroughIsRecovering() {
    gate.suspend("a.test");
    gate.nextProbe(Duration.ofSeconds(31)).settle(Outcome.READY, "");
    heardLast("a.test SUSPENDED -> RECOVERING: it answers");
    assertThat(gate.window("a.test")).isEqualTo(2);
  }

  @Test
  void aSuspendedSiteThatAnswersADeliveryInFlightIsRecovering() {
    gate.live("a.test");
    Permit permit = gate.readyPermit("a.test");
    gate.suspend("a.test");
    gate.settle(permit, Outcome.REJECTED);
    heardLast("a.test SUSPENDED -> RECOVERING: it answers");
  }

  static List<Long> starts() {
    return GateHarness.STARTS;
  }

  @ParameterizedTest
  @MethodSource("starts")
  void aSuspendedSiteThatNobodyProbedForAnHourIsNew(long start) {
    GateHarness any = GateHarness.at(start, builder -> {});
    any.suspend("a.test");
    any.jump(Duration.ofMinutes(60).minusMillis(1));
    any.refused("a.test", Refusal.Reason.SUSPENDED);
    any.jump(Duration.ofMillis(1));
    any.permit("a.test");
    assertThat(any.heard).last().isEqualTo("a.test SUSPENDED -> NEW: not probed for an hour");
    assertThat(any.window("a.test")).isEqualTo(2);
  }

  @Test
  void aSuspendedSiteThatIsBeingProbedIsNotForgotten() {
    gate.suspend("a.test");
    gate.jump(Duration.ofMinutes(60).minusSeconds(1));
    gate.refused("a.test", Refusal.Reason.SUSPENDED);
    Probe<String> late = gate.gate.pollProbe().orElseThrow();
    gate.jump(Duration.ofSeconds(2));
    gate.refused("a.test", Refusal.Reason.SUSPENDED);
    late.settle(Outcome.READY);
    assertThat(gate.standing("a.test")).isEqualTo(RECOVERING);
  }

  @Test
  void aSiteThatIsNewAgainHasItsFirstFailureToLookItUpBeforeIt() {
    gate.suspend("a.test");
    gate.nextProbe(Duration.ofSeconds(31)).settle(Outcome.UNRESOLVED, "");
    gate.jump(Duration.ofMinutes(61));
    gate.settle(gate.permit("a.test"), Outcome.UNRESOLVED);
    assertThat(gate.standing("a.test")).isEqualTo(NEW);
  }

  @Test
  void aLiveSiteStaysLiveWhenItsWindowReachesItsMost() {
    GateHarness few = GateHarness.clients(10);
    few.live("a.test");
    GateFlow.grow(few, "a.test", 8);
    GateFlow.deliverAtFullWindow(few, "a.test");
    assertThat(few.window("a.test")).isEqualTo(8);
    assertThat(few.standing("a.test")).isEqualTo(LIVE);
  }

  @Test
  void aRecoveringSiteIsLiveByTheGrowthThatItWasOwed() {
    gate.recovering("a.test");
    while (gate.window("a.test") < 19) {
      GateFlow.deliverAtFullWindow(gate, "a.test");
    }
    List<Permit> round = GateFlow.fill(gate, "a.test");
    var next = IntStream.range(0, 30).mapToObj(i -> gate.waits("a.test")).toList();
    gate.advance(Duration.ofMillis(20));
    List<Permit> first = round.subList(0, 3); // they end while two others are connecting
    gate.settle(first.get(0), Outcome.UNKNOWN);
    gate.settle(first.get(1), Outcome.UNKNOWN);
    gate.settle(first.get(2), Outcome.DELIVERED);
    assertThat(gate.standing("a.test")).isEqualTo(RECOVERING);
    next.stream().filter(GateHarness::admitted).forEach(answer -> ((Permit) answer.join()).ready());
    assertThat(gate.window("a.test")).isEqualTo(20);
    assertThat(gate.standing("a.test")).isEqualTo(LIVE);
  }

  @Test
  void aSiteThatIsNewAgainIsSuspendedByItsFirstFailure() {
    gate.live("a.test");
    gate.suspend("a.test");
    gate.jump(Duration.ofMinutes(60));
    gate.settle(gate.permit("a.test"), Outcome.UNREACHABLE);
    assertThat(gate.standing("a.test")).isEqualTo(SUSPENDED);
  }

  @Test
  void aSuspensionThatTheNextOneForgetsIsNoObstacle() {
    gate.suspend("a.test");
    gate.jump(Duration.ofMinutes(59));
    assertThat(gate.status("a.test").obstacle())
        .map(Refusal::reason)
        .contains(Refusal.Reason.SUSPENDED);
    gate.jump(Duration.ofMinutes(1));
    assertThat(gate.status("a.test").obstacle()).isEmpty();
    gate.hold("busy", 90);
    assertThat(gate.status("a.test").obstacle()).contains(gate.refusal("a.test", Attempt.FRESH));
  }

  @Test
  void aSiteThatAnOutageGaveBackStartsWithoutFailures() {
    OutageScene scene = new OutageScene(gate);
    scene.liveSites(6);
    gate.suspend("live0.test");
    scene.begin(1);
    assertThat(gate.standing("live0.test")).isEqualTo(LIVE);
    assertThat(gate.status("live0.test").failures()).isZero();
  }

  @Test
  void aSuspendedSiteThatWasProbedWithinTheHourStaysSuspended() {
    gate.suspend("a.test");
    gate.jump(Duration.ofMinutes(30));
    gate.nextProbe(Duration.ofMinutes(1)).settle(Outcome.UNREACHABLE, "");
    gate.jump(Duration.ofMinutes(59));
    gate.refused("a.test", Refusal.Reason.SUSPENDED);
    gate.jump(Duration.ofMinutes(1));
    gate.permit("a.test");
  }

  @Test
  void anOutageGivesEachFormerStandingBack() {
    OutageScene scene = new OutageScene(gate);
    Permit hung = gate.permit("suspect.test");
    assertThat(hung.detach()).isTrue();
    gate.recovering("recovering.test");
    scene.liveSites(6);
    gate.settle(hung, Outcome.UNREACHABLE);
    gate.suspend("new.test");
    gate.suspend("live0.test");
    gate.suspend("recovering.test");
    gate.heard.clear();
    scene.begin(1);
    assertThat(gate.heard)
        .contains(
            "suspect.test SUSPENDED -> NEW: local outage",
            "new.test SUSPENDED -> NEW: local outage",
            "live0.test SUSPENDED -> LIVE: local outage",
            "recovering.test SUSPENDED -> RECOVERING: local outage");
  }

  @Test
  void aRecoveringSiteIsLiveWhenItsWindowReachesTwenty() {
    gate.recovering("a.test");
    for (int window = 2; window < 20; window++) {
      assertThat(gate.standing("a.test")).isEqualTo(RECOVERING);
      assertThat(gate.window("a.test")).isEqualTo(window);
      GateFlow.deliverAtFullWindow(gate, "a.test");
    }
    assertThat(gate.window("a.test")).isEqualTo(20);
    heardLast("a.test RECOVERING -> LIVE: its window is open again");
  }

  @Test
  void aRecoveringSiteIsSuspendedAtTheThirdFailureAndProbedLater() {
    gate.recovering("a.test");
    gate.settle(gate.permit("a.test"), Outcome.UNREACHABLE);
    gate.settle(gate.permit("a.test"), Outcome.UNREACHABLE);
    assertThat(gate.standing("a.test")).isEqualTo(RECOVERING);
    gate.settle(gate.permit("a.test"), Outcome.UNREACHABLE);
    heardLast("a.test RECOVERING -> SUSPENDED: words");
    long wait = gate.status("a.test").nextProbe().orElseThrow() - gate.now();
    assertThat(Duration.ofNanos(wait)).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(60));
  }

  @Test
  void lookupFailuresAreNoVerdictUntilTheyRepeatForAMinute() {
    gate.live("a.test");
    for (int minute = 0; minute < 3; minute++) {
      for (int i = 0; i < 6; i++) {
        gate.settle(gate.permit("a.test"), Outcome.UNRESOLVED);
        assertThat(gate.status("a.test").failures()).isEqualTo(minute);
        gate.jump(Duration.ofSeconds(10));
      }
    }
    assertThat(gate.standing("a.test")).isEqualTo(LIVE);
    gate.settle(gate.permit("a.test"), Outcome.UNRESOLVED);
    assertThat(gate.standing("a.test")).isEqualTo(SUSPENDED);
  }

  @Test
  void outcomesThatProveASiteAliveAreThoseWithAReplyAtOrAfterMail() {
    assertThat(List.of(Outcome.values()).stream().filter(Outcome::provesAlive))
        .containsExactly(
            Outcome.DELIVERED,
            Outcome.REJECTED,
            Outcome.DEFERRED,
            Outcome.THROTTLED,
            Outcome.READY);
  }
}
