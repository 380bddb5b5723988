package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mailweir.core.Refusal.Reason;

/** Refusals of a suspended site within one tick, which take no lock: as if they did. */
class RepeatedRefusalsTest {
  private final GateHarness gate = GateHarness.start();

  private long refusals(Reason reason) {
    return gate.stats().refused().get(reason);
  }

  @ParameterizedTest
  @EnumSource
  void areTheSameObjectAndAreCounted(Attempt attempt) {
    gate.suspend("a.test");
    Refusal first = gate.refusal("a.test", attempt);
    for (int i = 0; i < 5; i++) {
      assertThat(gate.refusal("a.test", attempt)).isSameAs(first);
    }
    assertThat(gate.status("a.test").refused()).isEqualTo(6);
    assertThat(refusals(Reason.SUSPENDED)).isEqualTo(6);
  }

  @ParameterizedTest
  @EnumSource
  void takeNoLock(Attempt attempt) {
    gate.suspend("a.test");
    Refusal first = gate.refusal("a.test", attempt);
    assertThat(whileLocked(() -> gate.gate.tryAdmit("a.test", attempt))).isSameAs(first);
    Transaction<String> group = gate.gate.begin();
    assertThat(whileLocked(() -> group.tryAdmit("a.test", attempt))).isSameAs(first);
  }

  /** What another thread is answered while somebody has the gate's lock. */
  private Admission whileLocked(Supplier<Admission> question) {
    Admission[] answer = new Admission[1];
    Thread other = new Thread(() -> answer[0] = question.get(), "refused");
    gate.gate.locked(
        () -> {
          other.start();
          return join(other);
        });
    return answer[0];
  }

  private static boolean join(Thread thread) {
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    assertThat(thread.isAlive()).as("waits for the lock").isFalse();
    return true;
  }

  @Test
  void allocateNothing() {
    gate.suspend("a.test");
    Allocations.assertNone(
        100_000, i -> assertThat0(gate.gate.tryAdmit("a.test", Attempt.FRESH) instanceof Refusal));
  }

  @Test
  void ofEachTickTheFirstOneAllocatesNothingEither() {
    gate.suspend("a.test");
    Allocations.assertNone(
        100_000,
        i -> {
          if ((i & 63) == 0) {
            gate.tick();
          }
          assertThat0(gate.gate.tryAdmit("a.test", Attempt.FRESH) instanceof Refusal);
        });
  }

  /** AssertJ's own assertions allocate. */
  private static void assertThat0(boolean refused) {
    if (!refused) {
      throw new AssertionError();
    }
  }

  @Test
  void endWithTheSuspension() {
    gate.suspend("a.test");
    Probe<String> probe = gate.nextProbe(Duration.ofMinutes(5));
    gate.refused("a.test", Reason.SUSPENDED);
    gate.refused("a.test", Reason.SUSPENDED);
    probe.settle(Outcome.READY, "");
    assertThat(gate.status("a.test").refused()).isZero();
    gate.permit("a.test");
  }

  @Test
  void areThoseOfTheNextProbeOnceItIsPlanned() {
    gate.suspend("a.test");
    Probe<String> probe = gate.nextProbe(Duration.ofMinutes(5));
    Refusal before = gate.refusal("a.test", Attempt.FRESH);
    assertThat(gate.refusal("a.test", Attempt.FRESH)).isSameAs(before);
    probe.settle(Outcome.UNREACHABLE, "still down");
    Refusal after = gate.refusal("a.test", Attempt.FRESH);
    assertThat(after.detail()).isEqualTo("still down");
    assertThat(gate.refusal("a.test", Attempt.FRESH)).isSameAs(after);
  }

  @Test
  void endWithTheGateAndTheTransaction() {
    gate.suspend("a.test");
    Transaction<String> group = gate.gate.begin();
    assertThat(((Refusal) group.tryAdmit("a.test", Attempt.RETRIED)).reason())
        .isEqualTo(Reason.SUSPENDED);
    assertThat(((Refusal) group.tryAdmit("a.test", Attempt.RETRIED)).reason())
        .isEqualTo(Reason.SUSPENDED);
    group.close();
    assertThat(((Refusal) group.tryAdmit("a.test", Attempt.RETRIED)).reason())
        .isEqualTo(Reason.CANCELLED);
    gate.gate.close();
    gate.refused("a.test", Reason.CLOSED);
  }

  /** A herd that is not known as retried is noted by its first refusal, in whatever tick. */
  @Test
  void youngMailIsNotedEvenIfRetriedMailWasRefusedFirst() {
    gate.suspend("a.test");
    gate.refusal("a.test", Attempt.RETRIED);
    gate.refusal("a.test", Attempt.RETRIED);
    gate.refusal("a.test", Attempt.FRESH);
    assertThat(gate.gate.table.get("a.test").refusedYoung).isTrue();
  }

  @Test
  void aSiteThatIsStillAskedForIsProbedAndKeptInTheTable() {
    GateHarness small = GateHarness.with(builder -> builder.maxDestinations(2));
    small.suspend("a.test");
    small.suspend("b.test");
    small.tick();
    small.refused("a.test", Reason.SUSPENDED);
    small.refused("a.test", Reason.SUSPENDED);
    small.permit("c.test");
    assertThat(small.gate.status("a.test")).isPresent();
    assertThat(small.gate.status("b.test")).isEmpty();
    assertThat(small.nextProbe(Duration.ofMinutes(5)).destination()).isEqualTo("a.test");
  }
}
