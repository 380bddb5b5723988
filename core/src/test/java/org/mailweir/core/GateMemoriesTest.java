package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.core.DestinationMemory.Suspension;
import org.mailweir.core.Refusal.Reason;

/** What a gate knows after a restart. */
class GateMemoriesTest {
  private static final Duration NOTHING = Duration.ZERO;

  private final GateHarness gate = GateHarness.start();

  /** Another gate, on another clock, that begins with what this one knows, so much later. */
  private static GateHarness restarted(
      GateHarness gate, Duration away, Consumer<GateBuilder<String>> settings) {
    GateHarness next = GateHarness.at(Long.MAX_VALUE - 3_600_000_000_000L, settings);
    next.gate.restore(aged(gate, away));
    next.gate.assertConsistent();
    return next;
  }

  private GateHarness restarted(Duration away) {
    return restarted(gate, away, builder -> {});
  }

  private static List<DestinationMemory<String>> aged(GateHarness gate, Duration away) {
    return gate.gate.memories().stream().flatMap(each -> each.aged(away).stream()).toList();
  }

  private Suspension suspension(String destination) {
    return gate.gate.memories().stream()
        .filter(memory -> memory.destination().equals(destination))
        .flatMap(memory -> memory.suspension().stream())
        .findFirst()
        .orElseThrow();
  }

  private static Duration toProbe(GateHarness gate, String destination) {
    return Duration.ofNanos(gate.status(destination).nextProbe().orElseThrow() - gate.now());
  }

  // -- suspended ones

  @Test
  void aSuspendedDestinationIsRefusedAsBeforeAndProbedInItsTime() {
    gate.suspend("dead.test");
    gate.jump(Duration.ofSeconds(4));
    Duration before = toProbe(gate, "dead.test");
    GateHarness next = restarted(Duration.ofSeconds(1));
    Refusal refusal = next.refusal("dead.test", Attempt.RETRIED);
    assertThat(refusal.reason()).isEqualTo(Reason.SUSPENDED);
    assertThat(refusal.detail()).isEqualTo("words");
    assertThat(toProbe(next, "dead.test")).isEqualTo(before.minusSeconds(1));
    assertThat(next.status("dead.test").nextProbe()).contains(refusal.nextTryNanos());
    next.nextProbe(before).settle(Outcome.READY, "");
    assertThat(next.standing("dead.test")).isEqualTo(Standing.RECOVERING);
  }

  @Test
  void probesGoOnWithTheStepOfTheirSchedule() {
    gate.suspend("dead.test");
    for (int i = 0; i < 3; i++) {
      gate.nextProbe(Duration.ofSeconds(301)).settle(Outcome.UNREACHABLE, "timed out");
    }
    GateHarness next = restarted(NOTHING);
    next.nextProbe(Duration.ofSeconds(301)).settle(Outcome.UNREACHABLE, "timed out");
    assertThat(toProbe(next, "dead.test")).isGreaterThanOrEqualTo(Duration.ofSeconds(150));
  }

  @Test
  void probesThatCameDueMeanwhileAreSpreadOverTheBudget() {
    gate.suspendMany("d", 3000);
    assertThat(gate.gate.memories()).hasSize(3000);
    GateHarness next = restarted(Duration.ofMinutes(50));
    List<Duration> waits =
        IntStream.range(0, 3000).mapToObj(i -> toProbe(next, "d" + i + ".test")).sorted().toList();
    // 3000 sites at 5 a second: 600 s for all of them.
    assertThat(waits.get(2999)).isBetween(Duration.ofSeconds(590), Duration.ofSeconds(600));
    assertThat(waits.get(1500)).isBetween(Duration.ofSeconds(270), Duration.ofSeconds(330));
    int polled = 0;
    for (int i = 0; i < 1000; i++) {
      next.tick();
      polled += next.gate.pollProbe().isPresent() ? 1 : 0;
    }
    assertThat(polled).isLessThanOrEqualTo(56);
  }

