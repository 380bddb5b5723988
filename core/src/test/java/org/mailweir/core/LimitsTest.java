package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.core.Refusal.Reason;

/**
 * What is set for one destination: who has an object for it, and what a suspension leaves of it.
 */
class LimitsTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final GateHarness gate =
      GateHarness.with(
          b ->
              b.rate(
                      to ->
                          to.startsWith("slow")
                              ? Optional.of(Rate.evenly(20, Duration.ofMinutes(1)))
                              : Optional.empty())
                  .maxBytesPerDestination(to -> to.startsWith("small") ? 1 : ByteBudget.UNLIMITED));

  private boolean hasLimits(String destination) {
    Site<String> site = gate.gate.table.get(destination);
    return site != null && site.limits != null;
  }

  private void suspendAndResume(String destination) {
    assertThat(gate.gate.suspend(destination, HOUR, "words")).isTrue();
    assertThat(hasLimits(destination)).isTrue();
    assertThat(gate.gate.resume(destination)).isTrue();
  }

  @Test
  void aSiteWithoutLimitsHasNoObjectForThem() {
    gate.permit("a.test").close();
    assertThat(hasLimits("a.test")).isFalse();
    suspendAndResume("a.test");
    assertThat(hasLimits("a.test")).isFalse();
  }

  @Test
  void aRateOutlivesASuspensionByHand() {
    gate.settle(gate.permit("slow.test"), Outcome.DELIVERED);
    suspendAndResume("slow.test");
    gate.refused("slow.test", Reason.RATE);
    assertThat(gate.status("slow.test").rate()).isPresent();
  }

  @Test
  void aBudgetOfBytesOutlivesASuspensionByHand() {
    gate.live("small.test");
    Permit only = gate.permit("small.test", 1);
    suspendAndResume("small.test");
    Admission second = gate.gate.begin(1).tryAdmit("small.test", Attempt.FRESH);
    assertThat(((Refusal) second).reason()).isEqualTo(Reason.BYTES);
    gate.settle(only, Outcome.DELIVERED);
    gate.permit("small.test", 1);
  }

  @Test
  void whoWatchesASiteIsToldWhenItsSuspensionByHandEnds() {
    gate.live("a.test");
    assertThat(gate.gate.suspend("a.test", HOUR, "words")).isTrue();
    List<String> told = new ArrayList<>();
    gate.gate.doorbell.watch("a.test", Attempt.FRESH, null, () -> told.add("own"), () -> {});
    assertThat(told).isEmpty();
    assertThat(gate.gate.resume("a.test")).isTrue();
    assertThat(told).containsExactly("own");
  }

  @Test
  void theEndOfAFormerSuspensionDoesNotEndALaterOne() {
    Duration minute = Duration.ofMinutes(1);
    gate.gate.suspend("changed.test", minute, "one");
    gate.gate.suspend("changed.test", HOUR, "two");
    gate.gate.suspend("again.test", minute, "one");
    gate.gate.resume("again.test");
    gate.gate.suspend("again.test", HOUR, "two");
    gate.jump(minute.plusSeconds(1));
    gate.refused("changed.test", Reason.BY_HAND);
    gate.refused("again.test", Reason.BY_HAND);
  }

  @Test
  void aDestinationWithARateAloneHasNoBudgetOfBytes() {
    Permit permit = gate.permit("slow.test", 5);
    assertThat(gate.status("slow.test").maxBytes()).isEmpty();
    permit.close();
  }

  @Test
  void aDestinationWithARateAndNoBudgetGivesBytesBack() {
    gate.settle(gate.permit("slow.test", 5), Outcome.DELIVERED);
    gate.assertAllGivenBack();
  }

  @Test
  void aDestinationWithARateIsNotSuspendedByIt() {
    gate.settle(gate.permit("slow.test"), Outcome.DELIVERED);
    assertThat(gate.gate.resume("slow.test")).isFalse();
    assertThat(gate.stats().suspendedByHand()).isZero();
  }

  // -- whose bytes are short

  private static Refusal refusal(GateHarness gate, String destination, long bytes) {
    return (Refusal) gate.gate.begin(bytes).tryAdmit(destination, Attempt.FRESH);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.test", "slow.test", "small.test"})
  void whatIsShortInAllIsSaidWhateverIsSetForTheDestination(String destination) {
    GateHarness all =
        GateHarness.with(
            b ->
                b.maxBytes(1000)
                    .rate(
                        to ->
                            to.startsWith("slow")
                                ? Optional.of(Rate.evenly(20, Duration.ofMinutes(1)))
                                : Optional.empty())
                    .maxBytesPerDestination(
                        to -> to.startsWith("small") ? 300 : ByteBudget.UNLIMITED));
    all.permit("b.test", 950);
    assertThat(refusal(all, destination, 100))
        .isEqualTo(
            new Refusal(
                Reason.BYTES, all.now() + Limits.BYTES_HINT, "950 of 1000 bytes in flight in all"));
  }

  @Test
  void aBudgetOfAllIsEnough() {
    GateHarness all = GateHarness.with(b -> b.maxBytes(1000));
    all.permit("a.test", 1000);
    assertThat(refusal(all, "b.test", 1).reason()).isEqualTo(Reason.BYTES);
  }

  @Test
  void aBudgetOfTheDestinationIsEnough() {
    gate.permit("small.test", 1);
    assertThat(refusal(gate, "small.test", 1))
        .isEqualTo(
            new Refusal(
                Reason.BYTES, gate.now() + Limits.BYTES_HINT, "1 of 1 bytes in flight to it"));
  }
}
