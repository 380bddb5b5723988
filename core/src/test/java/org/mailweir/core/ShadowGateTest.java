package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.mailweir.core.Refusal.Reason;

class ShadowGateTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Set<Reason> OBEYED =
      EnumSet.of(Reason.BY_HAND, Reason.CANCELLED, Reason.CLOSED);

  private final DestinationGate<String> gate = shadow();

  private static DestinationGate<String> shadow() {
    return DestinationGate.<String>builder()
        .clients(10)
        .timeSource(() -> 0)
        .random(new SplittableRandom(1))
        .shadow(true)
        .build();
  }

  private Permit admitted(String destination) {
    Admission answer = gate.tryAdmit(destination, Attempt.FRESH);
    assertThat(answer).isInstanceOf(Permit.class);
    return (Permit) answer;
  }

  private ShadowStats stats() {
    return gate.shadow().orElseThrow();
  }

  @Test
  void onlyAGateInShadowModeHasAShadow() {
    assertThat(DestinationGate.<String>builder().build().shadow()).isEmpty();
    assertThat(stats().wouldRefuse()).allSatisfy((reason, count) -> assertThat(count).isZero());
  }

  @Test
  void admitsWhatItWouldRefuseAndTellsWhatBecameOfIt() {
    admitted("dead.test").settle(Outcome.UNREACHABLE, "connect timed out");
    Permit wrong = admitted("dead.test");
    Permit right = admitted("dead.test");
    assertThat(stats().wouldRefuse()).containsEntry(Reason.SUSPENDED, 2L);
    assertThat(wrong.settle(Outcome.DELIVERED)).isTrue();
    assertThat(right.settle(Outcome.UNREACHABLE)).isTrue();
    assertThat(right.settle(Outcome.DELIVERED)).isFalse();
    assertThat(stats().outcomes().get(Reason.SUSPENDED))
        .containsEntry(Outcome.DELIVERED, 1L)
        .containsEntry(Outcome.UNREACHABLE, 1L)
        .containsEntry(Outcome.REJECTED, 0L);
    assertThat(gate.stats().refused()).containsEntry(Reason.SUSPENDED, 2L);
  }

  @Test
  void countsAsUnreachableWhatFailedBeforeItWasReady() {
    admitted("dead.test").fail("connect timed out");
    Permit lost = admitted("dead.test");
    assertThat(lost.ready()).isTrue();
    assertThat(lost.fail("connection lost")).isTrue();
    Permit detached = admitted("dead.test");
    assertThat(detached.detach()).isTrue();
    assertThat(detached.ready()).isFalse();
    assertThat(detached.fail("connect timed out")).isTrue();
    assertThat(detached.fail("again")).isFalse();
    assertThat(stats().outcomes().get(Reason.SUSPENDED))
        .containsEntry(Outcome.UNKNOWN, 1L)
        .containsEntry(Outcome.UNREACHABLE, 1L);
  }

  @Test
  void whatItWouldHaveRefusedTeachesItNothing() {
    admitted("dead.test").settle(Outcome.UNREACHABLE);
    admitted("dead.test").settle(Outcome.DELIVERED);
    assertThat(gate.status("dead.test").orElseThrow().standing()).isEqualTo(Standing.SUSPENDED);
  }

  @Test
  void whatItAdmitsHoldsItsPermitAndTeachesIt() {
    Permit permit = admitted("live.test");
    permit.ready();
    assertThat(gate.stats().inFlight()).isEqualTo(1);
    permit.settle(Outcome.DELIVERED);
    assertThat(gate.stats().inFlight()).isZero();
    assertThat(gate.status("live.test").orElseThrow().standing()).isEqualTo(Standing.LIVE);
  }

  @Test
  void startsAtOnceWhatWouldWait() throws InterruptedException {
    admitted("live.test").settle(Outcome.DELIVERED);
    List<Permit> flying = new ArrayList<>();
    for (int i = 0; i < 5; i++) { // as many as its window takes
      flying.add(admitted("live.test"));
    }
    Admission one = gate.admit("live.test", Attempt.FRESH, PATIENCE);
    Admission other =
        gate.admitAsync("live.test", Attempt.FRESH, PATIENCE).toCompletableFuture().join();
    assertThat(List.of(one, other)).allSatisfy(a -> assertThat(a).isInstanceOf(Permit.class));
    assertThat(stats().wouldWait()).isEqualTo(2);
    assertThat(gate.stats().waiting()).isZero();
    assertThat(gate.stats().inFlight()).isEqualTo(flying.size());
    ((Permit) one).settle(Outcome.DELIVERED);
    assertThat(gate.stats().inFlight()).isEqualTo(flying.size());
  }

  @Test
  void obeysASuspensionByHandAndTheEnd() {
    gate.suspend("a.test", Duration.ofHours(1), "moving house");
    assertThat(gate.tryAdmit("a.test", Attempt.FRESH))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.reason()).isEqualTo(Reason.BY_HAND));
    assertThat(gate.resume("a.test")).isTrue();
    Transaction<String> transaction = gate.begin(7);
    transaction.close();
    assertThat(transaction.tryAdmit("a.test", Attempt.FRESH)).isInstanceOf(Refusal.class);
    gate.close();
    assertThat(gate.tryAdmit("a.test", Attempt.FRESH)).isInstanceOf(Refusal.class);
  }

  @Test
  void whatIsPushedBackGoesBack() {
    admitted("dead.test").settle(Outcome.UNREACHABLE);
    Permit permit = admitted("dead.test");
    assertThat(permit.ready()).isTrue();
    assertThat(requeued(permit)).isEqualTo(Reason.PUSHED_BACK);
    assertThat(permit.settle(Outcome.DELIVERED)).isFalse();
    assertThat(permit.detach()).isFalse();
    assertThat(requeued(permit)).isEqualTo(Reason.CANCELLED);
    assertThat(stats().outcomes().get(Reason.SUSPENDED)).containsEntry(Outcome.PUSHED_BACK, 1L);
  }

  /** As with any permit: its message went back when it was detached, and its end counts still. */
  @Test
  void whatIsDetachedCannotBeRequeuedAndItsEndCounts() {
    admitted("dead.test").settle(Outcome.UNREACHABLE);
    Permit permit = admitted("dead.test");
    assertThat(permit.detach()).isTrue();
    assertThat(permit.ready()).isFalse();
    assertThat(requeued(permit)).isEqualTo(Reason.CANCELLED);
    assertThat(permit.settle(Outcome.UNREACHABLE)).isTrue();
    assertThat(stats().outcomes().get(Reason.SUSPENDED))
        .containsEntry(Outcome.UNREACHABLE, 1L)
        .containsEntry(Outcome.PUSHED_BACK, 0L);
  }

  private static Reason requeued(Permit permit) {
    return ((Refusal) permit.requeue(PATIENCE, "421 busy").toCompletableFuture().join()).reason();
  }

  @Test
  void hasNoBacklog() {
    assertThatThrownBy(() -> Backlog.<String, String>builder(gate))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** In any order of calls: nothing is refused, and all comes back. */
  @Property(tries = 200)
  void refusesNothingAndLosesNothing(
      @ForAll @Size(max = 200) List<@IntRange(max = 9_999) Integer> steps)
      throws InterruptedException {
    DestinationGate<String> tested = shadow();
    List<Permit> held = new ArrayList<>();
    Outcome[] outcomes = Outcome.values();
    long now = 0;
    long admissions = 0;
    for (int step : steps) {
      String destination = "d" + step % 7;
      switch (step % 5) {
        case 0, 1 -> {
          Attempt attempt = Attempt.values()[step % 3];
          Admission answer =
              step % 2 == 0
                  ? tested.tryAdmit(destination, attempt)
                  : tested.begin(step).admit(destination, attempt, PATIENCE);
          assertThat(answer).isInstanceOf(Permit.class);
          held.add((Permit) answer);
          admissions++;
        }
        case 2, 3 -> {
          if (!held.isEmpty()) {
            held.remove(step % held.size()).settle(outcomes[step % outcomes.length]);
          }
        }
        default -> {
          now += step * 1_000_000L;
          tested.advance(now, 1_000);
          tested.pollProbe().ifPresent(probe -> probe.settle(Outcome.READY, ""));
        }
      }
    }
    held.forEach(Permit::close);
    GateStats stats = tested.stats();
    assertThat(stats.inFlight() + stats.waiting() + stats.clientsHeld() + stats.detached())
        .isZero();
    ShadowStats shadow = tested.shadow().orElseThrow();
    long refused = shadow.wouldRefuse().values().stream().mapToLong(Long::longValue).sum();
    assertThat(stats.admitted() + shadow.wouldWait() + refused).isEqualTo(admissions);
    shadow
        .outcomes()
        .forEach(
            (reason, counts) ->
                assertThat(counts.values().stream().mapToLong(Long::longValue).sum())
                    .isEqualTo(shadow.wouldRefuse().get(reason)));
    assertThat(shadow.wouldRefuse().keySet()).containsAll(OBEYED);
    OBEYED.forEach(reason -> assertThat(shadow.wouldRefuse()).containsEntry(reason, 0L));
  }
}