  @Test
  void aProbeThatWasUnderWayIsMadeAgain() {
    gate.suspend("dead.test");
    gate.nextProbe(Duration.ofSeconds(31));
    GateHarness next = restarted(NOTHING);
    next.refused("dead.test", Reason.SUSPENDED);
    next.nextProbe(Duration.ofSeconds(1)).settle(Outcome.UNREACHABLE, "");
  }

  @Test
  void aSuspensionFromLongAgoSaysNothing() {
    gate.suspend("dead.test");
    GateHarness next = restarted(Duration.ofDays(400));
    assertThat(next.gate.status("dead.test")).isEmpty();
    next.permit("dead.test");
  }

  @Test
  void aSuspensionThatIsOverIsProbedSoonIfThereWasMail() {
    gate.suspendMany("d", 500);
    GateHarness next = restarted(Duration.ofMinutes(90));
    assertThat(next.stats().byStanding().get(Standing.NEW)).isEqualTo(500);
    int polled = 0;
    for (int i = 0; i < 1000; i++) {
      next.tick();
      for (Optional<Probe<String>> probe = next.gate.pollProbe();
          probe.isPresent();
          probe = next.gate.pollProbe()) {
        probe.get().settle(Outcome.UNREACHABLE, "");
        polled++;
      }
    }
    assertThat(polled).isBetween(45, 56);
    next.gate.assertConsistent();
    assertThat(next.stats().byStanding().get(Standing.SUSPENDED)).isEqualTo(polled);
  }

  @Test
  void mailThatHasStoppedAsksForNoProbe() {
    gate.suspend("dead.test");
    gate.jump(Duration.ofSeconds(31));
    gate.nextProbe(Duration.ofSeconds(1)).settle(Outcome.UNREACHABLE, "");
    gate.jump(Duration.ofHours(2));
    assertThat(gate.status("dead.test").nextProbe()).isEmpty();
    GateHarness next = restarted(NOTHING);
    next.noProbe(Duration.ofMinutes(6));
  }

  @Test
  void theNextProbeIsRememberedWhileOneIsPlannedDueOrUnderWay() {
    gate.suspend("dead.test");
    assertThat(suspension("dead.test").nextProbe().orElseThrow()).isPositive();
    gate.jump(Duration.ofSeconds(31));
    assertThat(suspension("dead.test").nextProbe()).as("due").contains(NOTHING);
    Probe<String> probe = gate.nextProbe(Duration.ofSeconds(1));
    assertThat(suspension("dead.test").nextProbe()).as("under way").contains(NOTHING);
    probe.settle(Outcome.UNREACHABLE, "");
    assertThat(suspension("dead.test").nextProbe().orElseThrow()).isPositive();
    gate.jump(Duration.ofHours(2));
    assertThat(suspension("dead.test").nextProbe()).as("no mail asks for one").isEmpty();
  }

  @Test
  void aSuspensionSaysNothingAnyMoreAnHourAfterItBeganOrWasProbed() {
    Duration hour = Duration.ofHours(1);
    gate.suspend("dead.test");
    assertThat(suspension("dead.test").sinceProbe()).isEmpty();
    assertThat(restarted(hour.minusNanos(1)).standing("dead.test")).isEqualTo(Standing.SUSPENDED);
    assertThat(restarted(hour).standing("dead.test")).isEqualTo(Standing.NEW);
    gate.nextProbe(Duration.ofSeconds(31)).settle(Outcome.UNREACHABLE, "");
    assertThat(restarted(hour.minusNanos(1)).standing("dead.test")).isEqualTo(Standing.SUSPENDED);
    assertThat(restarted(hour).standing("dead.test")).isEqualTo(Standing.NEW);
  }

