package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mailweir.core.GateHarness.admitted;
import static org.mailweir.core.GateHarness.permitOf;
import static org.mailweir.core.GateHarness.refusedAs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.core.Refusal.Reason;

/** Is it our own network that is down? */
class OutageTest {
  private final GateHarness gate = GateHarness.start();
  private final OutageScene scene = new OutageScene(gate);

  private Probe<String> tryOf(String destination) {
    Probe<String> probe = gate.nextProbe(Duration.ofMillis(20));
    assertThat(probe.destination()).isEqualTo(destination);
    return probe;
  }

  // -- beginning

  @Test
  void beginsAfterSilenceFourFailuresAndAFailedTry() {
    scene.liveSites(6);
    scene.fail(0, 4);
    gate.advance(Duration.ofMillis(7900));
    assertThat(gate.gate.pollProbe()).isEmpty();
    gate.advance(Duration.ofMillis(100));
    Probe<String> sure = tryOf("live5.test");
    assertThat(gate.stats().outage()).isFalse();
    sure.settle(Outcome.UNREACHABLE, "network is unreachable");
    assertThat(gate.stats().outage()).isTrue();
    assertThat(gate.heard).contains("outage");
  }

  @Test
  void beginsWhenTheTryDoesNotAnswerWithinFiveSeconds() {
    scene.liveSites(6);
    scene.fail(0, 4);
    gate.advance(Duration.ofSeconds(8));
    tryOf("live5.test");
    gate.advance(Duration.ofMillis(4900));
    assertThat(gate.stats().outage()).isFalse();
    gate.advance(Duration.ofMillis(100));
    assertThat(gate.stats().outage()).isTrue();
  }

  @Test
  void fourDeadDestinationsFlushedOnAQuietRelayAreNoOutage() {
    scene.liveSites(5);
    gate.advance(Duration.ofMinutes(1));
    for (int i = 0; i < 4; i++) {
      gate.suspend("live" + i + ".test");
    }
    tryOf("live4.test").settle(Outcome.READY, "");
    gate.advance(Duration.ofSeconds(30));
    assertThat(gate.heard).doesNotContain("outage");
    for (int i = 0; i < 4; i++) {
      gate.refused("live" + i + ".test", Reason.SUSPENDED);
    }
    gate.permit("live4.test");
  }

  @Test
  void fourDeadDestinationsThatNeverAnsweredAreNoOutageOnAQuietRelay() {
    scene.liveSites(2);
    gate.advance(Duration.ofMinutes(1));
    for (int i = 0; i < 10; i++) {
      gate.suspend("dead" + i + ".test");
    }
    gate.advance(Duration.ofSeconds(14));
    assertThat(gate.stats().outage()).isFalse();
    assertThat(gate.gate.pollProbe()).isEmpty();
  }

  @Test
  void aSuspendedSiteWhoseProbeFailsIsOneOfTheFour() {
    scene.liveSites(6);
    gate.suspend("live0.test");
    gate.settle(gate.readyPermit("live5.test"), Outcome.DELIVERED); // what failed before is over
    gate.nextProbe(Duration.ofSeconds(31)).settle(Outcome.UNREACHABLE, "");
    scene.fail(1, 3);
    tryOf("live5.test").settle(Outcome.UNREACHABLE, "");
    assertThat(gate.stats().outage()).isTrue();
  }

  @Test
  void anAttemptThatIsDetachedIsOneOfTheFourAtOnce() {
    scene.liveSites(6);
    Permit hung = gate.permit("live3.test");
    scene.fail(0, 3);
    gate.advance(Duration.ofSeconds(8));
    assertThat(gate.gate.pollProbe()).isEmpty();
    hung.detach();
    assertThat(gate.gate.pollProbe()).map(Probe::destination).contains("live5.test");
  }

