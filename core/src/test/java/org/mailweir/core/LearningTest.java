package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mailweir.core.GateHarness.PATIENCE;
import static org.mailweir.core.GateHarness.refusedAs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mailweir.core.Refusal.Reason;

/** What an outcome teaches, and what it does not: of deliveries, detached attempts and refusals. */
class LearningTest {
  private final GateHarness gate = GateHarness.start();

  static List<Long> starts() {
    return GateHarness.STARTS;
  }

  // -- attempts that fail

  @Test
  void anAttemptThatFailsSpeaksAgainstTheDestinationUnlessItWasReady() {
    Permit lost = gate.readyPermit("a.test");
    assertThat(lost.fail("connection lost")).isTrue();
    assertThat(gate.standing("a.test")).isEqualTo(Standing.NEW);
    Permit unreachable = gate.permit("a.test");
    assertThat(unreachable.fail("connect to 192.0.2.1:25 timed out")).isTrue();
    assertThat(unreachable.fail("again")).isFalse();
    assertThat(gate.standing("a.test")).isEqualTo(Standing.SUSPENDED);
    assertThat(gate.refusal("a.test", Attempt.FRESH).detail())
        .isEqualTo("connect to 192.0.2.1:25 timed out");
    assertThat(gate.stats().settled())
        .containsEntry(Outcome.UNKNOWN, 1L)
        .containsEntry(Outcome.UNREACHABLE, 1L);
    gate.assertAllGivenBack();
  }

  @Test
  void aDetachedAttemptThatFailsSpeaksAgainstTheDestination() {
    Permit hung = gate.permit("a.test");
    assertThat(hung.detach()).isTrue();
    assertThat(hung.fail("timed out")).isTrue();
    assertThat(gate.standing("a.test")).isEqualTo(Standing.SUSPENDED);
    gate.assertAllGivenBack();
  }

  /** It got ready in the moment in which the patience with it was over. */
  @Test
  void anAttemptThatIsDetachedWhenItIsReadyTeachesNothing() {
    Permit ready = gate.readyPermit("new.test");
    assertThat(ready.detach()).isTrue();
    assertThat(gate.standing("new.test")).isEqualTo(Standing.NEW);
    gate.settle(ready, Outcome.READY);
    gate.advance(Duration.ofSeconds(6));
    assertThat(gate.readyPermit("new.test").detach()).isTrue();
    assertThat(gate.window("new.test")).isEqualTo(5);
    assertThat(gate.status("new.test").failures()).isZero();
  }

  @Test
  void failingASettledPermitChangesNothing() {
    Permit permit = gate.permit("a.test");
    gate.settle(permit, Outcome.DELIVERED);
    assertThat(permit.fail("late")).isFalse();
    assertThat(gate.standing("a.test")).isEqualTo(Standing.LIVE);
  }

  // -- times

  @ParameterizedTest
  @EnumSource(
      value = Outcome.class,
      names = {"DELIVERED", "REJECTED", "DEFERRED", "THROTTLED"})
  void aMessageTakesFromItsStartToItsAnswer(Outcome outcome) {
    gate.jump(Duration.ofSeconds(7));
    Permit permit = gate.readyPermit("a.test");
    gate.jump(Duration.ofMillis(300));
    gate.settle(permit, outcome);
    assertThat(gate.status("a.test").meanDeliveryNanos()).isEqualTo(300_000_000L);
  }

  @ParameterizedTest
  @EnumSource(
      value = Outcome.class,
      names = {"DELIVERED", "REJECTED"})
  void aDetachedAttemptSaysNothingOfTheTimeThatAMessageTakes(Outcome outcome) {
    Permit permit = gate.permit("a.test");
    gate.jump(Duration.ofSeconds(5));
    assertThat(permit.detach()).isTrue();
    gate.jump(Duration.ofSeconds(5));
    gate.settle(permit, outcome);
    assertThat(gate.standing("a.test")).isEqualTo(Standing.LIVE);
    assertThat(gate.status("a.test").meanDeliveryNanos()).isZero();
  }

  @Test
  void aSiteIsSlowByItsMeanTimeThoughTheGateIsLateWithItsSteps() {
    gate.live("other.test");
    Permit permit = gate.readyPermit("a.test");
    gate.late(Duration.ofMinutes(10)); // the timer for slow deliveries has not fired
    gate.settle(permit, Outcome.DELIVERED);
    gate.permit("a.test");
    assertThat(gate.stats().slow()).isEqualTo(1);
  }

  // -- what was before a success

