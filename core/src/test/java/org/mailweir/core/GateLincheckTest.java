package org.mailweir.core;

import java.time.Duration;
import java.util.List;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A gate that knows two destinations, of which three are asked for: what each call returns is what
 * it would return if they had been called one after the other, and all is counted right at the end.
 * That includes what is done without the lock: looking up a site, and refusing again.
 *
 * <p>At first a delivery to 0 is under way, and 1 is suspended, its probe under way too and its
 * mail refused in this tick. Probes have no jitter, as Lincheck has draws of its own.
 */
@Param(name = "destination", gen = IntGen.class, conf = "0:2")
@Param(name = "attempt", gen = IntGen.class, conf = "0:2")
@Param(name = "outcome", gen = IntGen.class, conf = "0:8")
@Param(name = "minutes", gen = IntGen.class, conf = "2:4")
public class GateLincheckTest {
  private static final int RETRIED = Attempt.RETRIED.ordinal();

  private final PolicyGate<Integer> gate =
      (PolicyGate<Integer>)
          DestinationGate.<Integer>builder()
              .timeSource(() -> 0)
              .probeSchedule(RetrySchedule.fixed(Duration.ofSeconds(30)).build())
              .maxDestinations(2)
              .build();
  private final Permit permit = (Permit) gate.tryAdmit(0, Attempt.FRESH);
  private final Probe<Integer> probe;

  /** Suspends one of the two. */
  public GateLincheckTest() {
    ((Permit) gate.tryAdmit(1, Attempt.FRESH)).settle(Outcome.UNREACHABLE, "first words");
    gate.advance(Duration.ofMinutes(1).toNanos(), 100);
    probe = gate.pollProbe().orElseThrow();
    gate.tryAdmit(1, Attempt.FRESH);
  }

  @Operation
  public String tryAdmit(
      @Param(name = "destination") int destination, @Param(name = "attempt") int attempt) {
    return gate.tryAdmit(destination, Attempt.values()[attempt]) instanceof Refusal refusal
        ? refusal.reason() + " until " + refusal.nextTryNanos() + " " + refusal.detail()
        : "permit";
  }

  @Operation
  public boolean ready() {
    return permit.ready();
  }

  @Operation
  public boolean detach() {
    return permit.detach();
  }

  @Operation
  public boolean settle(@Param(name = "outcome") int outcome) {
    return permit.settle(Outcome.values()[outcome], "");
  }

  @Operation
  public boolean settleProbe(@Param(name = "outcome") int outcome) {
    return probe.settle(Outcome.values()[outcome], "other words");
  }

  @Operation
  public int advance(@Param(name = "minutes") int minutes) {
    return gate.advance(Duration.ofMinutes(minutes).toNanos(), 100);
  }

  @Operation
  public boolean pollProbe() {
    return gate.pollProbe().isPresent();
  }

  @Operation
  public boolean suspend(@Param(name = "destination") int destination) {
    return gate.suspend(destination, Duration.ofMinutes(1), "by hand");
  }

  @Operation
  public boolean resume(@Param(name = "destination") int destination) {
    return gate.resume(destination);
  }

  @Operation
  public String status(@Param(name = "destination") int destination) {
    return gate.status(destination)
        .map(status -> status.standing() + " " + status.inFlight() + " " + status.detached())
        .orElse("unknown");
  }

  @Operation
  public void close() {
    gate.close();
  }

  @Validate
  public void isConsistent() {
    gate.assertConsistent();
  }

  @Test
  @Timeout(600)
  void isLinearizable() {
    Lincheck.tryInterleavings(getClass());
  }

  @Test
  @Timeout(600)
  void aSiteThatLeavesTheTableWhileItIsLookedUpIsNotUsed() {
    Actor settled = call("settle", Outcome.DELIVERED.ordinal());
    tryTogether(settled, call("tryAdmit", 0, RETRIED), call("tryAdmit", 2, RETRIED));
  }

  @Test
  @Timeout(600)
  void aRefusalWithoutTheLockIsOneOfBeforeTheProbeEnds() {
    for (Outcome outcome : List.of(Outcome.READY, Outcome.UNREACHABLE, Outcome.UNKNOWN)) {
      Actor ends = call("settleProbe", outcome.ordinal());
      tryTogether(call("status", 1), call("tryAdmit", 1, RETRIED), ends);
    }
  }

  @Test
  @Timeout(600)
  void aRefusalWithoutTheLockIsOneOfBeforeTheTimeGoesOn() {
    tryTogether(call("status", 1), call("tryAdmit", 1, RETRIED), call("advance", 3));
    tryTogether(call("status", 1), call("tryAdmit", 1, RETRIED), call("suspend", 1));
    tryTogether(call("status", 1), call("tryAdmit", 1, RETRIED), call("close"));
  }

  /** Tries all ways in which two calls may meet, each of them followed by the first one again. */
  private void tryTogether(Actor before, Actor one, Actor other) {
    Lincheck.tryScenario(
        getClass(), List.of(before), List.of(List.of(one, one), List.of(other)), List.of(one));
  }

  private Actor call(String operation, Object... arguments) {
    return Lincheck.actor(getClass(), operation, arguments);
  }
}
