package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mailweir.core.GateHarness.admitted;
import static org.mailweir.core.GateHarness.refusedAs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mailweir.core.Refusal.Reason;

/** Rates by destination, beside its window. */
class GateRatesTest {
  private static final Rate TWENTY_A_MINUTE = Rate.evenly(20, Duration.ofMinutes(1));

  private static GateHarness at(long start, Rate rate) {
    return GateHarness.at(
        start,
        builder ->
            builder.rate(to -> to.startsWith("slow") ? Optional.of(rate) : Optional.empty()));
  }

  private final GateHarness gate = at(0, TWENTY_A_MINUTE);

  static List<Long> starts() {
    return GateHarness.STARTS;
  }

  /** Asks as often as it can for so long; returns when deliveries began. */
  private static List<Long> deliver(GateHarness gate, String destination, Duration time) {
    List<Long> began = new ArrayList<>();
    long end = gate.now() + time.toNanos();
    while (gate.now() - end < 0) {
      if (gate.gate.tryAdmit(destination, Attempt.FRESH) instanceof Permit permit) {
        began.add(gate.now());
        permit.settle(Outcome.DELIVERED);
      } else {
        gate.tick();
      }
    }
    return began;
  }

  @ParameterizedTest
  @MethodSource("starts")
  void neverSendsFasterThanEvenlySpaced(long start) {
    GateHarness any = at(start, TWENTY_A_MINUTE);
    List<Long> began = deliver(any, "slow.test", Duration.ofMinutes(10));
    for (int i = 1; i < began.size(); i++) {
      long apart = began.get(i) - began.get(i - 1);
      assertThat(apart).isBetween(3_000_000_000L, 3_012_000_000L);
    }
    assertThat(began).hasSizeBetween(199, 200);
  }

  /** It waited as it would be within the patience, by what was expected. */
  @ParameterizedTest
  @MethodSource("starts")
  void aTurnThatComesInTheStepInWhichThePatienceEndsIsGiven(long start) {
    GateHarness any = at(start, TWENTY_A_MINUTE);
    any.live("slow.test");
    any.advance(Duration.ofSeconds(3));
    any.readyPermit("slow.test");
    CompletableFuture<Admission> next = any.ask("slow.test", Attempt.FRESH, Duration.ofSeconds(3));
    assertThat(next).isNotDone();
    any.advance(Duration.ofMillis(3010));
    assertThat(GateHarness.admitted(next)).isTrue();
  }

  @ParameterizedTest
  @MethodSource("starts")
  void aBurstKeepsTheRateInTheLongRun(long start) {
    Rate rate = new Rate(1000, Duration.ofSeconds(1), 20);
    GateHarness any = at(start, rate);
    List<Long> began = deliver(any, "slow.test", Duration.ofSeconds(5));
    for (int i = 0; i < began.size(); i++) {
      for (int before = Math.max(0, i - 100); before < i; before++) {
        long least = (i - before - 19) * 1_000_000L;
        assertThat(began.get(i) - began.get(before)).isGreaterThanOrEqualTo(least);
      }
    }
    assertThat(began).hasSizeBetween(4980, 5020);
  }

  @Test
  void aBurstIsGivenBackByAPause() {
    GateHarness any = at(0, new Rate(20, Duration.ofMinutes(1), 3));
    assertThat(deliver(any, "slow.test", Duration.ofSeconds(1))).hasSize(3);
    any.advance(Duration.ofSeconds(5)); // six seconds make two
    assertThat(deliver(any, "slow.test", Duration.ofMillis(900))).hasSize(2);
  }

  @Test
  void otherDestinationsAreNotHeldUp() {
    gate.permit("slow.test");
    gate.refused("slow.test", Reason.RATE);
    gate.permit("a.test");
    gate.permit("a.test");
    assertThat(gate.status("a.test").rate()).isEmpty();
  }

  @Test
  void refusesWithTheLimitAndTheTimeOfTheNextOne() {
    gate.settle(gate.permit("slow.test"), Outcome.DELIVERED);
    Refusal refusal = gate.refusal("slow.test", Attempt.FRESH);
    assertThat(refusal).isEqualTo(new Refusal(Reason.RATE, 3_000_000_000L, "20 messages in 1m"));
    assertThat(gate.refusal("slow.test", Attempt.RETRIED)).isSameAs(refusal);
    assertThat(gate.status("slow.test").obstacle()).contains(refusal);
    assertThat(gate.status("slow.test").lastRefusal()).contains(Reason.RATE);
    assertThat(gate.status("slow.test").rate()).contains(TWENTY_A_MINUTE);
    gate.advance(Duration.ofMillis(3002));
    assertThat(gate.status("slow.test").obstacle()).isEmpty();
    gate.permit("slow.test");
  }