  @Test
  void afterADeliveryTheFirstSuspensionIsAsShortAsEver() {
    gate.suspend("a.test");
    for (int i = 0; i < 5; i++) {
      gate.refused("a.test", Reason.SUSPENDED);
      gate.nextProbe(Duration.ofSeconds(301)).settle(Outcome.UNREACHABLE, "");
    }
    gate.refused("a.test", Reason.SUSPENDED);
    gate.nextProbe(Duration.ofSeconds(301)).settle(Outcome.READY, "");
    gate.settle(gate.readyPermit("a.test"), Outcome.DELIVERED);
    gate.suspend("a.test");
    long wait = gate.status("a.test").nextProbe().orElseThrow() - gate.now();
    assertThat(Duration.ofNanos(wait)).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(60));
  }

  @ParameterizedTest
  @MethodSource("starts")
  void theFirstFailureToLookItUpDoesNotCountWhateverTheClock(long start) {
    GateHarness any = GateHarness.at(start, builder -> {});
    any.live("a.test");
    any.settle(any.permit("a.test"), Outcome.UNRESOLVED);
    any.jump(Duration.ofMillis(59_990));
    any.settle(any.permit("a.test"), Outcome.UNRESOLVED);
    assertThat(any.status("a.test").failures()).isZero();
    any.jump(Duration.ofMillis(10));
    any.settle(any.permit("a.test"), Outcome.UNRESOLVED);
    assertThat(any.status("a.test").failures()).isEqualTo(1);
  }

  // -- push-backs

  @Test
  void aNewSiteThatTakesNoConnectionHasNoCeiling() {
    gate.settle(gate.permit("a.test"), Outcome.PUSHED_BACK);
    assertThat(gate.standing("a.test")).isEqualTo(Standing.SUSPENDED);
    assertThat(gate.status("a.test").ceiling()).isZero();
  }

  @Test
  void aSuspendedSiteThatPushesBackHasNoCeiling() {
    gate.live("a.test");
    Permit earlier = gate.permit("a.test");
    gate.suspend("a.test");
    gate.settle(earlier, Outcome.PUSHED_BACK);
    assertThat(gate.status("a.test").ceiling()).isZero();
  }

  @Test
  void aDetachedAttemptThatIsPushedBackWasNoneOfTheConnectionsInFlight() {
    gate.live("a.test");
    List<Permit> open = new ArrayList<>(GateFlow.fill(gate, "a.test"));
    Permit last = open.remove(4);
    assertThat(last.detach()).isTrue();
    gate.settle(last, Outcome.PUSHED_BACK);
    assertThat(gate.status("a.test").ceiling()).isEqualTo(4);
  }

  @Test
  void aSecondPushBackWithinTheSecondBeginsItAnew() {
    gate.live("a.test");
    GateFlow.grow(gate, "a.test", 8);
    Permit first = gate.permit("a.test");
    Permit second = gate.permit("a.test");
    gate.settle(first, Outcome.PUSHED_BACK);
    gate.advance(Duration.ofMillis(500));
    gate.settle(second, Outcome.PUSHED_BACK);
    CompletableFuture<Admission> next = gate.waits("a.test");
    gate.advance(Duration.ofMillis(980));
    assertThat(next).isNotDone();
    gate.advance(Duration.ofMillis(30));
    assertThat(GateHarness.admitted(next)).isTrue();
  }

  // -- refusals

  /** Unproven sites hold all that they may with retried mail. */
  private void fillUnprovenRetried() {
    for (int i = 0; i < 20; i++) {
      assertThat(gate.tryAdmit("old" + i + ".test", Attempt.RETRIED)).isInstanceOf(Permit.class);
    }
    assertThat(gate.refusal("old.test", Attempt.RETRIED).reason()).isEqualTo(Reason.UNPROVEN_SHARE);
  }

  @Test
  void freshMailIsNoHerdWhereOnlyRetriedMailWasRefused() {
    fillUnprovenRetried();
    gate.permit("old.test");
  }

  @Test
  void aTransactionThatEndsMakesNoHerdOfItsMail() {
    gate.live("a.test");
    gate.settle(gate.permit("a.test"), Outcome.UNREACHABLE); // unproven again
    Transaction<String> transaction = gate.gate.begin();
    Permit permit = GateHarness.permitOf(transaction.tryAdmit("a.test", Attempt.FRESH));
    transaction.close();
    refusedAs(permit.requeue(PATIENCE, "421").toCompletableFuture(), Reason.CANCELLED);
    gate.advance(Duration.ofMillis(1010));
    fillUnprovenRetried();
    gate.permit("a.test");
  }

  @Test
  void onlyASiteThatIsUnprovenIsProbedForWhatIsRefused() {
    gate.hold("live", 90);
    gate.refused("new.test", Reason.CLIENTS);
    gate.noProbe(Duration.ofSeconds(1));
  }
}
