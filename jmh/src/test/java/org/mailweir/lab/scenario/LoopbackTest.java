package org.mailweir.lab.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mailweir.lab.policy.Policies;

/**
 * The simulation beside the same thing on loopback, with the real transport, sockets and threads:
 * FullHerdTest, RecoveryTest and GroupMailTest of the LMTP adapter, as measured on a quiet machine
 * of 2 cores (the README has the figures). What is not simulated, the machine, is within {@value
 * #MACHINE} s at the 99th percentile.
 */
final class LoopbackTest {
  private static final double MACHINE = 0.3;

  @ParameterizedTest(name = "{0} dead domains, {1} clients")
  @CsvSource({
    "200, 100, 0.036, 0.171, 5.03",
    "5000, 100, 0.043, 0.150, 5.0",
    "200, 50, 0.035, 0.136, 5.1",
    "5000, 50, 0.022, 0.102, 5.0"
  })
  void aHerdThatComesSevenTimes(
      int domains, int clients, double provenP99, double unseenP99, double longestHold) {
    Scenario scenario =
        new Scenario(
            "loopback",
            "20,000 messages, tried seven times, every 30 s",
            new Span(60, 285),
            285,
            600,
            stage -> {
              Everyday.warmUp(stage, Everyday.provenNames());
              Everyday.proven(stage, 8.5, 30, 285);
              Everyday.unseen(stage, 1.5, 30, 285);
              new Herd(20_000, domains, 5000).deferred(stage);
              for (int i = 0; i < 7; i++) {
                stage.flush(60 + 30 * i);
              }
            },
            List.of());
    Map<String, Double> figures =
        Laboratory.of(scenario, Policies.MAILWEIR_AGES, clients, 7).run().figures();
    System.out.printf(
        "%d dead domains, %d clients: proven p99 %.3f s (loopback %.3f), unseen p99 %.3f s (%.3f),"
            + " longest hold %.2f s (%.2f)%n",
        domains,
        clients,
        figures.get("proven.p99"),
        provenP99,
        figures.get("unseen.p99"),
        unseenP99,
        figures.get("clients.longest-in-vain"),
        longestHold);
    assertThat(figures.get("proven.p99")).isCloseTo(provenP99, within(MACHINE));
    assertThat(figures.get("unseen.p99")).isCloseTo(unseenP99, within(MACHINE));
    assertThat(figures.get("proven.within-1s")).isEqualTo(1);
    assertThat(figures.get("unseen.within-1s")).isEqualTo(1);
    assertThat(figures.get("clients.longest-in-vain")).isCloseTo(longestHold, within(0.2));
  }

  /** On loopback: at most 21 open at once, 4 turned away, drained in about 4 minutes. */
  @Test
  void aSiteThatReturnsAndTakesTwentyConnections() {
    Scenario scenario = Scenarios.of("S6").orElseThrow();
    Map<String, Double> figures =
        Laboratory.of(scenario, Policies.MAILWEIR, 100, 7).run().figures();
    assertThat(figures.get("site.most-open")).isBetween(20.0, 22.0);
    assertThat(figures.get("site.pushed-back")).isBetween(1.0, 10.0);
    assertThat(figures.get("recovery.all")).isBetween(200.0, 360.0);
  }

  /** On loopback: 0.26 to 0.3 s, none twice. */
  @Test
  void mailToGroups() {
    Scenario scenario = Scenarios.of("S12").orElseThrow();
    Map<String, Double> figures =
        Laboratory.of(scenario, Policies.MAILWEIR, 100, 7).run().figures();
    assertThat(figures.get("group.p99")).isCloseTo(0.28, within(MACHINE));
    assertThat(figures.get("duplicates")).isZero();
  }
}
