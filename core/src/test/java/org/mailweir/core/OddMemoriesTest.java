package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mailweir.core.DestinationMemory.HandSuspension;
import org.mailweir.core.DestinationMemory.Suspension;

/** Memories at the ends of their ranges: what a file may hold after years, or after an edit. */
class OddMemoriesTest {
  private static final Duration EVER = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);

  private static DestinationMemory<String> live(int failures, int failedProbes, Duration age) {
    return new DestinationMemory<>(
        "a.test",
        Standing.LIVE,
        age,
        Optional.of(age),
        true,
        Duration.ofSeconds(1),
        5,
        failures,
        "words",
        failedProbes,
        Optional.empty(),
        Optional.empty());
  }

  private static GateHarness restored(long start, DestinationMemory<String> memory) {
    GateHarness gate = GateHarness.at(start, builder -> {});
    gate.gate.restore(List.of(memory));
    gate.gate.assertConsistent();
    return gate;
  }

  @Test
  void countsThatCannotGrowAreStillOverTheLimit() {
    GateHarness gate = restored(0, live(Integer.MAX_VALUE, 0, Duration.ZERO));
    gate.settle(gate.permit("a.test"), Outcome.UNREACHABLE);
    assertThat(gate.standing("a.test")).isEqualTo(Standing.SUSPENDED);
  }

  @Test
  void theStepOfTheProbesCannotGrowBeyondAllNumbers() {
    GateHarness gate = restored(0, live(2, Integer.MAX_VALUE, Duration.ZERO));
    gate.settle(gate.permit("a.test"), Outcome.UNREACHABLE);
    for (int i = 0; i < 3; i++) {
      gate.refusal("a.test", Attempt.FRESH);
      gate.nextProbe(Duration.ofMinutes(6)).settle(Outcome.UNREACHABLE, "words");
    }
    gate.assertAllGivenBack();
  }

  @Test
  void agesGrowToTheLongestThereIs() {
    DestinationMemory<String> aged = live(0, 0, Duration.ofDays(1)).aged(EVER).orElseThrow();
    assertThat(aged.unused()).isEqualTo(EVER);
    assertThat(aged.sinceSuccess()).contains(EVER);
    assertThat(aged.aged(EVER)).contains(aged);
    assertThat(live(0, 0, Duration.ofDays(1)).aged(EVER.minusDays(2)).orElseThrow().unused())
        .isEqualTo(EVER.minusDays(1));
    assertThatIllegalArgumentException().isThrownBy(() -> aged.aged(Duration.ofNanos(-1)));
  }

  @Test
  void nothingInItIsNull() {
    assertThatNullPointerException().isThrownBy(() -> withNull(null, Optional.empty()));
    assertThatNullPointerException().isThrownBy(() -> withNull(Standing.SUSPECT, null));
  }

  private static DestinationMemory<String> withNull(
      @Nullable Standing standing, @Nullable Optional<HandSuspension> byHand) {
    return new DestinationMemory<>(
        "a.test",
        standing,
        Duration.ZERO,
        Optional.empty(),
        false,
        Duration.ZERO,
        1,
        0,
        "",
        0,
        Optional.empty(),
        byHand);
  }

  static Stream<Duration> times() {
    return Stream.of(Duration.ZERO, Duration.ofNanos(1), Duration.ofHours(1), EVER);
  }

  /** Whatever is remembered, on whichever clock: the gate takes it, tells it and goes on. */
  @ParameterizedTest
  @MethodSource("times")
  void anyMemoryIsLivedWith(Duration time) {
    for (long start : GateHarness.STARTS) {
      for (Standing standing : Standing.values()) {
        GateHarness gate = restored(start, memory(standing, time));
        gate.tick();
        gate.gate.memories().forEach(known -> known.aged(EVER));
        assertThat(gate.gate.busiest(3)).hasSizeLessThanOrEqualTo(1);
        gate.gate.resume("a.test");
        if (gate.gate.tryAdmit("a.test", Attempt.FRESH) instanceof Permit permit) {
          gate.settle(permit, Outcome.UNREACHABLE);
        }
        gate.gate.assertConsistent();
      }
    }
  }

  private static DestinationMemory<String> memory(Standing standing, Duration time) {
    Optional<Suspension> suspension =
        standing == Standing.SUSPENDED
            ? Optional.of(new Suspension(time, time, Optional.of(time), Optional.of(time)))
            : Optional.empty();
    return new DestinationMemory<>(
        "a.test",
        standing,
        time,
        Optional.of(time),
        true,
        time,
        Integer.MAX_VALUE,
        2,
        "words",
        1_000,
        suspension,
        Optional.of(new HandSuspension(time, "by hand")));
  }

  @Test
  void failedProbesCountWithoutACauseAndACauseWithoutThem() {
    for (String cause : List.of("", "words")) {
      for (int probes : List.of(0, 3)) {
        DestinationMemory<String> known =
            new DestinationMemory<>(
                "a.test",
                Standing.LIVE,
                Duration.ZERO,
                Optional.of(Duration.ZERO),
                true,
                Duration.ofSeconds(1),
                5,
                1,
                cause,
                probes,
                Optional.empty(),
                Optional.empty());
        assertThat(restored(7, known).gate.memories()).containsExactly(known);
      }
    }
  }

  private static DestinationMemory<String> suspended(
      Duration sinceRefused, Optional<Duration> nextProbe) {
    return new DestinationMemory<>(
        "a.test",
        Standing.SUSPENDED,
        Duration.ZERO,
        Optional.of(Duration.ofSeconds(1)),
        true,
        Duration.ofSeconds(1),
        5,
        3,
        "words",
        1,
        Optional.of(
            new Suspension(
                Duration.ofHours(3), sinceRefused, Optional.of(Duration.ofMinutes(1)), nextProbe)),
        Optional.empty());
  }

  @Test
  void aSuspendedDestinationHasTheSmallestWindowWhateverIsRemembered() {
    GateHarness gate = restored(0, suspended(Duration.ZERO, Optional.empty()));
    assertThat(gate.window("a.test")).isEqualTo(1);
  }

  @Test
  void whereNoProbeWasPlannedNoneIsMadeThoughMailCameLately() {
    GateHarness gate = restored(0, suspended(Duration.ZERO, Optional.empty()));
    gate.jump(Duration.ofMinutes(6));
    assertThat(gate.status("a.test").probeDue()).isFalse();
  }

  /** When the probe comes due, not when the gate begins. */
  @ParameterizedTest
  @CsvSource({"10, true", "40, false"})
  void theLastMailBeforeTheRestartWantsProbesForTwoHours(int seconds, boolean probed) {
    Duration sinceRefused = Duration.ofHours(2).minusSeconds(30);
    Duration nextProbe = Duration.ofSeconds(seconds);
    GateHarness gate = restored(0, suspended(sinceRefused, Optional.of(nextProbe)));
    gate.jump(nextProbe.plusMillis(2));
    assertThat(gate.status("a.test").probeDue()).isEqualTo(probed);
  }

  @Test
  void aSuspensionByHandOfWhichNothingRemainsIsNone() {
    GateHarness gate = restored(0, memory(Standing.LIVE, Duration.ZERO));
    assertThat(gate.heard).isEmpty();
    assertThat(gate.stats().suspendedByHand()).isZero();
    gate.permit("a.test");
  }
}