  /** The site is asked now and then, not whenever it has answered. */
  @ParameterizedTest
  @EnumSource(
      value = Outcome.class,
      names = {"PUSHED_BACK", "UNRESOLVED", "UNKNOWN"})
  void aTryThatTeachesNothingIsMadeAgainEveryTwoSeconds(Outcome outcome) {
    scene.liveSites(6);
    scene.fail(0, 4);
    gate.advance(Duration.ofSeconds(8));
    for (int i = 0; i < 5; i++) {
      tryOf("live5.test").settle(outcome, "");
      gate.noProbe(Duration.ofMillis(1990));
    }
    tryOf("live5.test").settle(Outcome.UNREACHABLE, "");
    assertThat(gate.stats().outage()).isTrue();
  }

  /** It has failed by itself, and says nothing of our network. */
  @Test
  void whoWasSuspendedBeforeIsNotTried() {
    scene.liveSites(6);
    gate.suspend("live5.test");
    gate.settle(gate.readyPermit("live0.test"), Outcome.DELIVERED); // what failed before is over
    scene.fail(0, 4);
    gate.advance(Duration.ofSeconds(8));
    tryOf("live4.test").settle(Outcome.READY, "");
    assertThat(gate.heard).doesNotContain("outage");
  }

  @Test
  void attemptsThatHangInItTeachNothing() {
    scene.liveSites(6);
    List<Permit> open = List.of(gate.permit("live0.test"), gate.permit("live0.test"));
    double window = gate.window("live0.test");
    scene.begin(1);
    assertThat(open.get(0).detach()).isTrue();
    gate.settle(open.get(1), Outcome.UNREACHABLE);
    assertThat(gate.window("live0.test")).isEqualTo(window);
    assertThat(gate.status("live0.test").failures()).isZero();
  }

  @Test
  void whoWatchesASiteIsToldWhenItsSuspensionIsTakenBack() {
    scene.liveSites(6);
    gate.suspend("new.test");
    List<String> told = new ArrayList<>();
    gate.gate.doorbell.watch("new.test", Attempt.FRESH, null, () -> told.add("own"), () -> {});
    scene.begin(1);
    assertThat(told).containsExactly("own");
  }

  @Test
  void threeFailedSitesAreTooFew() {
    scene.liveSites(6);
    for (int i = 0; i < 3; i++) {
      scene.fail(0, 3);
    }
    gate.advance(Duration.ofSeconds(14));
    assertThat(gate.stats().outage()).isFalse();
    assertThat(gate.gate.pollProbe()).isEmpty();
  }

  @Test
  void sitesThatAnsweredLongAgoDoNotCount() {
    scene.liveSites(4);
    gate.jump(Duration.ofMinutes(11));
    scene.fail(0, 4);
    gate.advance(Duration.ofSeconds(14));
    assertThat(gate.stats().outage()).isFalse();
    assertThat(gate.gate.pollProbe()).isEmpty();
  }

  @Test
  void aSuccessAnywhereBeginsTheCountAnew() {
    scene.liveSites(8);
    scene.fail(0, 3);
    gate.settle(gate.readyPermit("live7.test"), Outcome.REJECTED);
    scene.fail(3, 3);
    gate.advance(Duration.ofSeconds(10));
    assertThat(gate.stats().outage()).isFalse();
    assertThat(gate.gate.pollProbe()).isEmpty();
  }

  @Test
  void hungAttemptsCountAsMuchAsFailedOnes() {
    scene.liveSites(5);
    gate.advance(Duration.ofSeconds(8));
    for (int i = 0; i < 4; i++) {
      gate.permit("live" + i + ".test").detach();
    }
    tryOf("live4.test").settle(Outcome.UNREACHABLE, "");
    assertThat(gate.stats().outage()).isTrue();
  }

