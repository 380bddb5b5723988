package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mailweir.core.GateHarness.admitted;
import static org.mailweir.core.GateHarness.permitOf;
import static org.mailweir.core.GateHarness.refusedAs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.mailweir.core.Refusal.Reason;

/** One client, many destinations. */
class GateTransactionTest {
  private final GateHarness gate = GateHarness.start();
  private final Transaction<String> group = gate.gate.begin();

  private Permit permit(String destination) {
    return permitOf(group.tryAdmit(destination, Attempt.FRESH));
  }

  private CompletableFuture<Admission> ask(String destination) {
    CompletableFuture<Admission> answer =
        group.admitAsync(destination, Attempt.FRESH, Duration.ofSeconds(30)).toCompletableFuture();
    gate.gate.assertConsistent();
    return answer;
  }

  private CompletableFuture<Admission> waits(String destination) {
    CompletableFuture<Admission> answer = ask(destination);
    assertThat(answer).isNotDone();
    return answer;
  }

  private List<Permit> busy(String destination) {
    gate.live(destination);
    return GateFlow.fill(gate, destination);
  }

  @Test
  void holdsNothingBeforeItsFirstAdmission() {
    assertThat(gate.stats().clientsHeld()).isZero();
    gate.suspend("a.test");
    assertThat(group.tryAdmit("a.test", Attempt.FRESH)).isInstanceOf(Refusal.class);
    assertThat(gate.stats().clientsHeld()).isZero();
  }

  @Test
  void holdsOneClientForTwentyDestinationsUntilTheLastIsSettled() {
    List<Permit> permits = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      gate.live("d" + i + ".test");
      permits.add(permit("d" + i + ".test"));
    }
    assertThat(gate.stats().clientsHeld()).isEqualTo(1);
    assertThat(gate.stats().inFlight()).isEqualTo(20);
    for (Permit permit : permits) {
      assertThat(gate.stats().clientsHeld()).isEqualTo(1);
      gate.settle(permit, Outcome.DELIVERED);
    }
    gate.assertAllGivenBack();
  }

  @Test
  void countsPairsInTheSharesOfUnprovenDestinations() {
    for (int i = 0; i < 40; i++) {
      permit("new" + i + ".test");
    }
    assertThat(gate.stats().unproven()).isEqualTo(40);
    assertThat(gate.stats().clientsHeld()).isEqualTo(1);
    gate.refused("other.test", Reason.UNPROVEN_SHARE);
    assertThat(group.tryAdmit("other.test", Attempt.FRESH))
        .isEqualTo(gate.refusal("other.test", Attempt.FRESH));
  }

  @Test
  void needsNoFurtherClientOnceItHoldsOne() {
    gate.live("mine.test", Duration.ofSeconds(3));
    gate.live("more.test", Duration.ofSeconds(3));
    permit("mine.test");
    gate.hold("other", 89);
    gate.refused("more.test", Reason.CLIENTS);
    permit("more.test");
  }

  @Test
  void needsAClientAgainAfterItGaveItsOwnBack() {
    gate.live("mine.test", Duration.ofSeconds(3));
    gate.settle(permit("mine.test"), Outcome.REJECTED);
    gate.hold("other", 90);
    assertThat(((Refusal) group.tryAdmit("mine.test", Attempt.FRESH)).reason())
        .isEqualTo(Reason.CLIENTS);
  }

  @Test
  void countsOnceAmongTheWaitingClients() {
    busy("a.test");
    busy("b.test");
    CompletableFuture<Admission> first = waits("a.test");
    CompletableFuture<Admission> second = waits("b.test");
    assertThat(gate.stats().waiting()).isEqualTo(2);
    assertThat(gate.stats().clientsWaiting()).isEqualTo(1);
    first.cancel(false);
    assertThat(gate.stats().clientsWaiting()).isEqualTo(1);
    second.cancel(false);
    assertThat(gate.stats().clientsWaiting()).isZero();
  }

  @Test
  void closeEndsItsWaitsInTheirOrderAndNothingElse() {
    List<Permit> inFlight = busy("a.test");
    CompletableFuture<Admission> foreign = gate.waits("a.test");
    List<Integer> order = new ArrayList<>();
    List<CompletableFuture<Admission>> mine =
        IntStream.range(0, 8)
            .mapToObj(
                i -> {
                  CompletableFuture<Admission> wait = waits("a.test");
                  wait.thenRun(() -> order.add(i));
                  return wait;
                })
            .toList();
    gate.live("b.test");
    Permit permit = permit("b.test");
    group.close();
    gate.gate.assertConsistent();
    mine.forEach(wait -> refusedAs(wait, Reason.CANCELLED));
    assertThat(order).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    assertThat(foreign).isNotDone();
    gate.settle(permit, Outcome.DELIVERED);
    gate.settle(inFlight.get(0), Outcome.REJECTED);
    assertThat(admitted(foreign)).isTrue();
  }

  @Test
  void closedRefusesAllThatComesLater() {
    gate.live("a.test");
    Permit pushedBack = permit("a.test");
    group.close();
    group.close();
    assertThat(((Refusal) group.tryAdmit("a.test", Attempt.FRESH)).reason())
        .isEqualTo(Reason.CANCELLED);
    refusedAs(ask("a.test"), Reason.CANCELLED);
    refusedAs(
        pushedBack.requeue(Duration.ofSeconds(30), "").toCompletableFuture(), Reason.CANCELLED);
    gate.assertAllGivenBack();
  }

  @Test
  void keepsItsClientWhileAPairIsRequeued() {
    gate.live("a.test");
    Permit permit = permit("a.test");
    CompletableFuture<Admission> again =
        permit.requeue(Duration.ofSeconds(30), "421").toCompletableFuture();
    assertThat(gate.stats().clientsHeld()).isEqualTo(1);
    gate.advance(Duration.ofSeconds(2));
    permitOf(again.join()).close();
    gate.assertAllGivenBack();
  }

  @Test
  void givesItsClientBackWhenItsLastPairIsDetached() {
    Permit permit = permit("new.test");
    assertThat(permit.detach()).isTrue();
    assertThat(gate.stats().clientsHeld()).isZero();
    assertThat(gate.stats().detached()).isEqualTo(1);
    permit.close();
    gate.assertAllGivenBack();
  }

  @Test
  void waitsOnceMoreThoughNoFurtherClientMayWait() {
    GateHarness few = GateHarness.with(b -> b.clients(10).maxInFlight(1));
    for (int i = 0; i < 6; i++) {
      few.live("d" + i);
    }
    few.permit("d0");
    Transaction<String> waiting = few.gate.begin();
    for (int i = 1; i < 5; i++) {
      few.waits("d" + i);
    }
    for (int i = 0; i < 2; i++) {
      var answer = waiting.admitAsync("d5", Attempt.FRESH, GateHarness.PATIENCE);
      assertThat(answer.toCompletableFuture()).isNotDone();
    }
    refusedAs(few.ask("d1"), Reason.WAITING_SHARE);
  }

  @Test
  void asksAndWaitsAsItselfToo() throws InterruptedException {
    gate.live("a.test");
    permitOf(group.admit("a.test", Attempt.FRESH, Duration.ZERO));
    permitOf(gate.gate.admit("a.test", Attempt.FRESH, Duration.ZERO));
    assertThat(gate.stats().clientsHeld()).isEqualTo(2);
    permitOf(group.admit("a.test", Attempt.FRESH, Duration.ZERO));
    assertThat(gate.stats().clientsHeld()).isEqualTo(2);
  }
}
