package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mailweir.core.Refusal.Reason;

/** What the gate keeps of one destination, by itself. */
class SiteTest {
  private static final double SECOND = 1e9;

  private final Site<String> site = new Site<>("a.test", GateHarness.start().gate);

  // -- times

  @Test
  void theTimeOfAMessageMovesByAnEighthOfTheDifference() {
    site.deliveredAfter(800);
    site.deliveredAfter(1600);
    assertThat(site.meanDelivery()).isEqualTo(900);
    site.deliveredAfter(100);
    assertThat(site.meanDelivery()).isEqualTo(800);
  }

  @Test
  void aMessageThatTookNoTimeWasMeasuredAllTheSame() {
    site.deliveredAfter(0);
    assertThat(site.meanDelivery()).isEqualTo(1);
  }

  @Test
  void whatWasTurnedDownStandsInUntilTheFirstDelivery() {
    site.answeredAfter(800);
    assertThat(site.meanTime()).isEqualTo(800);
    assertThat(site.meanDelivery()).isZero();
    site.deliveredAfter(50);
    assertThat(site.meanDelivery()).isEqualTo(50);
    site.answeredAfter(8000);
    assertThat(site.meanTime()).isEqualTo(50);
  }

  /** A window of 2, and a second for each as long as nothing was measured. */
  @ParameterizedTest
  @CsvSource({"1, 0, true", "1, 1, true", "1, 2, false", "1.5, 2, true", "0.4, 0, false"})
  void expectsAWaitByWindowAndTime(double seconds, int ahead, boolean within) {
    assertThat(site.waitsAtMost(seconds * SECOND, ahead)).isEqualTo(within);
  }

  @Test
  void expectsAWaitByTheWholeWindowNotItsWholePart() {
    site.raiseWindowTo(20.2, 0);
    site.deliveredAfter(100_000_000);
    assertThat(site.waitsAtMost(SECOND, 200)).as("201 in 20.1 s of 20.2").isTrue();
    assertThat(site.waitsAtMost(SECOND, 202)).as("203 in 20.3 s").isFalse();
  }

  // -- growth that is owed

  private void inFlight(int inFlight, int connecting) {
    site.raiseWindowTo(5, 0);
    site.inFlight = inFlight;
    site.connecting = connecting;
  }

  @ParameterizedTest
  @CsvSource({"5, 0, 6", "5, 1, 6", "4, 1, 6", "3, 0, 5", "5, 2, 5"})
  void growsAtOnceWhileAtMostOneIsConnecting(int inFlight, int connecting, double window) {
    inFlight(inFlight, connecting);
    site.growWindow(0, 80);
    assertThat(site.window()).isEqualTo(window);
  }

  @ParameterizedTest
  @CsvSource({"5, 1, true", "4, 1, true", "5, 2, false", "3, 1, false"})
  void isOwedWhatItCouldNotGrowUntilAtMostOneIsConnecting(
      int inFlight, int connecting, boolean owed) {
    inFlight(5, 2);
    assertThat(site.isOwedGrowth()).isFalse();
    site.growWindow(0, 80);
    inFlight(inFlight, connecting);
    assertThat(site.isOwedGrowth()).isEqualTo(owed);
  }

  @Test
  void isOwedNothingWhereItsWindowIsNotUsed() {
    inFlight(3, 2);
    site.growWindow(0, 80);
    inFlight(5, 0);
    assertThat(site.isOwedGrowth()).isFalse();
  }

  @Test
  void isOwedNothingBeforeItHasEarnedAnything() {
    inFlight(5, 0);
    assertThat(site.isOwedGrowth()).isFalse();
  }

  @Test
  void whatItIsOwedDoesNotOverflow() {
    inFlight(5, 2);
    for (int i = 0; i < 200; i++) {
      site.growWindow(0, 80);
    }
    inFlight(5, 1);
    assertThat(site.isOwedGrowth()).isTrue();
  }

  // -- its trouble

  @Test
  void onlyARefusalOfThisTickIsDecidedAnew() {
    Trouble<String> trouble = site.trouble();
    trouble.lastRefused = 10;
    trouble.lastRefusedYoung = 7;
    trouble.decideAnew(10);
    assertThat(trouble.lastRefused).isEqualTo(9);
    assertThat(trouble.lastRefusedYoung).isEqualTo(7);
    trouble.decideAnew(7);
    assertThat(trouble.lastRefused).isEqualTo(9);
    assertThat(trouble.lastRefusedYoung).isEqualTo(6);
  }

  /** The first young message of a tick is decided under the lock: it tells a herd. */
  @Test
  void whatRetriedMailWasToldIsNotRepeatedToYoungMail() {
    GateHarness gate = GateHarness.start();
    gate.suspend("a.test");
    gate.tick();
    gate.refusal("a.test", Attempt.RETRIED);
    Site<String> suspended = gate.gate.table.get("a.test");
    assertThat(suspended).isNotNull();
    assertThat(suspended.trouble().lastRefused).isEqualTo(gate.now());
    assertThat(suspended.trouble().lastRefusedYoung).isNotEqualTo(gate.now());
  }

  @Test
  void retriedMailIsToldOfASuspensionByHandInTheTickInWhichItWasToldOfAnother() {
    GateHarness gate = GateHarness.start();
    gate.suspend("a.test");
    gate.tick();
    assertThat(gate.refusal("a.test", Attempt.RETRIED).reason()).isEqualTo(Reason.SUSPENDED);
    assertThat(gate.gate.suspend("a.test", Duration.ofHours(1), "")).isTrue();
    assertThat(gate.refusal("a.test", Attempt.RETRIED).reason()).isEqualTo(Reason.BY_HAND);
  }
}
