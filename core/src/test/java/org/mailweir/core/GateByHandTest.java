package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mailweir.core.GateHarness.permitOf;
import static org.mailweir.core.GateHarness.refusedAs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mailweir.core.GateStats.Limit;
import org.mailweir.core.GateStats.Use;
import org.mailweir.core.Refusal.Reason;

/** Suspension by hand, with an end time; and what snapshots say of limits. */
class GateByHandTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final GateHarness gate = GateHarness.start();

  static List<Long> starts() {
    return GateHarness.STARTS;
  }

  @ParameterizedTest
  @MethodSource("starts")
  void refusesUntilTheTimeIsOver(long start) {
    GateHarness any = GateHarness.at(start, builder -> {});
    any.live("a.test");
    assertThat(any.gate.suspend("a.test", HOUR, "asked us to stop")).isTrue();
    Refusal refusal = any.refusal("a.test", Attempt.FRESH);
    long until = any.now() + HOUR.toNanos();
    assertThat(refusal).isEqualTo(new Refusal(Reason.BY_HAND, until, "asked us to stop"));
    assertThat(any.refusal("a.test", Attempt.RETRIED)).isSameAs(refusal);
    assertThat(any.status("a.test").suspendedByHandUntil()).contains(until);
    assertThat(any.status("a.test").obstacle()).contains(refusal);
    assertThat(any.standing("a.test")).isEqualTo(Standing.LIVE);
    any.jump(HOUR.minusMillis(1));
    any.refused("a.test", Reason.BY_HAND);
    any.jump(Duration.ofMillis(3));
    any.permit("a.test");
    assertThat(any.status("a.test").suspendedByHandUntil()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("starts")
  void tellsNoTimeThatIsOverWhereTheStepsOfTheGateAreLate(long start) {
    GateHarness any = GateHarness.at(start, builder -> {});
    any.gate.suspend("a.test", HOUR, "words");
    any.late(HOUR.plusMinutes(1));
    assertThat(any.refusal("a.test", Attempt.FRESH))
        .isEqualTo(new Refusal(Reason.BY_HAND, any.now(), "words"));
    any.tick();
    any.permit("a.test");
  }

  @Test
  void refusesThoseThatWaitAndLeavesTheRestAlone() {
    gate.live("a.test");
    List<Permit> inFlight = GateFlow.fill(gate, "a.test");
    CompletableFuture<Admission> waiting = gate.waits("a.test");
    gate.gate.suspend("a.test", HOUR, "");
    refusedAs(waiting, Reason.BY_HAND);
    gate.settle(inFlight.get(0), Outcome.DELIVERED);
    CompletableFuture<Admission> again =
        inFlight.get(1).requeue(GateHarness.PATIENCE, "421").toCompletableFuture();
    refusedAs(again, Reason.BY_HAND);
    gate.permit("b.test");
    inFlight.forEach(Permit::close);
  }

  @Test
  void endsByHand() {
    gate.gate.suspend("a.test", HOUR, "one");
    assertThat(gate.gate.resume("a.test")).isTrue();
    assertThat(gate.gate.resume("a.test")).isFalse();
    assertThat(gate.gate.resume("b.test")).isFalse();
    gate.permit("a.test").close();
    gate.advance(Duration.ofMinutes(1));
    gate.jump(HOUR);
    assertThat(gate.heard).containsExactly("a.test suspended by hand: one", "a.test resumed");
    gate.assertAllGivenBack();
  }

  @Test
  void aLaterOneTakesThePlaceOfAnEarlierOne() {
    gate.gate.suspend("a.test", HOUR, "one");
    gate.gate.suspend("a.test", Duration.ofMinutes(1), "two");
    assertThat(gate.refusal("a.test", Attempt.FRESH).detail()).isEqualTo("two");
    assertThat(gate.stats().suspendedByHand()).isEqualTo(1);
    gate.jump(Duration.ofSeconds(61));
    gate.permit("a.test");
    assertThat(gate.stats().suspendedByHand()).isZero();
  }

  @Test
  void isNotForgottenByAFullTable() {
    GateHarness small = GateHarness.with(b -> b.maxDestinations(2));
    assertThat(small.gate.suspend("a.test", HOUR, "")).isTrue();
    for (int i = 0; i < 10; i++) {
      small.permit("b" + i + ".test").close();
    }
    small.refused("a.test", Reason.BY_HAND);
    assertThat(small.gate.suspend("c.test", HOUR, "")).isTrue();
    assertThat(small.gate.suspend("d.test", HOUR, "")).as("no room").isFalse();
    small.jump(Duration.ofHours(2));
    assertThat(small.gate.suspend("d.test", HOUR, "")).isTrue();
  }

  @Test
  void aSuspendedSiteKeepsItsStandingAndItsProbe() {
    gate.live("a.test");
    gate.suspend("a.test");
    gate.refused("a.test", Reason.SUSPENDED);
    gate.gate.suspend("a.test", HOUR, "");
    gate.refused("a.test", Reason.BY_HAND);
    gate.nextProbe(Duration.ofSeconds(31)).settle(Outcome.READY, "");
    assertThat(gate.standing("a.test")).isEqualTo(Standing.RECOVERING);
    gate.refused("a.test", Reason.BY_HAND);
    gate.gate.resume("a.test");
    gate.permit("a.test");
  }

  /** It waits for the destination, too, and for the day on which that is resumed. */
  @Test
  void mailThatIsRefusedByHandKeepsTheProbesOfASuspendedSiteGoing() {
    gate.suspend("a.test");
    gate.gate.suspend("a.test", Duration.ofDays(1), "");
    for (int i = 0; i < 10; i++) {
      gate.jump(Duration.ofMinutes(30));
      gate.refused("a.test", Reason.BY_HAND);
      gate.refused("a.test", Reason.BY_HAND);
      gate.nextProbe(Duration.ofMinutes(6)).settle(Outcome.UNREACHABLE, "");
    }
  }

  @Test
  void aClosedGateSuspendsNothing() {
    gate.gate.close();
    assertThat(gate.gate.suspend("a.test", HOUR, "")).isFalse();
  }

  @Test
  void refusesTimesThatMakeNoSense() {
    for (Duration time : List.of(Duration.ZERO, Duration.ofNanos(-1), Duration.ofDays(366))) {
      assertThatThrownBy(() -> gate.gate.suspend("a.test", time, ""))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  // -- snapshots

  @Test
  void statsNameEachLimitAndItsUse() {
    gate.live("a.test");
    gate.permit("a.test");
    gate.permit("new.test");
    permitOf(gate.tryAdmit("old.test", Attempt.RETRIED));
    assertThat(gate.stats().limits())
        .isEqualTo(
            Map.of(
                Limit.CLIENTS, new Use(3, 100),
                Limit.CLIENTS_LONGER, new Use(2, 90), // what is live and quick is over in a moment
                Limit.CLIENTS_RETRIED, new Use(1, 70),
                Limit.WAITING, new Use(0, 50),
                Limit.FAILING, new Use(0, 10),
                Limit.UNPROVEN, new Use(2, 40),
                Limit.UNPROVEN_RETRIED, new Use(1, 20),
                Limit.SLOW, new Use(0, 50),
                Limit.IN_FLIGHT, new Use(3, 1000),
                Limit.DESTINATIONS, new Use(3, 65_536)));
  }

  /** Whoever is refused finds a limit of that reason used up. */
  @Test
  void theLimitOfARefusalIsFull() {
    GateHarness small = GateHarness.with(b -> b.clients(10).maxInFlight(4));
    small.live("live.test");
    for (int i = 0; i < 20; i++) {
      small.tryAdmit("old" + i % 4 + ".test", Attempt.RETRIED);
      small.tryAdmit("new" + i + ".test", Attempt.FRESH);
      small.tryAdmit("live.test", Attempt.FRESH);
    }
    GateStats stats = small.stats();
    for (Reason reason : List.of(Reason.UNPROVEN_SHARE, Reason.LONG_WAIT)) {
      assertThat(stats.refused().get(reason)).as("%s", reason).isPositive();
      assertThat(stats.limits().entrySet())
          .as("%s", reason)
          .anyMatch(
              each ->
                  each.getKey().reason() == reason
                      && each.getValue().inUse() == each.getValue().limit());
    }
  }

  @Test
  void statsNameTheOldestInFlight() {
    gate.live("a.test");
    assertThat(gate.stats().oldestInFlight()).isEmpty();
    Permit hung = gate.permit("new.test");
    gate.advance(Duration.ofSeconds(1));
    Permit first = gate.permit("a.test");
    gate.advance(Duration.ofSeconds(1));
    gate.permit("a.test");
    assertThat(gate.stats().oldestInFlight()).contains(gate.now() - 2_000_000_000L);
    assertThat(hung.detach()).isTrue();
    assertThat(gate.stats().oldestInFlight()).contains(gate.now() - 1_000_000_000L);
    first.close();
    assertThat(gate.stats().oldestInFlight()).contains(gate.now());
  }

  @Test
  void statusNamesTheOldestThatWaits() {
    gate.live("a.test");
    GateFlow.fill(gate, "a.test");
    assertThat(gate.status("a.test").oldestWaiting()).isEmpty();
    gate.waits("a.test", Attempt.RETRIED);
    gate.advance(Duration.ofSeconds(1));
    gate.waits("a.test");
    assertThat(gate.status("a.test").oldestWaiting()).contains(gate.now() - 1_000_000_000L);
  }

  @Test
  void theObstacleIsWhatMailWouldBeTold() {
    gate.live("a.test");
    assertThat(gate.status("a.test").obstacle()).isEmpty();
    assertThat(gate.status("a.test").lastRefusal()).isEmpty();
    GateFlow.fill(gate, "a.test");
    assertThat(gate.status("a.test").obstacle())
        .contains(new Refusal(Reason.LONG_WAIT, Refusal.NO_HINT, ""));
    assertThat(gate.stats().refused().get(Reason.LONG_WAIT)).as("only looked").isZero();
    gate.suspend("b.test");
    Refusal refusal = gate.refusal("b.test", Attempt.FRESH);
    assertThat(gate.status("b.test").obstacle()).contains(refusal);
    assertThat(gate.status("b.test").lastRefusal()).contains(Reason.SUSPENDED);
  }

  @Test
  void byHandIsToldThoughItFailsMeanwhile() {
    Permit permit = gate.permit("a.test");
    gate.gate.suspend("a.test", Duration.ofHours(1), "by me");
    gate.settle(permit, Outcome.UNREACHABLE);
    assertThat(gate.refusal("a.test", Attempt.RETRIED).reason()).isEqualTo(Reason.BY_HAND);
    assertThat(gate.refusal("a.test", Attempt.FRESH).reason()).isEqualTo(Reason.BY_HAND);
  }

  @Test
  @SuppressWarnings("NullAway") // null is what it must refuse
  void noDestinationIsRefusedAfterTheCloseToo() {
    gate.gate.close();
    assertThatThrownBy(() -> gate.gate.suspend(null, Duration.ofHours(1), "by me"))
        .isInstanceOf(NullPointerException.class);
  }

  @Test
  void byHandIsToldInTheNextInstantTooThoughItFailedMeanwhile() {
    Permit permit = gate.permit("a.test");
    gate.gate.suspend("a.test", HOUR, "by me");
    gate.settle(permit, Outcome.UNREACHABLE);
    gate.jump(Duration.ofNanos(1));
    assertThat(gate.refusal("a.test", Attempt.RETRIED).reason()).isEqualTo(Reason.BY_HAND);
    gate.jump(Duration.ofNanos(1));
    assertThat(gate.refusal("a.test", Attempt.RETRIED).reason()).isEqualTo(Reason.BY_HAND);
    assertThat(gate.refusal("a.test", Attempt.FRESH).reason()).isEqualTo(Reason.BY_HAND);
  }

  /** Lets its probes fail until nobody has asked for so long that none is planned. */
  private void suspendedAndForgotten() {
    for (int minute = 0; minute < 150; minute++) {
      gate.jump(Duration.ofMinutes(1));
      gate.gate.pollProbe().ifPresent(probe -> probe.settle(Outcome.UNREACHABLE, "timeout"));
    }
    assertThat(gate.status("a.test").nextProbe()).isEmpty();
  }

  @Test
  void mailThatIsRefusedByHandWantsAProbeOfASuspendedSite() {
    gate.suspend("a.test");
    suspendedAndForgotten();
    gate.gate.suspend("a.test", HOUR, "");
    gate.refused("a.test", Reason.BY_HAND);
    assertThat(gate.status("a.test").nextProbe()).isPresent();
  }

  @Test
  void mailThatNobodySendsAnyMoreWantsNoProbe() {
    gate.live("a.test");
    Transaction<String> group = gate.gate.begin();
    Permit open = GateHarness.permitOf(group.tryAdmit("a.test", Attempt.FRESH));
    gate.suspend("a.test");
    suspendedAndForgotten();
    group.close();
    refusedAs(open.requeue(GateHarness.PATIENCE, "421").toCompletableFuture(), Reason.CANCELLED);
    assertThat(gate.status("a.test").nextProbe()).isEmpty();
  }

  @Test
  void nothingIsInTheWayOfASiteWhoseSuspensionSaysNothingAnyMore() {
    gate.suspend("a.test");
    gate.jump(Duration.ofMinutes(59));
    assertThat(gate.status("a.test").obstacle()).isPresent();
    gate.jump(Duration.ofMinutes(1));
    assertThat(gate.status("a.test").obstacle()).isEmpty();
    gate.permit("a.test");
  }

  private List<String> busiest(int n) {
    return gate.gate.busiest(n).stream().map(DestinationStatus::destination).toList();
  }

  @Test
  void theBusiestHoldMostThenWereRefusedMost() {
    for (String destination : List.of("idle.test", "away.test", "one.test", "two.test")) {
      gate.live(destination);
    }
    assertThat(gate.permit("away.test").detach()).isTrue();
    gate.permit("one.test");
    gate.gate.suspend("one.test", HOUR, "");
    gate.refused("one.test", Reason.BY_HAND);
    gate.permit("two.test");
    gate.permit("two.test");
    assertThat(busiest(3)).containsExactly("two.test", "one.test", "away.test");
    assertThat(busiest(5)).containsExactly("two.test", "one.test", "away.test", "idle.test");
    assertThat(busiest(1)).containsExactly("two.test");
    assertThat(busiest(0)).isEmpty();
  }

  @Test
  void statusNamesTheTimeOfASuspensionWhileItLasts() {
    gate.jump(Duration.ofSeconds(5));
    gate.suspend("a.test");
    long since = gate.now();
    gate.nextProbe(Duration.ofSeconds(31));
    assertThat(gate.status("a.test").suspendedSince()).contains(since);
    gate.recovering("b.test");
    assertThat(gate.status("b.test").suspendedSince()).isEmpty();
  }

  @Test
  void aSiteWhoseSuspensionSaysNothingIsLeftAloneStillWhereTheStepsOfTheGateAreLate() {
    gate.live("a.test");
    List<Permit> open =
        List.of(gate.permit("a.test"), gate.permit("a.test"), gate.permit("a.test"));
    gate.live("b.test");
    GateFlow.fill(gate, "b.test");
    gate.jump(Duration.ofSeconds(6));
    open.forEach(permit -> gate.settle(permit, Outcome.PUSHED_BACK));
    assertThat(gate.standing("a.test")).isEqualTo(Standing.SUSPENDED);
    gate.ask("b.test", Attempt.FRESH, Duration.ofMillis(500)); // due before the pause is over
    gate.late(Duration.ofMinutes(61));
    assertThat(gate.status("a.test").obstacle())
        .contains(new Refusal(Reason.LONG_WAIT, Refusal.NO_HINT, ""));
    gate.refused("a.test", Reason.LONG_WAIT);
  }

  @Test
  void aPushBackEndsASuspensionThatSaysNothingAnyMoreAsOtherMailDoes() {
    gate.live("a.test");
    Permit open = gate.permit("a.test");
    gate.suspend("a.test");
    gate.jump(Duration.ofMinutes(61));
    CompletableFuture<Admission> again =
        open.requeue(GateHarness.PATIENCE, "421").toCompletableFuture();
    gate.gate.assertConsistent();
    assertThat(GateHarness.admitted(again)).isTrue();
    assertThat(gate.standing("a.test")).isEqualTo(Standing.NEW);
    gate.permit("a.test");
  }

  @Test
  void aPushBackDoesNotWaitWhereANewDestinationHoldsAllThatItMay() {
    gate.live("a.test");
    List<Permit> open = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      open.add(gate.permit("a.test"));
    }
    gate.suspend("a.test");
    gate.jump(Duration.ofMinutes(61));
    CompletableFuture<Admission> again =
        open.get(0).requeue(GateHarness.PATIENCE, "421").toCompletableFuture();
    GateHarness.refusedAs(again, Reason.UNPROVEN_SHARE);
    assertThat(gate.standing("a.test")).isEqualTo(Standing.NEW);
    gate.gate.assertConsistent();
  }
}
