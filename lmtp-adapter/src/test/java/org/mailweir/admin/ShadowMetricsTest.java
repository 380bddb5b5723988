package org.mailweir.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.mailweir.core.Attempt;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.Outcome;
import org.mailweir.core.Permit;

class ShadowMetricsTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @Test
  void showsWhatWouldHaveBeenRefusedAndWhatBecameOfIt() {
    DestinationGate<String> gate = DestinationGate.<String>builder().shadow(true).build();
    new ShadowMetrics(gate).bindTo(registry);
    for (int i = 0; i < 3; i++) { // the first one suspends it
      ((Permit) gate.tryAdmit("dead.test", Attempt.FRESH)).settle(Outcome.UNREACHABLE);
    }
    assertThat(count("refusals", "reason", "suspended")).isEqualTo(2);
    assertThat(count("outcomes", "reason", "suspended", "outcome", "unreachable")).isEqualTo(2);
    assertThat(count("outcomes", "reason", "suspended", "outcome", "delivered")).isZero();
    assertThat(count("waits")).isZero();
  }

  private double count(String name, String... tags) {
    return registry.get("mailweir.shadow." + name).tags(tags).functionCounter().count();
  }

  @Test
  void showsNothingWhereTheGateDoesWhatItSays() {
    new ShadowMetrics(DestinationGate.<String>builder().build()).bindTo(registry);
    assertThat(registry.getMeters()).isEmpty();
  }
}