  @Test
  void aSuspensionThatIsOverIsForgottenTwoHoursAfterItsLastMail() {
    gate.suspend("dead.test");
    Duration left = Duration.ofHours(2).minus(suspension("dead.test").sinceRefused());
    assertThat(restarted(left.minusNanos(1)).gate.status("dead.test")).isPresent();
    assertThat(restarted(left).gate.status("dead.test")).isEmpty();
  }

  @Test
  void theFirstRefusalIsCountedAsAnyOther() {
    gate.suspend("dead.test");
    GateHarness next = restarted(NOTHING);
    next.refused("dead.test", Reason.SUSPENDED);
    next.refused("dead.test", Reason.SUSPENDED);
    assertThat(next.status("dead.test").refused()).isEqualTo(2);
  }

  // -- those that answer

  @Test
  void whoHasNeverFailedNeedsNoObjectForIt() {
    gate.live("a.test");
    assertThat(restarted(NOTHING).gate.table.get("a.test").trouble).isNull();
  }

  /** The first delivery's time is taken as it is, as without the restart. */
  @Test
  void theTimeOfMailThatWasTurnedDownStandsInUntilTheFirstDelivery() {
    Permit permit = gate.readyPermit("a.test");
    gate.jump(Duration.ofSeconds(2));
    gate.settle(permit, Outcome.REJECTED);
    GateHarness next = restarted(NOTHING);
    assertThat(next.status("a.test").meanDeliveryNanos()).isEqualTo(2_000_000_000L);
    next.live("a.test", Duration.ofMillis(500));
    assertThat(next.status("a.test").meanDeliveryNanos()).isEqualTo(500_000_000L);
  }

  @Test
  void aProvenDestinationIsProvenWithItsWindow() {
    gate.live("big.test");
    for (int i = 0; i < 15; i++) {
      List<Permit> permits = new ArrayList<>();
      while (gate.tryAdmit("big.test") instanceof Permit permit) {
        permit.ready();
        permits.add(permit);
      }
      gate.jump(Duration.ofMillis(500));
      permits.forEach(permit -> gate.settle(permit, Outcome.DELIVERED));
    }
    assertThat(gate.window("big.test")).isGreaterThan(10);
    GateHarness next = restarted(Duration.ofSeconds(30));
    assertThat(next.window("big.test")).isEqualTo(gate.window("big.test"));
    assertThat(next.status("big.test").meanDeliveryNanos())
        .isEqualTo(gate.status("big.test").meanDeliveryNanos());
    next.permit("big.test");
    assertThat(next.stats().unproven()).isZero();
    GateHarness later = restarted(Duration.ofMinutes(11));
    assertThat(later.window("big.test")).isEqualTo(Window.LIVE_SITE);
    later.permit("big.test");
    assertThat(later.stats().unproven()).isEqualTo(1);
    GateHarness small = restarted(gate, NOTHING, builder -> builder.clients(10));
    assertThat(small.window("big.test")).isEqualTo(8);
  }

  @Test
  void aSlowDestinationIsSlowStill() {
    gate.live("slow.test", Duration.ofSeconds(60));
    GateHarness next = restarted(NOTHING);
    next.readyPermit("slow.test");
    assertThat(next.stats().slow()).isEqualTo(1);
  }

  @Test
  void failuresBeforeCount() {
    gate.live("ill.test");
    gate.settle(gate.permit("ill.test"), Outcome.UNREACHABLE);
    gate.settle(gate.permit("ill.test"), Outcome.UNREACHABLE);
    GateHarness next = restarted(NOTHING);
    next.settle(next.permit("ill.test"), Outcome.UNREACHABLE);
    assertThat(next.standing("ill.test")).isEqualTo(Standing.SUSPENDED);
  }

  @Test
  void aSuspectIsAskedForOneAtATime() {
    gate.suspect("hangs.test");
    GateHarness next = restarted(NOTHING);
    next.permit("hangs.test");
    next.refused("hangs.test", Reason.SUSPECT);
    assertThat(next.stats().failing()).isEqualTo(1);
  }

