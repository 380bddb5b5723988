package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.core.Refusal.Reason;

/** When a destination is tried without mail, and within which budget. */
class ProbesTest {
  private static final long HOUR = Duration.ofHours(1).toNanos();

  private final GateHarness gate = GateHarness.start();

  private static Duration waitForProbe(GateHarness gate, String destination) {
    return Duration.ofNanos(gate.status(destination).nextProbe().orElseThrow() - gate.now());
  }

  // -- when

  @Test
  void waitsTwiceAsLongAfterEachFailureUpToFiveMinutes() {
    gate.suspend("a.test");
    for (int seconds : new int[] {30, 60, 120, 240, 300, 300}) {
      assertThat(waitForProbe(gate, "a.test"))
          .isBetween(Duration.ofSeconds(seconds).dividedBy(2), Duration.ofSeconds(seconds));
      gate.refused("a.test", Reason.SUSPENDED);
      gate.nextProbe(Duration.ofSeconds(301)).settle(Outcome.UNREACHABLE, "");
    }
  }

  @Test
  void isDueAtTheTimeThatTheRefusalNames() {
    gate.suspend("a.test");
    Refusal refusal = gate.refusal("a.test", Attempt.FRESH);
    assertThat(gate.status("a.test").nextProbe()).contains(refusal.nextTryNanos());
    gate.jump(Duration.ofNanos(refusal.nextTryNanos() - gate.now() - 1));
    assertThat(gate.gate.pollProbe()).isEmpty();
    gate.jump(Duration.ofMillis(2));
    assertThat(gate.gate.pollProbe()).isPresent();
  }

  @Test
  void noTimeIsToldWhileTheProbeIsDueOrUnderWay() {
    gate.suspend("a.test");
    Refusal planned = gate.refusal("a.test", Attempt.FRESH);
    gate.jump(Duration.ofSeconds(31));
    Refusal due = gate.refusal("a.test", Attempt.FRESH);
    assertThat(due).isEqualTo(new Refusal(Reason.SUSPENDED, Refusal.NO_HINT, planned.detail()));
    assertThat(planned.nextTry()).contains(planned.nextTryNanos());
    assertThat(due.nextTry()).isEmpty();
    Probe<String> probe = gate.gate.pollProbe().orElseThrow();
    gate.jump(Duration.ofSeconds(5));
    assertThat(gate.refusal("a.test", Attempt.FRESH)).isSameAs(due);
    assertThat(gate.status("a.test").obstacle()).contains(due);
    probe.settle(Outcome.UNREACHABLE, "words");
    Refusal next = gate.refusal("a.test", Attempt.FRESH);
    assertThat(next.nextTryNanos() - gate.now()).isPositive();
    assertThat(gate.status("a.test").nextProbe()).contains(next.nextTryNanos());
  }

