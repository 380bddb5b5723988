package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

/** A relay whose own network goes down: {@code live0.test}, {@code live1.test} ... were live. */
final class OutageScene {
  private final GateHarness gate;

  OutageScene(GateHarness gate) {
    this.gate = gate;
  }

  /** Makes so many live sites; the last one is the one that answered last. */
  void liveSites(int sites) {
    for (int i = 0; i < sites; i++) {
      gate.live("live" + i + ".test", Duration.ofMillis(10));
    }
  }

  /** Eight seconds of silence, four failures from {@code live<first>.test} on, and a failed try. */
  void begin(int first) {
    fail(first, 4);
    gate.advance(Duration.ofSeconds(8));
    gate.nextProbe(Duration.ofMillis(20)).settle(Outcome.UNREACHABLE, "network is unreachable");
    assertThat(gate.stats().outage()).isTrue();
  }

  /** One failed delivery at each of so many sites. */
  void fail(int first, int sites) {
    for (int i = first; i < first + sites; i++) {
      gate.settle(gate.permit("live" + i + ".test"), Outcome.UNREACHABLE);
    }
  }
}
