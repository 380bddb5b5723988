package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.mailweir.core.Doorbell.Cause;
import org.mailweir.core.Refusal.Reason;

/** For what refused mail waits, and when it is told. */
class DoorbellTest {
  private final List<String> told = new ArrayList<>();

  private Cause watch(GateHarness gate, String destination) {
    Doorbell<String> bell = gate.gate.doorbell;
    Cause seen = bell.look(destination, Attempt.RETRIED);
    assertThat(
            bell.watch(
                destination,
                Attempt.RETRIED,
                null,
                () -> told.add("own"),
                () -> told.add("shared")))
        .isEqualTo(seen);
    gate.gate.assertConsistent();
    return seen;
  }

  private static GateHarness oneInFlight() {
    return GateHarness.with(builder -> builder.maxInFlight(1));
  }

  @Test
  void whoWouldBeAdmittedIsNotWatched() {
    GateHarness gate = GateHarness.start();
    gate.live("a.test");
    assertThat(watch(gate, "a.test")).isEqualTo(Cause.NONE);
    gate.settle(gate.permit("a.test"), Outcome.DELIVERED);
    assertThat(told).isEmpty();
  }

  @Test
  void whoWaitsForItsOwnDestinationIsToldOfThatOnce() {
    GateHarness gate = GateHarness.start();
    gate.live("a.test");
    Permit other = gate.permit("other.test");
    List<Permit> full = GateFlow.fill(gate, "a.test");
    assertThat(watch(gate, "a.test")).isEqualTo(Cause.SITE);
    gate.settle(other, Outcome.DELIVERED);
    gate.waits("a.test").cancel(false);
    assertThat(told).isEmpty();
    gate.settle(full.get(0), Outcome.DELIVERED);
    gate.settle(full.get(1), Outcome.DELIVERED);
    assertThat(told).containsExactly("own");
  }

  @Test
  void whoWaitsForWhatAllShareIsToldOnceWhoeverGivesItBack() {
    GateHarness gate = oneInFlight();
    gate.live("a.test");
    Permit other = gate.permit("other.test");
    assertThat(watch(gate, "a.test")).isEqualTo(Cause.SHARED);
    gate.settle(other, Outcome.DELIVERED);
    gate.settle(gate.permit("other.test"), Outcome.DELIVERED);
    assertThat(told).containsExactly("shared");
  }

  @Test
  void whoIsNotInTheTableWaitsForAPlaceThere() {
    GateHarness gate = GateHarness.start();
    Permit other = gate.permit("other.test");
    assertThat(watch(gate, "unknown.test")).isEqualTo(Cause.SHARED);
    gate.settle(other, Outcome.DELIVERED);
    assertThat(told).containsExactly("shared");
  }

  @Test
  void onlyWhatIsOverInAMomentWaitsForTheLastClients() {
    GateHarness gate = GateHarness.start();
    gate.live("quick.test");
    gate.live("slow.test", Duration.ofMillis(2100));
    for (int i = 0; i < 10; i++) {
      gate.live("quick" + i);
    }
    gate.hold("held", 90);
    for (int i = 0; i < 10; i++) {
      gate.readyPermit("quick" + i);
    }
    assertThat(watch(gate, "slow.test")).isEqualTo(Cause.SHARED);
    assertThat(watch(gate, "quick.test")).isEqualTo(Cause.SHARED_BRIEFLY);
  }

  @Test
  void whoHasGivenTheBellBackIsToldNothingOfWhatAllShare() {
    GateHarness gate = oneInFlight();
    gate.live("a.test");
    assertThat(gate.gate.doorbell.take(() -> {})).isEqualTo(gate.now());
    assertThatThrownBy(() -> gate.gate.doorbell.take(() -> {}))
        .isInstanceOf(IllegalStateException.class);
    Permit other = gate.permit("other.test");
    watch(gate, "a.test");
    gate.gate.doorbell.give();
    gate.settle(other, Outcome.DELIVERED);
    assertThat(told).isEmpty();
    gate.jump(Duration.ofSeconds(5));
    assertThat(gate.gate.doorbell.take(() -> {})).isEqualTo(gate.now());
  }

