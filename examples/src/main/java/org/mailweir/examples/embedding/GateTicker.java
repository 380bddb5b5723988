package org.mailweir.examples.embedding;

import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.Outcome;
import org.mailweir.core.Probe;

/** Keeps a gate's time and runs its probes: what every embedder does once, on one timer. */
record GateTicker(DestinationGate<String> gate, SimulatedSmtp smtp) {
  /** Most timers of the gate that one tick fires: a tick is short, and the next one is near. */
  private static final int TIMERS = 1_000;

  /** Starts a timer that ticks every 10 ms, until it is shut down. It may be an event loop. */
  static ScheduledExecutorService start(DestinationGate<String> gate, SimulatedSmtp smtp) {
    GateTicker ticker = new GateTicker(gate, smtp);
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    var unused = timer.scheduleWithFixedDelay(ticker::tick, 0, 10, TimeUnit.MILLISECONDS);
    return timer;
  }

  private void tick() {
    gate.advance(System.nanoTime(), TIMERS);
    for (Optional<Probe<String>> due = gate.pollProbe(); due.isPresent(); due = gate.pollProbe()) {
      run(due.get());
    }
  }

  /** Connects as if for a message, sends none, and reports. Never throws: timers end with that. */
  private void run(Probe<String> probe) {
    var unused =
        smtp.connectAsync(probe.destination())
            .whenComplete(
                (connection, failure) ->
                    probe.settle(
                        failure == null ? Outcome.READY : SimulatedSmtp.outcome(failure),
                        SimulatedSmtp.words(failure)));
  }
}
