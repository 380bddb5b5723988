package org.mailweir.lab.policy;

import java.util.Optional;
import java.util.OptionalDouble;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.Probe;
import org.mailweir.lab.time.VirtualTime;
import org.mailweir.lab.world.World;

/** Drives a gate: its time, and its probes. */
final class GateTicker {
  static final int TIMERS = 10_000;
  private static final double TICK = 0.01;

  private GateTicker() {}

  /** Returns the window of a destination that the gate knows. */
  static OptionalDouble window(DestinationGate<String> gate, String destination) {
    return gate.status(destination)
        .map(status -> OptionalDouble.of(status.window()))
        .orElse(OptionalDouble.empty());
  }

  /** Starts to drive it, every 10 ms, and does something else after each step. */
  static void start(Bench bench, DestinationGate<String> gate, Runnable alsoThen) {
    VirtualTime time = bench.time();
    World world = bench.world();
    time.every(
        TICK,
        () -> {
          gate.advance(time.nanoTime(), TIMERS);
          for (Optional<Probe<String>> due = gate.pollProbe();
              due.isPresent();
              due = gate.pollProbe()) {
            Probe<String> probe = due.get();
            world.probe(probe.destination(), ending -> probe.settle(Outcomes.of(ending), ""));
          }
          alsoThen.run();
        });
  }
}
