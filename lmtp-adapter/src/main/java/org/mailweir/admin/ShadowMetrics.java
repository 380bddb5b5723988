package org.mailweir.admin;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.Outcome;
import org.mailweir.core.Refusal.Reason;
import org.mailweir.core.ShadowStats;

/** Shows what a gate in shadow mode would have done; nothing where it is not in that mode. */
final class ShadowMetrics implements MeterBinder {
  private final DestinationGate<?> gate;

  ShadowMetrics(DestinationGate<?> gate) {
    this.gate = gate;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    if (gate.shadow().isEmpty()) {
      return;
    }
    counter(
        registry,
        "waits",
        "Deliveries that would have waited for a turn",
        Tags.empty(),
        ShadowStats::wouldWait);
    for (Reason reason : Reason.values()) {
      counter(
          registry,
          "refusals",
          "Deliveries that would have been refused, by reason",
          Tags.of("reason", lowerCase(reason)),
          stats -> stats.wouldRefuse().getOrDefault(reason, 0L));
      for (Outcome outcome : Outcome.values()) {
        counter(
            registry,
            "outcomes",
            "What became of deliveries that would have been refused",
            Tags.of("reason", lowerCase(reason), "outcome", lowerCase(outcome)),
            stats -> stats.outcomes().getOrDefault(reason, Map.of()).getOrDefault(outcome, 0L));
      }
    }
  }

  private void counter(
      MeterRegistry registry,
      String name,
      String help,
      Tags tags,
      ToDoubleFunction<ShadowStats> value) {
    FunctionCounter.builder(
            "mailweir.shadow." + name,
            this,
            self -> self.gate.shadow().map(value::applyAsDouble).orElse(0.0))
        .description(help)
        .tags(tags)
        .register(registry);
  }

  private static String lowerCase(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
