package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mailweir.core.GateHarness.admitted;
import static org.mailweir.core.GateHarness.refusedAs;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mailweir.core.Refusal.Reason;

/** Who may take the last tenth of the clients: what is over in a moment, and nobody else. */
class GateBriefTest {
  private final GateHarness gate = GateHarness.start();

  private boolean takesALastClient(String destination) {
    Admission answer = gate.tryAdmit(destination);
    if (answer instanceof Refusal refusal) {
      assertThat(refusal.reason()).isEqualTo(Reason.CLIENTS);
    }
    return answer instanceof Permit;
  }

  @ParameterizedTest
  @CsvSource({"2000, true", "2001, false"})
  void whatIsDeliveredWithinTwoSeconds(int millis, boolean brief) {
    gate.live("a.test", Duration.ofMillis(millis));
    gate.hold("d", 90);
    assertThat(takesALastClient("a.test")).isEqualTo(brief);
  }

  /** Five at once of 2 s each: the third in line would wait for more than a second. */
  @ParameterizedTest
  @CsvSource({"1, true", "2, false"})
  void whatHasItsTurnWithinASecond(int waiting, boolean brief) {
    for (int i = 0; i < 35; i++) {
      gate.live("d" + i + ".test", Duration.ofSeconds(3));
    }
    gate.live("a.test", Duration.ofSeconds(2));
    GateFlow.fill(gate, "a.test");
    for (int i = 0; i < waiting; i++) {
      gate.waits("a.test");
    }
    for (int i = 0; i < 70; i++) { // all that retried mail may hold for longer
      GateHarness.permitOf(gate.tryAdmit("d" + i / 2 + ".test", Attempt.RETRIED)).ready();
    }
    CompletableFuture<Admission> answer = gate.ask("a.test", Attempt.RETRIED, GateHarness.PATIENCE);
    if (brief) {
      assertThat(answer).isNotDone();
    } else {
      refusedAs(answer, Reason.CLIENTS);
    }
  }

  @Test
  void notWhoWasNotHeardOfForTenMinutes() {
    gate.live("a.test");
    gate.jump(Duration.ofMinutes(10));
    gate.live("b.test");
    gate.hold("d", 90);
    assertThat(takesALastClient("a.test")).isFalse();
    assertThat(takesALastClient("b.test")).isTrue();
  }

  @Test
  void notWhoFailsNow() {
    gate.live("a.test");
    gate.settle(gate.permit("a.test"), Outcome.UNREACHABLE);
    gate.hold("d", 90);
    assertThat(takesALastClient("a.test")).isFalse();
  }

  @Test
  void notWhoIsRecovering() {
    gate.recovering("a.test");
    gate.settle(gate.readyPermit("a.test"), Outcome.REJECTED);
    assertThat(gate.standing("a.test")).isEqualTo(Standing.RECOVERING);
    gate.hold("d", 90);
    assertThat(takesALastClient("a.test")).isFalse();
  }

  @Test
  void notInALocalOutage() {
    OutageScene scene = new OutageScene(gate);
    scene.liveSites(6);
    gate.hold("d", 90);
    assertThat(takesALastClient("live5.test")).isTrue();
    scene.begin(0);
    refusedAs(gate.ask("live5.test"), Reason.CLIENTS);
    assertThat(admitted(gate.ask("live4.test"))).isFalse();
  }

  @Test
  void notWhatWaitsForBytes() {
    GateHarness few = GateHarness.with(b -> b.maxBytes(1000));
    few.live("a.test");
    few.hold("d", 88);
    few.permit("d0", 1000);
    few.permit("d1");
    refusedAs(few.ask("a.test", 1), Reason.CLIENTS);
  }

  @Test
  void notWhatWaitsForItsRate() {
    Rate rate = Rate.evenly(1, Duration.ofHours(1));
    GateHarness rated =
        GateHarness.with(
            b -> b.rate(to -> to.equals("a.test") ? Optional.of(rate) : Optional.empty()));
    rated.live("a.test");
    rated.hold("d", 90);
    rated.refused("a.test", Reason.CLIENTS);
  }

  @Test
  void whatWaitsBehindOneThatHasItsBytes() {
    GateHarness full = GateHarness.with(b -> b.maxBytes(1000).maxInFlight(90));
    full.live("a.test");
    full.live("b.test");
    full.hold("d", 90);
    full.waits("b.test");
    full.waits("a.test");
  }
}
