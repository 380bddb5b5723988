package org.mailweir.lab.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.lab.policy.Policies;

/** Every scenario, with the production gate, within the bounds that are expected of it. */
final class ScenariosTest {
  private static final long SEED = 7;

  static Stream<Scenario> all() {
    return Scenarios.all().stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("names")
  void keepsItsBoundsWithAHundredClients(String name) {
    check(scenario(name), Policies.MAILWEIR, 100, SEED);
  }

  static Stream<String> names() {
    return all().map(Scenario::name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"S2", "S3", "S7"})
  void keepsItsBoundsWithFiftyClients(String name) {
    check(scenario(name), Policies.MAILWEIR, 50, SEED);
  }

  /** Mail that is quick does not wait behind slow sites in a queue of our own either. */
  @ParameterizedTest
  @ValueSource(strings = {"S5", "S10"})
  void keepsItsBoundsWithItsOwnQueue(String name) {
    check(scenario(name), Policies.MAILWEIR_RELAY, 100, SEED);
  }

  /** Other seeds: other mail, other hosts, other times. */
  @Tag("herd")
  @ParameterizedTest(name = "{0}, seed {1}")
  @MethodSource("seeds")
  void keepsItsBoundsWhateverTheSeed(String name, long seed) {
    check(scenario(name), Policies.MAILWEIR, 100, seed);
  }

  static Stream<Arguments> seeds() {
    return names().flatMap(name -> Stream.of(1L, 2L, 3L).map(seed -> arguments(name, seed)));
  }

  @Test
  void knowsNoScenarioOfAnotherName() {
    assertThat(Scenarios.of("S99")).isEmpty();
  }

  @Test
  void allHaveNamesOfTheirOwnAndBounds() {
    assertThat(names()).doesNotHaveDuplicates();
    assertThat(all()).allSatisfy(scenario -> assertThat(scenario.bounds()).isNotEmpty());
  }

  private static Scenario scenario(String name) {
    return Scenarios.of(name).orElseThrow();
  }

  private static void check(Scenario scenario, Policies policy, int clients, long seed) {
    Result result = Laboratory.of(scenario, policy, clients, seed).run();
    Map<String, Double> figures = result.figures();
    List<String> missed =
        scenario.bounds().stream()
            .filter(bound -> !bound.isMet(figures))
            .map(bound -> bound + ", but is " + figures.get(bound.figure()))
            .toList();
    assertThat(missed).as("%s, %s, seed %d", scenario.name(), result.title(), seed).isEmpty();
  }
}