  @Test
  void onlyASuspendedDestinationIsProbedSoon() {
    GateHarness gate = GateHarness.start();
    gate.live("a.test");
    gate.suspend("b.test");
    for (String destination : List.of("unknown.test", "a.test", "b.test")) {
      gate.gate.doorbell.probeSoon(destination, false);
      gate.gate.assertConsistent();
    }
    gate.jump(Duration.ofMillis(20));
    assertThat(gate.gate.pollProbe().orElseThrow().destination()).isEqualTo("b.test");
    assertThat(gate.gate.pollProbe()).isEmpty();
  }

  @Test
  void probesSoonInTheOrderOfAskingButForWhoGoesFirst() {
    GateHarness gate = GateHarness.start();
    for (String destination : List.of("a.test", "b.test", "c.test")) {
      gate.suspend(destination);
    }
    gate.gate.doorbell.probeSoon("a.test", false);
    gate.gate.doorbell.probeSoon("b.test", false);
    gate.gate.doorbell.probeSoon("c.test", true);
    List<String> order = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      order.add(gate.nextProbe(Duration.ofSeconds(1)).destination());
    }
    assertThat(order).containsExactly("c.test", "a.test", "b.test");
  }

  @Test
  void probesSoonThoughNobodyHasAskedSinceTheLastProbe() {
    GateHarness gate = GateHarness.start();
    gate.suspend("a.test");
    for (int minute = 0; minute < 200; minute++) {
      gate.jump(Duration.ofMinutes(1));
      gate.gate.pollProbe().ifPresent(probe -> probe.settle(Outcome.UNREACHABLE, "timeout"));
    }
    assertThat(gate.status("a.test").nextProbe()).as("nobody wants one").isEmpty();
    gate.gate.doorbell.probeSoon("a.test", true);
    gate.gate.assertConsistent();
    assertThat(gate.status("a.test").nextProbe()).isPresent();
    assertThat(gate.nextProbe(Duration.ofSeconds(1)).destination()).isEqualTo("a.test");
  }

  @Test
  void whoWaitsForASuspendedDestinationIsToldWhenItsProbeGetsThrough() {
    GateHarness gate = GateHarness.start();
    gate.suspend("a.test");
    assertThat(watch(gate, "a.test")).isEqualTo(Cause.SITE);
    Probe<String> probe = gate.nextProbe(Duration.ofSeconds(31));
    assertThat(told).isEmpty();
    probe.settle(Outcome.READY, "");
    assertThat(told).containsExactly("own");
  }

  @Test
  void whoWaitsForTheLastClientsIsToldWhenFewEnoughHaveYetToGetThrough() {
    GateHarness gate = GateHarness.start();
    gate.live("quick.test");
    for (int i = 0; i < 11; i++) {
      gate.live("c" + i, Duration.ofSeconds(3));
    }
    gate.hold("d", 68);
    List<Permit> connecting = new ArrayList<>();
    for (int i = 0; i < 22; i++) {
      connecting.add(gate.permit("c" + i / 2));
    }
    assertThat(watch(gate, "quick.test")).isEqualTo(Cause.SHARED_BRIEFLY);
    connecting.get(0).ready();
    connecting.get(1).ready();
    assertThat(told).isEmpty();
    connecting.get(2).ready();
    assertThat(told).containsExactly("shared");
    assertThat(watch(gate, "quick.test")).isEqualTo(Cause.NONE);
    connecting.get(3).ready();
    assertThat(told).containsExactly("shared");
  }

  @Test
  void whoWaitsForWhatAllShareIsToldHoweverItIsGivenBack() {
    for (int way = 0; way < 4; way++) {
      told.clear();
      GateHarness gate = oneInFlight();
      gate.live("a.test");
      Permit other = gate.permit("other.test");
      if (way == 3) {
        gate.gate.suspend("other.test", Duration.ofHours(1), "");
      }
      assertThat(watch(gate, "a.test")).isEqualTo(Cause.SHARED);
      switch (way) {
        case 0 -> other.close();
        case 1 -> assertThat(other.detach()).isTrue();
        case 2 -> assertThat(gate.waits("a.test").cancel(false)).isTrue();
        default -> assertThat(other.requeue(GateHarness.PATIENCE, "421")).isCompleted();
      }
      assertThat(told).as("%s", way).containsExactly("shared");
    }
  }

  @Test
  void whoWaitsForASuspensionByHandIsToldOfItsEndAndOfNothingElse() {
    GateHarness gate = GateHarness.start();
    gate.live("a.test");
    List<Permit> open = List.of(gate.permit("a.test"), gate.permit("a.test"));
    gate.gate.suspend("a.test", Duration.ofHours(1), "");
    assertThat(watch(gate, "a.test")).isEqualTo(Cause.SITE);
    gate.gate.resume("a.test");
    open.forEach(Permit::close);
    assertThat(told).containsExactly("own");
  }

  @Test
  void whoStandsBehindOthersThatWaitForTheGateWaitsForItsDestination() {
    GateHarness gate = oneInFlight();
    gate.live("a.test");
    gate.permit("other.test");
    gate.waits("a.test");
    assertThat(watch(gate, "a.test")).isEqualTo(Cause.SITE);
  }

  /** Neither has more from clients that others leave. */
  @Test
  void whoHasNoRoomAtItsDestinationWaitsForThatThoughClientsAreShortToo() {
    GateHarness gate = GateHarness.clients(20);
    gate.live("a.test", Duration.ofSeconds(5));
    List<Permit> full = GateFlow.fill(gate, "a.test");
    List<Permit> others = gate.hold("held", 12);
    assertThat(gate.refusal("a.test", Attempt.RETRIED).reason())
        .isEqualTo(Reason.DESTINATION_SHARE);
    assertThat(watch(gate, "a.test")).isEqualTo(Cause.SITE);
    gate.settle(others.get(0), Outcome.DELIVERED);
    assertThat(told).isEmpty();
    gate.settle(full.get(0), Outcome.DELIVERED);
    assertThat(told).containsExactly("own");
  }

  @Test
  void whoStandsBehindOthersWaitsForItsDestinationThoughClientsAreShortToo() {
    GateHarness gate = GateHarness.with(builder -> builder.clients(20).maxInFlight(15));
    gate.live("a.test", Duration.ofSeconds(5));
    gate.readyPermit("a.test");
    gate.readyPermit("a.test");
    gate.hold("held", 13);
    for (String destination : List.of("a.test", "held0", "held1")) {
      gate.waits(destination);
    }
    assertThat(gate.refusal("a.test", Attempt.RETRIED).reason())
        .isEqualTo(Reason.DESTINATION_SHARE);
    assertThat(watch(gate, "a.test")).isEqualTo(Cause.SITE);
  }

  @Test
  void whoWaitsBesideThoseOfADestinationTakesNobodysPlace() {
    GateHarness gate = GateHarness.start();
    gate.live("a.test");
    List<Permit> full = GateFlow.fill(gate, "a.test");
    List<CompletableFuture<Admission>> waiting =
        List.of(gate.waits("a.test"), gate.waits("a.test"));
    assertThat(watch(gate, "a.test")).isEqualTo(Cause.SITE);
    gate.settle(full.get(0), Outcome.REJECTED);
    assertThat(told).containsExactly("own");
    gate.settle(full.get(1), Outcome.REJECTED);
    assertThat(waiting).allMatch(GateHarness::admitted);
  }

  /** Who holds it and asks for it again is told so: that shows who asks. */
  @Test
  void eachCallTakesTheLockOfTheGate() {
    GateHarness gate = GateHarness.start();
    Doorbell<String> bell = gate.gate.doorbell;
    List<ThrowingCallable> calls =
        List.of(
            () -> bell.take(() -> {}),
            bell::give,
            () -> bell.look("a.test", Attempt.RETRIED),
            () -> bell.watch("a.test", Attempt.RETRIED, null, () -> {}, () -> {}),
            () -> bell.probeSoon("a.test", true));
    for (ThrowingCallable call : calls) {
      bell.lock.lock();
      assertThatThrownBy(call)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("called back");
      bell.lock.unlock();
    }
  }

  @Test
  void whoHasTheBellIsToldOfTheEndOfTheGate() {
    GateHarness gate = GateHarness.start();
    gate.gate.doorbell.take(() -> told.add("closed"));
    gate.gate.close();
    assertThat(told).containsExactly("closed");
    assertThatThrownBy(() -> gate.gate.doorbell.take(() -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }
}