  @Test
  void takesSuspensionsSinceTheLastSuccessBack() {
    gate.suspend("before.test");
    scene.liveSites(6);
    for (int i = 0; i < 4; i++) {
      gate.suspend("live" + i + ".test");
    }
    gate.suspend("since.test");
    gate.advance(Duration.ofSeconds(8));
    gate.nextProbe(Duration.ofMillis(20)).settle(Outcome.UNREACHABLE, "");
    for (int i = 0; i < 4; i++) {
      assertThat(gate.standing("live" + i + ".test")).isEqualTo(Standing.LIVE);
      assertThat(gate.window("live" + i + ".test")).isEqualTo(5);
    }
    assertThat(gate.standing("since.test")).isEqualTo(Standing.NEW);
    assertThat(gate.standing("before.test")).isEqualTo(Standing.SUSPENDED);
  }

  // -- while it lasts

  private void outage() {
    scene.liveSites(6);
    scene.begin(0);
  }

  @Test
  void holdsMailOfSitesThatWereLiveAndRefusesTheRestAsUsual() {
    gate.suspend("dead.test");
    outage();
    assertThat(gate.ask("live0.test")).isNotDone();
    assertThat(gate.ask("live5.test")).isNotDone();
    gate.refused("dead.test", Reason.SUSPENDED);
    assertThat(gate.tryAdmit("new.test")).isInstanceOf(Permit.class);
  }

  @Test
  void doesNotHoldMailOfASiteThatWasSuspendedBefore() {
    gate.live("dead.test");
    gate.suspend("dead.test");
    outage();
    refusedAs(gate.ask("dead.test"), Reason.SUSPENDED);
    assertThat(gate.stats().clientsHeld()).isZero();
  }

  @Test
  void answersAtOnceWhoHasNoPatience() {
    outage();
    gate.refused("live0.test", Reason.LONG_WAIT);
  }

  @Test
  void holdsForTwoHundredAndFortySecondsAtMost() {
    outage();
    CompletableFuture<Admission> held = gate.ask("live0.test");
    gate.advance(Duration.ofMillis(239_900));
    assertThat(held).isNotDone();
    gate.advance(Duration.ofMillis(200));
    refusedAs(held, Reason.TIMED_OUT);
  }

