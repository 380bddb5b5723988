package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.core.Refusal.Reason;

/** How many deliveries a destination may have in flight. */
class WindowTest {
  private final GateHarness gate = GateHarness.start();

  // -- growth

  @Test
  void beginsAtTwoForANewSiteAndAtFiveForALiveOne() {
    gate.permit("a.test");
    assertThat(gate.window("a.test")).isEqualTo(2);
    gate.permit("a.test").settle(Outcome.REJECTED);
    assertThat(gate.window("a.test")).isEqualTo(5);
  }

  @Test
  void growsByOneADeliveryUpToTwentyAndByFourOverItselfAfterThat() {
    gate.live("a.test");
    for (int window = 5; window < 20; window++) {
      assertThat(gate.window("a.test")).isEqualTo(window);
      GateFlow.deliverAtFullWindow(gate, "a.test");
    }
    double window = 20;
    for (int i = 0; i < 20; i++) {
      assertThat(gate.window("a.test")).isEqualTo(window, Offset.offset(1e-9));
      GateFlow.deliverAtFullWindow(gate, "a.test");
      window += 4 / window;
    }
  }

  @ParameterizedTest
  @CsvSource({"100, 80", "50, 40", "10, 8"})
  void growsToEightTenthsOfTheClientsAtMost(int clients, int most) {
    Shares shares = new Shares(clients, 1000, 1, 1);
    Window window = new Window();
    window.atLeast(5, 0);
    for (int i = 0; i < 10_000; i++) {
      window.delivered(0, (int) window.limit(), 0, shares.perDestinationWindow);
    }
    assertThat(window.limit()).isEqualTo(most);
  }