  @Test
  void noTimeIsToldThatIsOverWhereTheStepsOfTheGateAreLate() {
    gate.suspendMany("d", 3); // three timers, of which one advance fires none
    List<Long> planned = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      planned.add(gate.refusal("d" + i + ".test", Attempt.FRESH).nextTryNanos());
    }
    gate.late(Duration.ofMinutes(1));
    for (int i = 0; i < 3; i++) {
      assertThat(gate.status("d" + i + ".test").nextProbe()).contains(planned.get(i));
      assertThat(gate.status("d" + i + ".test").obstacle().orElseThrow().nextTryNanos())
          .isEqualTo(Refusal.NO_HINT);
      Refusal refusal = gate.refusal("d" + i + ".test", Attempt.FRESH);
      assertThat(refusal.nextTryNanos()).isEqualTo(Refusal.NO_HINT);
      assertThat(gate.tryAdmit("d" + i + ".test")).isSameAs(refusal);
    }
    gate.tick();
    gate.nextProbe(Duration.ofSeconds(1));
  }

  @Test
  void aProbeMayReportWithoutWords() {
    gate.suspend("a.test");
    assertThat(gate.nextProbe(Duration.ofSeconds(31)).settle(Outcome.READY)).isTrue();
    assertThat(gate.status("a.test").standing()).isNotEqualTo(Standing.SUSPENDED);
  }

  @Test
  void jitterSpreadsTheProbesOfAHerd() {
    Set<Long> times = new HashSet<>();
    gate.suspendMany("d", 100);
    for (int i = 0; i < 100; i++) {
      times.add(gate.status("d" + i + ".test").nextProbe().orElseThrow());
    }
    assertThat(times).hasSizeGreaterThan(95);
  }

  @Test
  void spreadsTheProbesOfManySuspendedSitesOverTheBudget() {
    gate.suspendMany("d", 3000);
    // 3000 sites at 5 a second: 600 s for all of them.
    assertThat(waitForProbe(gate, "d2999.test"))
        .isBetween(Duration.ofSeconds(300), Duration.ofSeconds(600));
  }

  @Test
  void stopsWhenNoMailCameForTwoHoursAndBeginsAgainWithTheNext() {
    gate.suspend("a.test");
    gate.nextProbe(Duration.ofSeconds(31)).settle(Outcome.UNREACHABLE, "");
    for (int i = 0; i < 50; i++) {
      Optional<Probe<String>> probe = Optional.empty();
      for (int second = 0; second < 310 && probe.isEmpty(); second++) {
        gate.jump(Duration.ofSeconds(1));
        probe = gate.gate.pollProbe();
      }
      if (probe.isEmpty()) {
        break;
      }
      probe.get().settle(Outcome.UNREACHABLE, "");
    }
    assertThat(gate.now()).isBetween(7000_000_000_000L, 8000_000_000_000L);
    assertThat(gate.status("a.test").nextProbe()).isEmpty();
    gate.refused("a.test", Reason.SUSPENDED);
    assertThat(gate.status("a.test").nextProbe()).isPresent();
    gate.nextProbe(Duration.ofSeconds(301));
  }

  // -- how many

  @ParameterizedTest
  @CsvSource({"5, 5", "50, 50", "0.5, 1"})
  void handsOutNoMoreThanTheBudgetASecond(double perSecond, int burst) {
    GateHarness some =
        GateHarness.with(b -> b.probesPerSecond(perSecond).maxProbes(10_000).clients(1000));
    some.suspendMany("d", 600);
    some.jump(Duration.ofMinutes(30));
    int polled = 0;
    for (int second = 0; second < 5; second++) {
      for (int i = 0; i < 100; i++) {
        while (some.gate.pollProbe().isPresent()) {
          polled++;
        }
        some.tick();
      }
    }
    assertThat(polled).isBetween((int) (5 * perSecond), (int) (5 * perSecond) + burst + 1);
  }

  @Test
  void handsOutNoMoreAtOnceThanAllowed() {
    GateHarness few = GateHarness.with(b -> b.maxProbes(3));
    for (int i = 0; i < 10; i++) {
      few.suspend("d" + i + ".test");
    }
    few.jump(Duration.ofMinutes(5));
    List<Probe<String>> out = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      out.add(few.nextProbe(Duration.ofSeconds(1)));
    }
    few.noProbe(Duration.ofSeconds(5));
    assertThat(few.stats().probing()).isEqualTo(3);
    assertThat(few.stats().probesDue()).isEqualTo(7);
    out.get(0).close();
    few.nextProbe(Duration.ofSeconds(1));
    assertThat(few.stats().probesDue()).isEqualTo(6);
  }

  @Test
  void snapshotsTellWhetherAProbeIsPlannedDueOrUnderWay() {
    gate.suspend("a.test");
    DestinationStatus<String> planned = gate.status("a.test");
    assertThat(planned.nextProbe()).isPresent();
    assertThat(planned.probeDue() || planned.probing()).isFalse();
    assertThat(gate.stats().probesDue()).isZero();
    gate.jump(Duration.ofSeconds(31));
    DestinationStatus<String> due = gate.status("a.test");
    assertThat(due.nextProbe()).isEmpty();
    assertThat(due.probeDue()).isTrue();
    assertThat(due.probing()).isFalse();
    assertThat(gate.stats().probesDue()).isOne();
    gate.gate.pollProbe().orElseThrow();
    DestinationStatus<String> underWay = gate.status("a.test");
    assertThat(underWay.probeDue()).isFalse();
    assertThat(underWay.probing()).isTrue();
    assertThat(gate.stats().probesDue()).isZero();
  }

  @Test
  void theObstacleNamesTheCauseWhileNoTimeIsKnown() {
    gate.suspend("a.test");
    Refusal planned = gate.refusal("a.test", Attempt.FRESH);
    assertThat(planned.detail()).isNotEmpty();
    gate.jump(Duration.ofSeconds(31)); // and nobody asked since
    assertThat(gate.status("a.test").obstacle())
        .contains(new Refusal(Reason.SUSPENDED, Refusal.NO_HINT, planned.detail()))
        .contains(gate.refusal("a.test", Attempt.FRESH));
  }

  @Test
  void probesOneDestinationOnceAtATime() {
    gate.suspend("a.test");
    gate.nextProbe(Duration.ofSeconds(31));
    assertThat(gate.status("a.test").probing()).isTrue();
    gate.refused("a.test", Reason.SUSPENDED);
    gate.noProbe(Duration.ofMinutes(9));
  }

  // -- reports

  @Test
  void aProbeThatIsNeverReportedIsReclaimedByItsLease_resilience4j544() {
    GateHarness few = GateHarness.with(b -> b.maxProbes(1).probeLease(Duration.ofMinutes(2)));
    few.suspend("a.test");
    Probe<String> lost = few.nextProbe(Duration.ofSeconds(31));
    few.jump(Duration.ofMillis(119_990));
    assertThat(few.stats().probing()).isEqualTo(1);
    few.jump(Duration.ofMillis(20));
    assertThat(few.stats().probing()).isZero();
    assertThat(lost.settle(Outcome.READY, "")).isFalse();
    assertThat(few.standing("a.test")).isEqualTo(Standing.SUSPENDED);
    few.nextProbe(Duration.ofSeconds(61)).settle(Outcome.READY, "");
    assertThat(few.standing("a.test")).isEqualTo(Standing.RECOVERING);
    few.assertAllGivenBack();
  }

  @Test
  void countsAReportOnce() {
    gate.suspend("a.test");
    Probe<String> probe = gate.nextProbe(Duration.ofSeconds(31));
    assertThat(probe.settle(Outcome.UNREACHABLE, "")).isTrue();
    assertThat(probe.settle(Outcome.READY, "")).isFalse();
    probe.close();
    assertThat(gate.standing("a.test")).isEqualTo(Standing.SUSPENDED);
    gate.assertAllGivenBack();
  }

  /** Nothing else is planned, and the last probe was long ago. */
  @ParameterizedTest
  @MethodSource("starts")
  void asksToBeCalledAtOnceWhileAProbeIsDue(long start) {
    GateHarness any = GateHarness.at(start, builder -> {});
    any.suspend("a.test");
    any.jump(Duration.ofMinutes(10));
    assertThat(any.gate.nextDue() - any.now()).isLessThanOrEqualTo(0);
    assertThat(any.gate.pollProbe()).isPresent();
  }

  static List<Long> starts() {
    return GateHarness.STARTS;
  }

  /** Draws numbers until it is told to throw. */
  private static final class Failing implements RandomGenerator {
    private final SplittableRandom random = new SplittableRandom(1);
    boolean fails;

    @Override
    public long nextLong() {
      if (fails) {
        throw new IllegalStateException("no entropy");
      }
      return random.nextLong();
    }
  }

  @Test
  void aGeneratorThatThrowsLosesNoProbe() {
    Failing random = new Failing();
    GateHarness some = GateHarness.with(builder -> builder.random(random));
    some.suspend("a.test");
    Probe<String> probe = some.nextProbe(Duration.ofSeconds(31));
    random.fails = true;
    assertThatThrownBy(() -> probe.settle(Outcome.UNREACHABLE, "")).hasMessage("no entropy");
    random.fails = false;
    some.gate.assertConsistent();
    some.refused("a.test", Reason.SUSPENDED);
    assertThat(some.nextProbe(Duration.ofSeconds(61)).settle(Outcome.READY)).isTrue();
    some.assertAllGivenBack();
  }

  /** A permit whose settling throws is not settled yet. */
  @Test
  void aGeneratorThatThrowsLosesNoPermit() {
    Failing random = new Failing();
    GateHarness some = GateHarness.with(builder -> builder.random(random));
    Permit settled = some.permit("a.test");
    Permit requeued = some.permit("b.test");
    random.fails = true;
    assertThatThrownBy(() -> settled.settle(Outcome.UNREACHABLE, "")).hasMessage("no entropy");
    assertThatThrownBy(() -> requeued.requeue(GateHarness.PATIENCE, "")).hasMessage("no entropy");
    random.fails = false;
    assertThat(some.stats().inFlight()).isEqualTo(2);
    settled.close();
    requeued.close();
    some.assertAllGivenBack();
    some.refused("a.test", Reason.SUSPENDED);
    assertThat(some.nextProbe(Duration.ofSeconds(31)).settle(Outcome.READY)).isTrue();
  }

  @Test
  void aGeneratorThatThrowsLeavesNobodyWaitingForASuspendedSite() {
    Failing random = new Failing();
    GateHarness some = GateHarness.with(builder -> builder.random(random));
    List<Permit> open = List.of(some.permit("a.test"), some.permit("a.test"));
    CompletableFuture<Admission> waiting = some.waits("a.test");
    random.fails = true;
    assertThatThrownBy(() -> open.get(0).settle(Outcome.UNREACHABLE)).hasMessage("no entropy");
    random.fails = false;
    open.forEach(Permit::close);
    GateHarness.refusedAs(waiting, Reason.SUSPENDED);
    some.assertAllGivenBack();
  }

  @Test
  void aProbeThatHasReportedLeavesNothingToDo() {
    gate.suspend("a.test");
    gate.jump(Duration.ofMinutes(1));
    Probe<String> probe = gate.nextProbe(Duration.ofSeconds(1));
    assertThat(probe).hasToString("Probe[a.test]");
    assertThat(gate.gate.nextDue() - gate.now()).isPositive().isLessThan(HOUR);
    probe.settle(Outcome.READY, "");
    assertThat(gate.gate.nextDue() - gate.now()).isGreaterThan(HOUR);
  }

  @ParameterizedTest
  @EnumSource(
      value = Outcome.class,
      names = {"UNKNOWN", "UNRESOLVED", "PUSHED_BACK"})
  void aReportThatTeachesNothingLeavesTheSiteSuspendedAndPlansTheNext(Outcome outcome) {
    gate.suspend("a.test");
    gate.nextProbe(Duration.ofSeconds(31)).settle(outcome, "");
    assertThat(gate.standing("a.test")).isEqualTo(Standing.SUSPENDED);
    assertThat(waitForProbe(gate, "a.test")).isLessThanOrEqualTo(Duration.ofSeconds(30));
  }

  @ParameterizedTest
  @EnumSource(
      value = Outcome.class,
      names = {"UNKNOWN", "UNRESOLVED", "PUSHED_BACK"})
  void aReportThatTeachesNothingLeavesANewSiteNew(Outcome outcome) {
    fillUnproven();
    gate.refused("a.test", Reason.UNPROVEN_SHARE);
    gate.gate.pollProbe().orElseThrow().settle(outcome, "");
    gate.gate.assertConsistent();
    assertThat(gate.standing("a.test")).isEqualTo(Standing.NEW);
    gate.refused("a.test", Reason.UNPROVEN_SHARE);
  }

  @ParameterizedTest
  @EnumSource(
      value = Outcome.class,
      names = {"UNKNOWN", "PUSHED_BACK"})
  void aNewSiteWhoseProbesTeachNothingForMinutesStaysNew(Outcome outcome) {
    fillUnproven();
    for (int i = 0; i < 3; i++) {
      gate.refused("a.test", Reason.UNPROVEN_SHARE);
      gate.nextProbe(Duration.ofSeconds(1)).settle(outcome, "");
      gate.jump(Duration.ofMinutes(1));
    }
    assertThat(gate.standing("a.test")).isEqualTo(Standing.NEW);
  }

  @Test
  void aNewSiteWhoseProbesCannotLookItUpForAMinuteIsSuspended() {
    fillUnproven();
    for (int i = 0; i < 2; i++) {
      gate.refused("a.test", Reason.UNPROVEN_SHARE);
      gate.nextProbe(Duration.ofSeconds(1)).settle(Outcome.UNRESOLVED, "no answer");
      gate.jump(Duration.ofMinutes(1));
    }
    gate.refused("a.test", Reason.SUSPENDED);
  }

  @ParameterizedTest
  @EnumSource(
      value = Outcome.class,
      names = {"UNKNOWN", "UNREACHABLE"})
  void aProbeAheadOfItsPlanThatDoesNotGetThroughLeavesThePlan(Outcome outcome) {
    gate.suspend("a.test");
    long planned = gate.status("a.test").nextProbe().orElseThrow();
    gate.gate.doorbell.probeSoon("a.test", true);
    gate.nextProbe(Duration.ofMillis(20)).settle(outcome, "no route to host");
    gate.gate.assertConsistent();
    assertThat(gate.status("a.test").nextProbe()).contains(planned);
    assertThat(gate.refusal("a.test", Attempt.FRESH).nextTryNanos()).isEqualTo(planned);
  }

  @Test
  void aFailureWithoutWordsLeavesTheCauseThatIsKnown() {
    gate.suspend("a.test");
    gate.nextProbe(Duration.ofSeconds(31)).settle(Outcome.UNREACHABLE, "");
    assertThat(gate.status("a.test").cause()).isEqualTo("words");
  }

  @Test
  void theCauseOfTheLastFailureIsInTheNextRefusal() {
    gate.suspend("a.test");
    assertThat(gate.refusal("a.test", Attempt.FRESH).detail()).isEqualTo("words");
    gate.nextProbe(Duration.ofSeconds(31)).settle(Outcome.UNREACHABLE, "no route to host");
    assertThat(gate.refusal("a.test", Attempt.FRESH).detail()).isEqualTo("no route to host");
    assertThat(gate.status("a.test").cause()).isEqualTo("no route to host");
  }

  // -- unproven sites whose mail was refused

  private void fillUnproven() {
    for (int i = 0; i < 40; i++) {
      gate.permit("new" + i + ".test");
    }
  }

  @Test
  void aRefusedNewSiteIsProbedAtOnceAndLiveWhenItGetsThrough() {
    fillUnproven();
    gate.refused("a.test", Reason.UNPROVEN_SHARE);
    Probe<String> probe = gate.gate.pollProbe().orElseThrow();
    assertThat(probe.destination()).isEqualTo("a.test");
    probe.settle(Outcome.READY, "");
    assertThat(gate.standing("a.test")).isEqualTo(Standing.LIVE);
    gate.permit("a.test");
  }

  @Test
  void aRefusedNewSiteIsSuspendedWhenItsProbeFails() {
    fillUnproven();
    gate.refused("a.test", Reason.UNPROVEN_SHARE);
    gate.gate.pollProbe().orElseThrow().settle(Outcome.UNREACHABLE, "no route to host");
    Refusal refusal = gate.refusal("a.test", Attempt.FRESH);
    assertThat(refusal.reason()).isEqualTo(Reason.SUSPENDED);
    assertThat(refusal.detail()).isEqualTo("no route to host");
  }

  @Test
  void sitesWithFreshMailAreProbedBeforeThoseWithRetriedMail() {
    fillUnproven();
    assertThat(gate.refusal("old.test", Attempt.RETRIED).reason()).isEqualTo(Reason.UNPROVEN_SHARE);
    gate.refused("fresh.test", Reason.UNPROVEN_SHARE);
    assertThat(gate.nextProbe(Duration.ofSeconds(1)).destination()).isEqualTo("fresh.test");
    assertThat(gate.nextProbe(Duration.ofSeconds(1)).destination()).isEqualTo("old.test");
  }

  /** Fresh mail for ever new names may ask for more probes than there are. */
  @Test
  void everyTenthProbeIsOfThoseThatAreNotUrgent() {
    gate.suspend("a.test");
    fillUnproven();
    gate.jump(Duration.ofSeconds(31));
    List<String> probed = new ArrayList<>();
    for (int i = 0; probed.size() < 15; i++) {
      gate.refused("fresh" + i + ".test", Reason.UNPROVEN_SHARE);
      gate.advance(Duration.ofMillis(100));
      gate.gate.pollProbe().ifPresent(probe -> probed.add(probe.destination()));
    }
    assertThat(probed).startsWith("fresh0.test").contains("a.test");
    assertThat(probed.indexOf("a.test")).isEqualTo(9);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 20})
  void asksOnceHoweverOftenItRefuses(int refusals) {
    fillUnproven();
    for (int i = 0; i < refusals; i++) {
      gate.refused("a.test", Reason.UNPROVEN_SHARE);
    }
    gate.nextProbe(Duration.ofSeconds(1));
    gate.noProbe(Duration.ofSeconds(1));
  }

  @Test
  void forgetsTheSitesThatLeaveTheTable() {
    Shares shares = new Shares(100, 1000, 500, 200);
    Probes<String> probes =
        new Probes<>(DestinationGate.builder(), new TimerWheel(0), new Counters(), shares, 0);
    List<Site<String>> sites = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Site<String> site = new Site<>("d" + i + ".test", gate.gate);
      probes.want(site, i % 2 == 0);
      probes.demand(site);
      sites.add(site);
    }
    sites.forEach(probes::forget);
    assertThat(probes.due()).isZero();
    assertThat(probes.poll(0)).isNull();
  }
}