  @Test
  void holdsMailThatWaitedAlready() {
    scene.liveSites(6);
    GateFlow.fill(gate, "live0.test");
    CompletableFuture<Admission> waiting = gate.waits("live0.test");
    scene.begin(1);
    gate.advance(Duration.ofSeconds(40));
    assertThat(waiting).isNotDone();
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 50, 10})
  void holdsAtMostHalfOfTheClients(int clients) {
    GateHarness some = GateHarness.clients(clients);
    OutageScene outage = new OutageScene(some);
    outage.liveSites(6);
    outage.begin(0);
    List<CompletableFuture<Admission>> held = new ArrayList<>();
    for (int i = 0; i < clients / 2; i++) {
      held.add(some.ask("live" + i % 6 + ".test"));
    }
    assertThat(held).noneMatch(CompletableFuture::isDone);
    CompletableFuture<Admission> one = some.ask("live0.test");
    assertThat(one).isCompleted();
    assertThat(((Refusal) one.join()).reason()).isEqualTo(Reason.WAITING_SHARE);
  }

  @Test
  void countsNoFailureAgainstASiteThatItHolds() {
    scene.liveSites(6);
    List<Permit> inFlight = GateFlow.fill(gate, "live5.test");
    scene.begin(0);
    inFlight.forEach(permit -> gate.settle(permit, Outcome.UNREACHABLE));
    assertThat(gate.standing("live5.test")).isEqualTo(Standing.LIVE);
  }

  @Test
  void triesOneSiteEveryTwoSeconds() {
    outage();
    List<String> tried = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      gate.advance(Duration.ofMillis(1900));
      assertThat(gate.gate.pollProbe()).isEmpty();
      gate.advance(Duration.ofMillis(100));
      Probe<String> probe = gate.nextProbe(Duration.ofMillis(20));
      tried.add(probe.destination());
      probe.settle(Outcome.UNREACHABLE, "");
    }
    assertThat(tried)
        .contains("live0.test", "live1.test", "live2.test", "live3.test", "live4.test");
  }

  @Test
  void triesThatNobodyPollsDoNotPileUp() {
    outage();
    gate.advance(Duration.ofMinutes(2));
    int polled = 0;
    while (gate.gate.pollProbe().isPresent()) {
      polled++;
    }
    assertThat(polled).isLessThanOrEqualTo(6);
  }

  // -- its end

  @Test
  void endsAtTheFirstSuccess() {
    outage();
    gate.heard.clear();
    gate.nextProbe(Duration.ofSeconds(3)).settle(Outcome.READY, "");
    assertThat(gate.stats().outage()).isFalse();
    assertThat(gate.heard).containsExactly("outage over");
  }

  @Test
  void takesBackWhatWasSuspendedMeanwhile() {
    outage();
    gate.suspend("new.test");
    gate.nextProbe(Duration.ofSeconds(3)).settle(Outcome.READY, "");
    assertThat(gate.standing("new.test")).isEqualTo(Standing.NEW);
  }

  @Test
  void releasesWhatItHeldOverASecond() {
    GateHarness wide = GateHarness.clients(200);
    OutageScene outage = new OutageScene(wide);
    outage.liveSites(20);
    outage.begin(0);
    List<CompletableFuture<Admission>> held = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      held.add(wide.ask("live" + i % 20 + ".test"));
    }
    wide.nextProbe(Duration.ofSeconds(3)).settle(Outcome.READY, "");
    for (int tenth = 1; tenth <= 10; tenth++) {
      long released = held.stream().filter(GateHarness::admitted).count();
      assertThat(released).isBetween((tenth - 1) * 10L - 2, (tenth - 1) * 10L + 3);
      wide.advance(Duration.ofMillis(100));
    }
    assertThat(held).allMatch(GateHarness::admitted);
    held.forEach(answer -> permitOf(answer.join()).close());
    wide.assertAllGivenBack();
  }

  @Test
  void asksForAnAdvanceWhileItReleases() {
    outage();
    List<CompletableFuture<Admission>> held = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      held.add(gate.ask("live" + i % 5 + ".test"));
    }
    gate.nextProbe(Duration.ofSeconds(3)).settle(Outcome.READY, "");
    assertThat(gate.gate.nextDue() - gate.now()).isLessThanOrEqualTo(0);
    assertThat(held).anyMatch(answer -> !admitted(answer));
    gate.refused("live5.test", Reason.LONG_WAIT);
  }

  /** Who sleeps until then would not sleep at all. */
  @Test
  void asksForNoAdvanceWhereItReleasesToAGateThatIsFull() {
    GateHarness small = GateHarness.with(builder -> builder.maxInFlight(2));
    OutageScene outage = new OutageScene(small);
    outage.liveSites(6);
    outage.begin(0);
    List<CompletableFuture<Admission>> held = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      held.add(small.waits("live" + i + ".test"));
    }
    small.nextProbe(Duration.ofSeconds(3)).settle(Outcome.READY, "");
    small.advance(Duration.ofSeconds(2));
    assertThat(small.stats().inFlight()).isEqualTo(2);
    assertThat(small.gate.nextDue() - small.now()).isPositive();
    held.stream().filter(GateHarness::admitted).forEach(answer -> permitOf(answer.join()).close());
    assertThat(held).allMatch(GateHarness::admitted);
  }

  /** There is nothing to release. */
  @Test
  void asksForNoAdvanceWhereItHeldNothing() {
    outage();
    gate.nextProbe(Duration.ofSeconds(3)).settle(Outcome.READY, "");
    assertThat(gate.gate.nextDue() - gate.now()).isPositive();
  }

  @Test
  void holdsForTwoHundredAndFortySecondsExactly() {
    outage();
    CompletableFuture<Admission> held = gate.ask("live0.test");
    gate.jump(Duration.ofSeconds(240));
    refusedAs(held, Reason.TIMED_OUT);
  }

  @Test
  void holdsMailThatItWouldRefuseElse() {
    Permit slow = gate.readyPermit("rejects.test");
    gate.jump(Duration.ofSeconds(3));
    gate.settle(slow, Outcome.REJECTED);
    gate.live("slow.test", Duration.ofSeconds(50));
    outage();
    for (int i = 0; i < 5; i++) {
      gate.waits("rejects.test"); // else two of them
      gate.waits("slow.test"); // else three, for 30 s
    }
  }

  @Test
  void isInTheWayBeforeARateIs() {
    Rate rate = Rate.evenly(1, Duration.ofHours(1));
    GateHarness rated =
        GateHarness.with(
            b -> b.rate(to -> to.equals("live5.test") ? Optional.of(rate) : Optional.empty()));
    OutageScene outage = new OutageScene(rated);
    outage.liveSites(6);
    rated.refused("live5.test", Reason.RATE);
    outage.begin(0);
    rated.refused("live5.test", Reason.LONG_WAIT);
  }

  /** It has answered: that says more of it than what it was before. */
  @Test
  void takesNoSuspensionBackOfWhoAnswersFirst() {
    scene.liveSites(6);
    Permit late = gate.permit("since.test");
    scene.begin(0);
    gate.suspend("since.test");
    late.ready();
    gate.settle(late, Outcome.REJECTED);
    assertThat(gate.stats().outage()).isFalse();
    assertThat(gate.standing("since.test")).isEqualTo(Standing.RECOVERING);
  }

  @Test
  void asksForAnAdvanceWhenItMayBeginOrForWhateverIsDueBefore() {
    GateHarness any = GateHarness.at(1_234_567_890_123L, builder -> {});
    OutageScene outage = new OutageScene(any);
    outage.liveSites(6);
    GateFlow.fill(any, "live5.test");
    outage.fail(0, 4);
    assertThat(any.gate.nextDue() - any.now()).isEqualTo(LocalOutage.SILENCE);
    any.ask("live5.test", Attempt.FRESH, Duration.ofSeconds(2));
    assertThat(any.gate.nextDue() - any.now()).isBetween(1L, 3_000_000_000L);
  }

  /** One that is late with its steps gives no turns before it looks whether there is an outage. */
  @Test
  void startsNothingInTheStepInWhichItBegins() {
    Rate rate = Rate.evenly(1, Duration.ofSeconds(5));
    GateHarness rated =
        GateHarness.with(
            b -> b.rate(to -> to.equals("live4.test") ? Optional.of(rate) : Optional.empty()));
    OutageScene outage = new OutageScene(rated);
    outage.liveSites(6);
    outage.fail(0, 4);
    rated.advance(Duration.ofSeconds(8));
    rated.nextProbe(Duration.ofMillis(20));
    rated.permit("live4.test").close();
    CompletableFuture<Admission> next =
        rated.ask("live4.test", Attempt.FRESH, Duration.ofSeconds(5));
    rated.jump(Duration.ofMillis(5010));
    assertThat(rated.stats().outage()).isTrue();
    assertThat(next).isNotDone();
  }

  @Test
  void triesNobodyWhoHasLeftTheTable() {
    GateHarness small = GateHarness.with(builder -> builder.maxDestinations(6));
    OutageScene outage = new OutageScene(small);
    outage.liveSites(6);
    for (int i = 0; i < 5; i++) {
      small.permit("live" + i + ".test").close();
    }
    small.permit("new.test").close();
    assertThat(small.gate.status("live5.test")).isEmpty();
    outage.fail(0, 4);
    small.advance(Duration.ofSeconds(8));
    assertThat(small.nextProbe(Duration.ofMillis(20)).destination()).isEqualTo("live4.test");
  }
}