  @ParameterizedTest
  @EnumSource(
      value = Outcome.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"DELIVERED"})
  void growsByNothingButDeliveries(Outcome outcome) {
    gate.live("a.test");
    List<Permit> permits = GateFlow.fill(gate, "a.test");
    gate.settle(permits.get(0), outcome);
    assertThat(gate.window("a.test")).isLessThanOrEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource({"5, 6", "4, 6", "3, 5"})
  void growsOnlyWhileItIsUsed(int inFlight, int expected) {
    Window window = new Window();
    window.atLeast(5, 0);
    window.delivered(0, inFlight, 0, 80);
    assertThat(window.limit()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"0, 6", "1, 6", "2, 5"})
  void pausesWhileTwoAreNotReady(int connecting, int expected) {
    Window window = new Window();
    window.atLeast(5, 0);
    window.delivered(0, 5, connecting, 80);
    assertThat(window.limit()).isEqualTo(expected);
  }

  /** A site that takes the same time for each message ends them together. */
  @Test
  void isPaidLaterWhatItHasEarnedWhileOthersWereNotReady() {
    gate.live("a.test");
    List<Permit> round = GateFlow.fill(gate, "a.test");
    List<CompletableFuture<Admission>> next = waiters(12);
    gate.advance(Duration.ofMillis(20));
    round.forEach(permit -> gate.settle(permit, Outcome.DELIVERED));
    assertThat(gate.window("a.test")).isEqualTo(6);
    readyOneByOne(next);
    assertThat(gate.window("a.test")).isEqualTo(10);
    assertThat(gate.status("a.test").inFlight()).isEqualTo(10);
  }

  @Test
  void isPaidByAtMostOneForEachThatIsReady() {
    gate.live("a.test");
    GateFlow.grow(gate, "a.test", 19);
    List<Permit> round = GateFlow.fill(gate, "a.test");
    List<CompletableFuture<Admission>> next = waiters(40);
    gate.advance(Duration.ofMillis(20));
    round.forEach(permit -> gate.settle(permit, Outcome.DELIVERED));
    double before = gate.window("a.test");
    for (CompletableFuture<Admission> answer : next) {
      if (answer.isDone()) {
        ((Permit) answer.join()).ready();
        assertThat(gate.window("a.test")).isLessThan(before + 1.5);
        before = gate.window("a.test");
      }
    }
    assertThat(before).isBetween(23.0, 25.0); // 20, and about 4 more for a round of twenty
  }

  @Test
  void isNotPaidWhileOthersAreNotReady() {
    gate.live("a.test");
    List<Permit> round = GateFlow.fill(gate, "a.test");
    List<CompletableFuture<Admission>> next = waiters(12);
    gate.advance(Duration.ofMillis(20));
    round.forEach(permit -> gate.settle(permit, Outcome.DELIVERED));
    double before = gate.window("a.test");
    ((Permit) next.get(0).join()).ready(); // and four connect
    assertThat(gate.window("a.test")).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({"5, 1, 80, 6, 0", "5, 3, 80, 6, 2", "20, 1, 80, 20.2, 0", "6, 3, 6, 6, 3"})
  void isPaidAboutOneAndNothingBeyondItsMost(
      double start, int owed, double most, double limit, int left) {
    Window window = new Window();
    window.atLeast(start, 0);
    assertThat(window.pay(owed, 0, most)).isEqualTo(left);
    assertThat(window.limit()).isEqualTo(limit);
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -1, 0, Long.MAX_VALUE})
  void theFirstCutCountsWhateverTheClock(long now) {
    Window window = new Window();
    window.atLeast(8, now);
    window.cut(0.5, now - 1, now);
    assertThat(window.limit()).isEqualTo(4);
    window.cut(0.5, now - 1, now);
    assertThat(window.limit()).isEqualTo(4);
    assertThat(window.ceiling(now)).isZero();
  }

  @Test
  void isOwedNothingAfterAPushBack() {
    gate.live("a.test");
    List<Permit> round = GateFlow.fill(gate, "a.test");
    List<CompletableFuture<Admission>> next = waiters(12);
    gate.advance(Duration.ofMillis(20));
    round.forEach(permit -> gate.settle(permit, Outcome.DELIVERED));
    Permit first = (Permit) next.get(0).join();
    Permit second = (Permit) next.get(1).join();
    first.ready();
    gate.settle(second, Outcome.PUSHED_BACK);
    readyOneByOne(next);
    assertThat(gate.window("a.test")).isEqualTo(1);
  }

  private List<CompletableFuture<Admission>> waiters(int count) {
    return IntStream.range(0, count).mapToObj(i -> gate.waits("a.test")).toList();
  }

  private static void readyOneByOne(List<CompletableFuture<Admission>> answers) {
    for (CompletableFuture<Admission> answer : answers) {
      if (answer.isDone() && answer.join() instanceof Permit permit) {
        permit.ready();
      }
    }
  }

  // -- cuts

  @Test
  void halvesAfterTenDeferralsWithoutADeliveryBetween() {
    gate.live("a.test");
    GateFlow.grow(gate, "a.test", 10);
    defer(9);
    assertThat(gate.window("a.test")).isEqualTo(10);
    defer(1);
    assertThat(gate.window("a.test")).isEqualTo(5);
  }

  @Test
  void aDeliveryBeginsTheCountOfDeferralsAnew() {
    gate.live("a.test");
    GateFlow.grow(gate, "a.test", 10);
    defer(9);
    gate.settle(gate.readyPermit("a.test"), Outcome.DELIVERED);
    defer(9);
    assertThat(gate.window("a.test")).isEqualTo(10);
  }

  private void defer(int times) {
    for (int i = 0; i < times; i++) {
      gate.settle(gate.readyPermit("a.test"), Outcome.DEFERRED);
    }
  }

  @Test
  void halvesWhenThrottled() {
    gate.live("a.test");
    GateFlow.grow(gate, "a.test", 10);
    gate.settle(gate.readyPermit("a.test"), Outcome.THROTTLED);
    assertThat(gate.window("a.test")).isEqualTo(5);
  }

  @Test
  void isCutOnceARound() {
    gate.live("a.test");
    GateFlow.grow(gate, "a.test", 16);
    List<Permit> round = GateFlow.fill(gate, "a.test");
    gate.advance(Duration.ofMillis(100));
    round.forEach(permit -> gate.settle(permit, Outcome.THROTTLED));
    assertThat(gate.window("a.test")).isEqualTo(8);
    gate.advance(GateHarness.STEP);
    gate.settle(gate.readyPermit("a.test"), Outcome.THROTTLED);
    assertThat(gate.window("a.test")).isEqualTo(4);
  }

  @Test
  void aRoundThatIsOverWithinATickIsOneToo() {
    gate.live("a.test");
    GateFlow.grow(gate, "a.test", 16);
    GateFlow.fill(gate, "a.test").forEach(permit -> gate.settle(permit, Outcome.THROTTLED));
    assertThat(gate.window("a.test")).isEqualTo(8);
  }

  @Test
  void neverFallsBelowOne() {
    gate.live("a.test");
    for (int i = 0; i < 50; i++) {
      gate.settle(gate.readyPermit("a.test"), Outcome.THROTTLED);
      gate.advance(GateHarness.STEP);
    }
    assertThat(gate.window("a.test")).isEqualTo(1);
    gate.permit("a.test");
  }

  @ParameterizedTest
  @EnumSource(
      value = Outcome.class,
      names = {"DEFERRED", "REJECTED", "THROTTLED"})
  void noAnswerAboutAMessageEverGetsItsDestinationRefused(Outcome outcome) {
    gate.live("a.test");
    for (int i = 0; i < 100; i++) {
      gate.settle(gate.readyPermit("a.test"), outcome);
      gate.advance(Duration.ofMillis(10));
    }
    assertThat(gate.standing("a.test")).isEqualTo(Standing.LIVE);
    assertThat(gate.status("a.test").failures()).isZero();
    gate.permit("a.test");
  }

  // -- push-back

  private List<Permit> pushedBackAt(int accepted) {
    gate.live("a.test");
    GateFlow.grow(gate, "a.test", accepted + 1);
    List<Permit> open =
        new ArrayList<>(
            IntStream.range(0, accepted).mapToObj(i -> gate.readyPermit("a.test")).toList());
    gate.settle(gate.permit("a.test"), Outcome.PUSHED_BACK);
    return open;
  }

  @Test
  void aPushBackMakesTheAcceptedConnectionsTheCeiling() {
    pushedBackAt(7);
    assertThat(gate.status("a.test").ceiling()).isEqualTo(7);
    assertThat(gate.window("a.test")).isEqualTo(7);
    gate.refused("a.test", Reason.LONG_WAIT);
  }

  @Test
  void thePushedBackOneDoesNotCountAsAccepted() {
    gate.live("a.test");
    List<Permit> open = GateFlow.fill(gate, "a.test");
    gate.settle(open.get(0), Outcome.PUSHED_BACK);
    assertThat(gate.status("a.test").ceiling()).isEqualTo(4);
  }

  @Test
  void keepsTheCeilingForSixtySeconds() {
    List<Permit> open = pushedBackAt(7);
    gate.jump(Duration.ofMillis(59_900));
    gate.settle(open.remove(0), Outcome.DELIVERED);
    open.add(gate.readyPermit("a.test"));
    assertThat(gate.window("a.test")).isEqualTo(7);
    gate.jump(Duration.ofMillis(100));
    gate.settle(open.remove(0), Outcome.DELIVERED);
    assertThat(gate.window("a.test")).isEqualTo(7 + 4 / 7.0);
    assertThat(gate.status("a.test").ceiling()).isZero();
  }

  @Test
  void aSiteThatTakesOneConnectionIsAskedForOneMoreThen() {
    List<Permit> open = pushedBackAt(1);
    assertThat(gate.window("a.test")).isEqualTo(1);
    gate.jump(Duration.ofSeconds(60));
    waiters(8);
    gate.settle(open.get(0), Outcome.DELIVERED);
    assertThat(gate.window("a.test")).isEqualTo(2);
    assertThat(gate.status("a.test").inFlight()).isEqualTo(2);
  }

  @Test
  void theCeilingAlsoBoundsTheStartAfterASuspension() {
    gate.live("a.test");
    gate.settle(gate.permit("a.test"), Outcome.PUSHED_BACK);
    gate.advance(Duration.ofSeconds(2));
    gate.recovering("a.test");
    assertThat(gate.status("a.test").ceiling()).isEqualTo(1);
    assertThat(gate.window("a.test")).isEqualTo(1);
  }

  @Test
  void leavesASiteAloneForASecondThatTakesNoConnection() {
    gate.live("a.test");
    CompletableFuture<Admission> again =
        gate.permit("a.test").requeue(GateHarness.PATIENCE, "421").toCompletableFuture();
    assertThat(gate.window("a.test")).isEqualTo(1);
    gate.advance(Duration.ofMillis(990));
    assertThat(again).isNotDone();
    gate.advance(Duration.ofMillis(20));
    assertThat(GateHarness.admitted(again)).isTrue();
  }

  @Test
  void aSiteThatOnlyPushesBackIsSuspendedAtLast() {
    gate.live("a.test");
    gate.advance(Duration.ofSeconds(6));
    for (int i = 0; i < 3; i++) {
      gate.settle(gate.permit("a.test"), Outcome.PUSHED_BACK);
      gate.advance(Duration.ofMillis(1100));
    }
    gate.refused("a.test", Reason.SUSPENDED);
  }

  @Test
  void aNewSiteThatPushesTheFirstConnectionBackIsSuspended() {
    gate.settle(gate.permit("a.test"), Outcome.PUSHED_BACK);
    assertThat(gate.standing("a.test")).isEqualTo(Standing.SUSPENDED);
  }

  // -- requeue

  @Test
  void aRequeuedMessageGoesToTheHeadOfTheQueue() {
    gate.live("a.test");
    List<Permit> open = GateFlow.fill(gate, "a.test");
    CompletableFuture<Admission> waited = gate.waits("a.test");
    CompletableFuture<Admission> requeued =
        open.remove(4).requeue(GateHarness.PATIENCE, "421").toCompletableFuture();
    assertThat(requeued).isNotDone();
    gate.settle(open.remove(0), Outcome.REJECTED);
    assertThat(GateHarness.admitted(requeued)).isTrue();
    assertThat(waited).isNotDone();
  }

  @Test
  void aMessageIsRequeuedFiveTimesAtMost() {
    gate.live("a.test");
    Permit permit = gate.permit("a.test");
    for (int i = 0; i < 5; i++) {
      CompletableFuture<Admission> next =
          permit.requeue(GateHarness.PATIENCE, "421").toCompletableFuture();
      gate.advance(Duration.ofMillis(1010));
      permit = GateHarness.permitOf(next.getNow(null));
    }
    gate.live("other.test", Duration.ofMillis(1));
    assertThat(gate.standing("a.test")).isEqualTo(Standing.LIVE);
    GateHarness.refusedAs(
        permit.requeue(GateHarness.PATIENCE, "421").toCompletableFuture(), Reason.PUSHED_BACK);
    assertThat(gate.stats().requeued()).isEqualTo(5);
    gate.assertAllGivenBack();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void requeueOfASettledOrDetachedPermitIsRefused(boolean settled) {
    Permit permit = gate.permit("a.test");
    if (settled) {
      permit.close();
    } else {
      assertThat(permit.detach()).isTrue();
    }
    GateHarness.refusedAs(
        permit.requeue(GateHarness.PATIENCE, "421").toCompletableFuture(), Reason.CANCELLED);
    permit.close();
    gate.assertAllGivenBack();
  }
}
