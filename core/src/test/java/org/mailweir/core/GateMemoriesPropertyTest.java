package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Whatever has happened to a gate, one that begins with its memories knows the same, on any clock,
 * and is as sound as any other.
 */
class GateMemoriesPropertyTest {
  record Step(int destination, Outcome outcome, int millis, int what) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 7),
            Arbitraries.frequency(
                net.jqwik.api.Tuple.of(3, Outcome.DELIVERED),
                net.jqwik.api.Tuple.of(5, Outcome.UNREACHABLE),
                net.jqwik.api.Tuple.of(1, Outcome.READY),
                net.jqwik.api.Tuple.of(1, Outcome.PUSHED_BACK),
                net.jqwik.api.Tuple.of(1, Outcome.THROTTLED),
                net.jqwik.api.Tuple.of(1, Outcome.UNRESOLVED),
                net.jqwik.api.Tuple.of(1, Outcome.UNKNOWN)),
            Arbitraries.of(0, 1, 10, 500, 5_000, 40_000, 400_000, 3_700_000, 7_300_000),
            Arbitraries.integers().between(0, 9))
        .as(Step::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(80);
  }

  @Provide
  Arbitrary<Long> starts() {
    return Arbitraries.of(GateHarness.STARTS);
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void knowsTheSame(
      @ForAll("steps") List<Step> before,
      @ForAll("steps") List<Step> after,
      @ForAll("starts") long start,
      @ForAll("starts") long restart) {
    GateHarness first = GateHarness.at(start, builder -> {});
    before.forEach(step -> perform(first, step));

    List<DestinationMemory<String>> kept = first.gate.memories();
    assertThat(kept).isSortedAccordingTo(Comparator.comparing(m -> m.unused().negated()));
    GateHarness second = GateHarness.at(restart, builder -> {});
    second.gate.restore(kept);
    second.gate.assertConsistent();
    assertThat(sorted(second.gate.memories())).isEqualTo(sorted(expected(kept)));

    after.forEach(step -> perform(second, step));
  }

  /** What was too old to say anything is new again, or gone; what was due has got a time. */
  private static List<DestinationMemory<String>> expected(List<DestinationMemory<String>> kept) {
    return kept.stream().flatMap(memory -> expected(memory).stream()).toList();
  }

  private static Optional<DestinationMemory<String>> expected(DestinationMemory<String> kept) {
    boolean over =
        kept.suspension()
            .map(was -> isOld(was.since()) && was.sinceProbe().map(age -> isOld(age)).orElse(true))
            .orElse(false);
    if (over && kept.byHand().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(told(kept, over));
  }

  private static boolean isOld(Duration age) {
    return age.compareTo(Duration.ofHours(1)) >= 0;
  }

  private static DestinationMemory<String> told(DestinationMemory<String> of, boolean over) {
    boolean stale = of.sinceSuccess().map(age -> age.toMinutes() >= 10).orElse(true);
    return new DestinationMemory<>(
        of.destination(),
        over ? Standing.NEW : of.standing(),
        of.unused(),
        over ? Optional.empty() : of.sinceSuccess(),
        !over && of.delivered(),
        over ? Duration.ZERO : of.meanDelivery(),
        over
            ? Window.NEW_SITE
            : switch (of.standing()) {
              case NEW, SUSPECT, SUSPENDED -> of.window();
              case RECOVERING -> stale ? Math.min(of.window(), 2) : of.window();
              case LIVE -> stale ? Math.min(of.window(), 5) : of.window();
            },
        over ? 0 : of.failures(),
        over ? "" : of.cause(),
        over ? 0 : of.failedProbes(),
        over ? Optional.empty() : of.suspension(),
        of.byHand());
  }

  /** In some order, and without what the restart is free to choose: see the other tests. */
  private static List<String> sorted(List<DestinationMemory<String>> memories) {
    return memories.stream().map(GateMemoriesPropertyTest::text).sorted().toList();
  }

  private static String text(DestinationMemory<String> memory) {
    boolean byHand = memory.byHand().isPresent(); // which is a use
    return Stream.of(
            memory.destination(),
            memory.standing(),
            byHand ? "" : memory.unused(),
            memory.sinceSuccess(),
            memory.delivered(),
            memory.meanDelivery(),
            memory.window(),
            memory.failures(),
            memory.cause(),
            memory.failedProbes(),
            memory.suspension().map(was -> was.since()),
            memory.suspension().flatMap(was -> was.sinceProbe()),
            memory
                .suspension()
                .flatMap(was -> was.nextProbe())
                .map(delay -> delay.toSeconds() < 2 ? "soon" : delay),
            memory.byHand())
        .map(String::valueOf)
        .toList()
        .toString();
  }

  private static void perform(GateHarness gate, Step step) {
    String destination = "d" + step.destination() + ".test";
    switch (step.what()) {
      case 0 -> gate.gate.suspend(destination, Duration.ofMinutes(30), "by hand");
      case 1 -> gate.gate.resume(destination);
      case 2 ->
          gate.gate.pollProbe().ifPresent(probe -> probe.settle(step.outcome(), "probe failed"));
      default -> {
        if (gate.tryAdmit(destination) instanceof Permit permit) {
          if (step.what() == 3) {
            permit.detach();
          }
          gate.jump(Duration.ofMillis(step.millis() % 2_000));
          permit.settle(step.outcome(), "words");
        }
      }
    }
    gate.gate.assertConsistent();
    gate.jump(Duration.ofMillis(step.millis()));
  }
}
