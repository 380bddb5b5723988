package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Deliveries in numbers. */
final class GateFlow {
  private GateFlow() {}

  /** Fills the window with deliveries that are ready. */
  static List<Permit> fill(GateHarness gate, String destination) {
    List<Permit> permits = new ArrayList<>();
    while (gate.status(destination).inFlight() < (int) gate.window(destination)) {
      permits.add(gate.readyPermit(destination));
    }
    return permits;
  }

  /** Fills the window, ends one delivery with 2xx and the others without a lesson. */
  static void deliverAtFullWindow(GateHarness gate, String destination) {
    List<Permit> permits = fill(gate, destination);
    assertThat(permits).isNotEmpty();
    gate.advance(Duration.ofMillis(20));
    gate.settle(permits.remove(0), Outcome.DELIVERED);
    permits.forEach(permit -> gate.settle(permit, Outcome.UNKNOWN));
  }

  /** Grows the window of a live destination to at least that. */
  static void grow(GateHarness gate, String destination, int window) {
    for (int i = 0; i < 1000 && gate.window(destination) < window; i++) {
      deliverAtFullWindow(gate, destination);
    }
    assertThat(gate.window(destination)).isGreaterThanOrEqualTo(window);
  }
}
