package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Settings at the ends of their ranges. */
class GateBuilderTest {
  @Test
  void anyNumberOfProbesMayBeUnderWay() {
    GateHarness gate = GateHarness.with(builder -> builder.maxProbes(Integer.MAX_VALUE));
    gate.suspend("dead.test");
    gate.nextProbe(Duration.ofMinutes(6)).settle(Outcome.READY, "");
    assertThat(gate.standing("dead.test")).isEqualTo(Standing.RECOVERING);
  }

  /** One in 10^300 years, for sites that all have fresh mail: the first, and no other. */
  @Test
  void theSmallestBudgetOfProbesIsKept() {
    GateHarness gate =
        GateHarness.with(builder -> builder.clients(10).probesPerSecond(Double.MIN_VALUE));
    for (int i = 0; i < 40; i++) {
      gate.gate.tryAdmit("new" + i + ".test", Attempt.FRESH);
    }
    int probes = 0;
    for (int tick = 0; tick < 200; tick++) {
      probes += gate.gate.pollProbe().isPresent() ? 1 : 0;
      gate.tick();
    }
    assertThat(probes).isEqualTo(1);
  }

  @Test
  void gatesOfOneBuilderShareNoGeneratorUnlessTold() {
    GateBuilder<String> builder = DestinationGate.builder();
    assertThat(builder.random()).isNotSameAs(builder.random());
    SplittableRandom one = new SplittableRandom(1);
    assertThat(builder.random(one).random()).isSameAs(one).isSameAs(builder.random());
  }

  @Test
  void refusesWhatIsOutOfRange() {
    GateBuilder<String> builder = DestinationGate.builder();
    assertThatIllegalArgumentException().isThrownBy(() -> builder.clients(9));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.maxInFlight(0));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.patience(Duration.ZERO));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.patience(Duration.ofDays(2)));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.maxDestinations(0));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.probesPerSecond(Double.NaN));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.probesPerSecond(0));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.maxProbes(0));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.probeLease(Duration.ofNanos(-1)));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.maxDetached(0));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.maxBytes(0));
  }
}