  @Test
  void aLocalOutageAfterTheRestartSuspendsNobodyWhoAnsweredBefore() {
    for (int i = 0; i < 6; i++) {
      gate.live("live" + i + ".test");
      gate.jump(Duration.ofSeconds(1));
    }
    GateHarness next = restarted(Duration.ofSeconds(10));
    List<Permit> permits = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      permits.add(next.permit("live" + i + ".test"));
    }
    permits.forEach(permit -> next.settle(permit, Outcome.UNREACHABLE));
    assertThat(next.heard).as("silence begins with the restart").isEmpty();
    next.advance(Duration.ofSeconds(9));
    assertThat(next.heard).containsExactly("outage");
    next.waits("live0.test");
  }

  // -- by hand

  @Test
  void aSuspensionByHandEndsWhenItWasToEnd() {
    gate.gate.suspend("new.test", Duration.ofMinutes(10), "blocked us");
    gate.live("live.test");
    gate.gate.suspend("live.test", Duration.ofMinutes(2), "");
    GateHarness next = restarted(Duration.ofMinutes(4));
    assertThat(next.refusal("new.test", Attempt.FRESH).detail()).isEqualTo("blocked us");
    next.permit("live.test");
    next.jump(Duration.ofMinutes(6).plusMillis(2));
    next.permit("new.test");
  }

  // -- room

  @ParameterizedTest
  @ValueSource(ints = {99, 100, 101, 200, 201})
  void aFullTableIsTakenDownToTheLast(int destinations) {
    GateHarness full = GateHarness.with(builder -> builder.maxDestinations(destinations));
    full.suspendMany("d", destinations);
    assertThat(full.gate.memories()).hasSize(destinations);
  }

  @Test
  void whatWasUsedLastIsKeptWhereThereIsRoomForFew() {
    for (int i = 0; i < 10; i++) {
      gate.live("d" + i + ".test");
      gate.jump(Duration.ofSeconds(1));
    }
    GateHarness next = restarted(gate, NOTHING, builder -> builder.maxDestinations(3));
    assertThat(next.gate.memories())
        .extracting(DestinationMemory::destination)
        .containsExactly("d7.test", "d8.test", "d9.test");
    next.permit("d10.test");
    assertThat(next.gate.status("d7.test")).as("unused for longest").isEmpty();
  }

  @Test
  void ofTwoMemoriesOfADestinationTheFirstCounts() {
    gate.live("a.test");
    DestinationMemory<String> live = gate.gate.memories().get(0);
    gate.suspend("a.test");
    DestinationMemory<String> dead = gate.gate.memories().get(0);
    GateHarness next = GateHarness.start();
    assertThat(next.gate.restore(List.of(live, dead))).isEqualTo(1);
    next.gate.assertConsistent();
    assertThat(next.standing("a.test")).isEqualTo(Standing.LIVE);
    assertThat(next.status("a.test").probeDue()).isFalse();
  }

  @Test
  void restoresBeforeFirstUseOnly() {
    gate.live("a.test");
    GateHarness next = GateHarness.start();
    next.permit("b.test");
    assertThatThrownBy(() -> next.gate.restore(gate.gate.memories()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("knows 1 destination already");
    next.permit("c.test");
    assertThatThrownBy(() -> next.gate.restore(List.of()))
        .hasMessageContaining("knows 2 destinations already");
  }

  @Test
  void aShadowGateRemembersWhatTheGateBehindItDoes() {
    gate.suspend("dead.test");
    DestinationGate<String> shadow = DestinationGate.<String>builder().shadow(true).build();
    assertThat(shadow.restore(gate.gate.memories())).isEqualTo(1);
    assertThat(shadow.memories()).hasSize(1);
  }

  // -- the record

  @ParameterizedTest
  @ValueSource(longs = {0, 59, 3599, 3600, 400L * 86_400, Integer.MAX_VALUE})
  void agesGrowAndDelaysShrink(long seconds) {
    gate.suspend("dead.test");
    DestinationMemory<String> memory = gate.gate.memories().get(0);
    Duration time = Duration.ofSeconds(seconds);
    Suspension was = memory.suspension().orElseThrow();
    Suspension aged = memory.aged(time).orElseThrow().suspension().orElseThrow();
    assertThat(aged.since()).isEqualTo(was.since().plus(time));
    assertThat(aged.nextProbe().orElseThrow()).isLessThanOrEqualTo(was.nextProbe().orElseThrow());
    assertThat(aged.nextProbe().orElseThrow()).isGreaterThanOrEqualTo(NOTHING);
  }

  @Test
  void contradictionsAreRefused() {
    gate.live("a.test");
    DestinationMemory<String> live = gate.gate.memories().get(0);
    assertThatThrownBy(() -> copy(live, Standing.SUSPENDED, 5, 0))
        .hasMessageContaining("SUSPENDED");
    assertThatThrownBy(() -> copy(live, Standing.NEW, 5, 0)).hasMessageContaining("nothing");
    assertThatThrownBy(() -> copy(live, Standing.LIVE, Double.NaN, 0))
        .hasMessageContaining("window");
    assertThatThrownBy(() -> copy(live, Standing.LIVE, 5, -1)).hasMessageContaining("failures");
    assertThatThrownBy(() -> live.aged(Duration.ofSeconds(-1))).hasMessageContaining("time");
  }

  private static DestinationMemory<String> copy(
      DestinationMemory<String> of, Standing standing, double window, int failures) {
    return new DestinationMemory<>(
        of.destination(),
        standing,
        of.unused(),
        of.sinceSuccess(),
        of.delivered(),
        of.meanDelivery(),
        window,
        failures,
        of.cause(),
        of.failedProbes(),
        of.suspension(),
        of.byHand());
  }

  @Test
  void anAnswerThatTookNoMeasuredTimeIsRememberedAsSuch() {
    gate.settle(gate.permit("a.test"), Outcome.READY);
    assertThat(gate.status("a.test").meanDeliveryNanos()).isZero();
    assertThat(restarted(NOTHING).status("a.test").meanDeliveryNanos()).isZero();
  }

  @Test
  void aSuspensionThatIsOverIsNotProbedWhereThereWasNoMail() {
    gate.suspend("dead.test");
    gate.gate.suspend("dead.test", Duration.ofDays(1), "");
    Duration left = Duration.ofHours(2).minus(suspension("dead.test").sinceRefused());
    assertThat(restarted(left.minusNanos(1)).status("dead.test").probeDue()).isTrue();
    assertThat(restarted(left).status("dead.test").probeDue()).isFalse();
  }

  @Test
  void whoAnsweredLastIsAskedFirstWhoeverWasUsedLast() {
    for (int i = 0; i < 6; i++) {
      gate.live("live" + i + ".test");
      gate.jump(Duration.ofSeconds(1));
    }
    gate.permit("live0.test").close(); // used, and no answer
    GateHarness next = restarted(NOTHING);
    new OutageScene(next).fail(1, 4);
    next.advance(Duration.ofSeconds(8));
    assertThat(next.nextProbe(Duration.ofMillis(20)).destination()).isEqualTo("live5.test");
  }

  @Test
  void whoNeverAnsweredIsNotAskedWhetherTheNetworkIsUp() {
    for (int i = 0; i < 6; i++) {
      gate.live("live" + i + ".test");
    }
    gate.suspect("hangs.test");
    GateHarness next = GateHarness.start();
    next.gate.restore(gate.gate.memories());
    new OutageScene(next).fail(1, 4);
    next.advance(Duration.ofSeconds(8));
    assertThat(next.nextProbe(Duration.ofMillis(20)).destination()).isEqualTo("live5.test");
  }
}
