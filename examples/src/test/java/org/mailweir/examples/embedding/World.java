package org.mailweir.examples.embedding;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.GateListener;
import org.mailweir.core.RetrySchedule;
import org.mailweir.core.Standing;

/** Hosts by script, and a gate that knows when a destination got a standing for the first time. */
final class World implements AutoCloseable {
  final SimulatedSmtp smtp = new SimulatedSmtp();
  final DestinationGate<String> gate;
  final ScheduledExecutorService timer;
  private final Map<Standing, CountDownLatch> reached = new EnumMap<>(Standing.class);

  World() {
    for (Standing standing : Standing.values()) {
      reached.put(standing, new CountDownLatch(1));
    }
    gate =
        DestinationGate.<String>builder()
            .probeSchedule(RetrySchedule.fixed(Duration.ofMillis(50)).build())
            .listener(
                new GateListener<>() {
                  @Override
                  public void onTransition(
                      String destination, Standing from, Standing to, String cause) {
                    reached.get(to).countDown();
                  }
                })
            .build();
    timer = GateTicker.start(gate, smtp);
  }

  /** Waits until some destination got that standing. */
  void awaitStanding(Standing standing) throws InterruptedException {
    if (!reached.get(standing).await(30, TimeUnit.SECONDS)) {
      throw new AssertionError("never " + standing + ": " + gate.stats());
    }
  }

  @Override
  public void close() {
    gate.close();
    timer.shutdownNow();
  }
}