  @Test
  void aRefusalAllocatesNothing() {
    gate.settle(gate.permit("slow.test"), Outcome.DELIVERED);
    gate.refused("slow.test", Reason.RATE);
    Allocations.assertNone(
        10_000,
        i -> {
          if (!(gate.gate.tryAdmit("slow.test", Attempt.FRESH) instanceof Refusal)) {
            throw new AssertionError("admitted");
          }
        });
  }

  @Test
  void waitsForItsTimeAsForAnyTurn() {
    gate.settle(gate.permit("slow.test"), Outcome.DELIVERED);
    List<CompletableFuture<Admission>> waiting = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      waiting.add(gate.waits("slow.test"));
    }
    // The eleventh would begin after 33 s.
    refusedAs(gate.ask("slow.test"), Reason.RATE);
    for (int i = 0; i < 9; i++) {
      gate.advance(Duration.ofMillis(2990));
      assertThat(waiting.get(i)).isNotDone();
      gate.advance(Duration.ofMillis(20));
      assertThat(admitted(waiting.get(i))).isTrue();
      gate.settle(GateHarness.permitOf(waiting.get(i).join()), Outcome.DELIVERED);
    }
  }

  @Test
  void aWaitThatEndsForWantOfTimeSaysSo() {
    gate.settle(gate.permit("slow.test"), Outcome.DELIVERED);
    CompletableFuture<Admission> first = gate.waits("slow.test");
    CompletableFuture<Admission> second =
        gate.ask("slow.test", Attempt.FRESH, Duration.ofMillis(6001));
    gate.advance(Duration.ofMillis(6020)); // the first began a few ms late, so the second would
    assertThat(admitted(first)).isTrue();
    refusedAs(second, Reason.RATE);
    assertThat(((Refusal) second.join()).nextTryNanos())
        .isBetween(6_000_000_000L, 6_050_000_000L); // nobody is before it
  }

  @Test
  void aRequeuedMessageWaitsForItsTimeToo() {
    gate.live("slow.test");
    gate.advance(Duration.ofSeconds(4));
    Permit permit = gate.readyPermit("slow.test");
    CompletableFuture<Admission> again =
        permit.requeue(GateHarness.PATIENCE, "421").toCompletableFuture();
    gate.advance(Duration.ofMillis(2990));
    assertThat(again).isNotDone();
    gate.advance(Duration.ofMillis(20));
    assertThat(admitted(again)).isTrue();
  }

  @Test
  void theWindowStillCounts() {
    GateHarness fast = at(0, new Rate(1000, Duration.ofSeconds(1), 1000));
    fast.live("slow.test");
    GateFlow.fill(fast, "slow.test");
    fast.refused("slow.test", Reason.LONG_WAIT);
  }

  @Test
  void aDestinationThatIsForgottenHasNotBegunAnything() {
    GateHarness small =
        GateHarness.with(b -> b.maxDestinations(1).rate(to -> Optional.of(TWENTY_A_MINUTE)));
    small.settle(small.permit("a.test"), Outcome.DELIVERED);
    small.refused("b.test", Reason.TABLE_FULL);
    small.advance(Duration.ofMillis(3002));
    small.permit("b.test").close();
    assertThat(small.gate.status("a.test")).isEmpty();
    small.refused("a.test", Reason.TABLE_FULL);
  }

  @Test
  void asksOnceForEachDestination() {
    List<String> asked = new ArrayList<>();
    GateHarness any =
        GateHarness.with(
            b ->
                b.rate(
                    to -> {
                      asked.add(to);
                      return Optional.empty();
                    }));
    for (int i = 0; i < 3; i++) {
      any.permit("a.test").close();
      any.permit("b.test").close();
    }
    assertThat(asked).containsExactly("a.test", "b.test");
  }

  @Test
  void aSettingThatFailsHarmsNothing() {
    GateHarness any =
        GateHarness.with(
            b ->
                b.rate(
                    to -> {
                      throw new IllegalStateException("setting");
                    }));
    assertThatThrownBy(() -> any.gate.tryAdmit("a.test", Attempt.FRESH)).hasMessage("setting");
    assertThat(any.stats().destinations()).isZero();
    any.gate.assertConsistent();
  }
}
