package org.mailweir.lab.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mailweir.lab.mail.Kind;
import org.mailweir.lab.policy.Policies;
import org.mailweir.lab.world.Conduct;

/** The peers do what is known of them: where they fail, and where they do not. */
final class PeersTest {
  private static Map<String, Double> herd(Policies policy, int clients, int messages, int domains) {
    Scenario scenario =
        new Scenario(
            "herd",
            "",
            new Span(60, 300),
            300,
            1500,
            stage -> {
              Everyday.warmUp(stage, Everyday.provenNames());
              Everyday.proven(stage, 4, 30, 300);
              new Herd(messages, domains, 5000).deferred(stage);
              stage.flush(60);
            },
            List.of());
    return Laboratory.of(scenario, policy, clients, 7).run().figures();
  }

  /** Each holds 31 of 500 clients. Measured: p99 0.6 s with 16 of them, 583 s with 17. */
  @Test
  void filtermailFallsOffACliffAtSeventeenDeadDomains() {
    assertThat(herd(Policies.FILTERMAIL, 500, 1000, 16).get("proven.p99")).isLessThan(5);
    assertThat(herd(Policies.FILTERMAIL, 500, 1000, 17).get("proven.p99")).isGreaterThan(100);
  }

  @Test
  void withoutAPolicyAHerdHoldsAllClients() {
    Map<String, Double> figures = herd(Policies.NONE, 100, 20_000, 200);
    assertThat(figures.get("proven.within-1s")).isLessThan(0.05);
    assertThat(figures).containsEntry("clients.most", 100.0);
  }

  @ParameterizedTest
  @EnumSource(
      value = Policies.class,
      names = {"BULKHEAD", "BREAKER", "AIMD", "MAILWEIR"})
  void greylistingOpensNoCircuit(Policies policy) {
    Scenario scenario =
        new Scenario(
            "greylisting",
            "",
            new Span(0, 600),
            600,
            6000,
            stage -> {
              List<String> names = Everyday.names("grey", 5);
              names.forEach(name -> stage.host(name, Conduct.healthy().greylisting(60)));
              Everyday.inTurns(stage, Kind.GREYLISTED, names, 1, 0, 600);
            },
            List.of());
    Result result = Laboratory.of(scenario, policy, 100, 7).run();
    assertThat(result.figures()).containsEntry("greylisted.undelivered", 0.0);
    assertThat(result.refusals().keySet()).doesNotContain("BREAKER", "BACKOFF", "SUSPENDED");
  }

  /** One timer for each destination, and one for each message. */
  @Test
  void aBacklogThatAsksItsDestinationsTriesLess() {
    assertThat(herd(Policies.MAILWEIR_RELAY, 100, 20_000, 20).get("attempts.wasted") * 10)
        .isLessThan(herd(Policies.TIMERS_EQUAL, 100, 20_000, 20).get("attempts.wasted"));
  }
}
