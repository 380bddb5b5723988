package org.mailweir.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mailweir.lab.scenario.Result;
import org.openjdk.jmh.annotations.Param;

/** Each benchmark runs with each of its peers; it throws where it does not do what it measures. */
final class BenchmarksTest {
  private static final int STEPS = 100_000;

  static Stream<Peer> admitting() throws NoSuchFieldException {
    return peersOf(AdmitSettleBenchmark.class);
  }

  static Stream<Peer> refusing() throws NoSuchFieldException {
    return peersOf(RefusalBenchmark.class);
  }

  private static Stream<Peer> peersOf(Class<?> benchmark) throws NoSuchFieldException {
    return Stream.of(benchmark.getDeclaredField("peer").getAnnotation(Param.class).value())
        .map(Peer::valueOf);
  }

  @ParameterizedTest
  @MethodSource("admitting")
  void neverRefusesWhatItSettles(Peer peer) {
    AdmitSettleBenchmark benchmark = new AdmitSettleBenchmark();
    benchmark.peer = peer;
    benchmark.learn();
    Walk walk = new Walk();
    for (int i = 0; i < STEPS; i++) {
      benchmark.admitAndSettle(walk);
    }
  }

  @ParameterizedTest
  @MethodSource("refusing")
  void refusesAll(Peer peer) {
    RefusalBenchmark benchmark = new RefusalBenchmark();
    benchmark.peer = peer;
    benchmark.fail();
    Walk walk = new Walk();
    for (int i = 0; i < STEPS; i++) {
      benchmark.refuse(walk);
    }
  }

  @ParameterizedTest
  @EnumSource
  void neverRunsOutOfPermits(LimiterPeer peer) {
    LimiterBenchmark benchmark = new LimiterBenchmark();
    benchmark.peer = peer;
    benchmark.make();
    for (int i = 0; i < STEPS; i++) {
      benchmark.takeAndGive();
    }
  }

  @ParameterizedTest
  @EnumSource
  void neverRunsOutOfPlaces(DepthsPeer peer) {
    DepthsBenchmark benchmark = new DepthsBenchmark();
    benchmark.peer = peer;
    benchmark.learn();
    Walk walk = new Walk();
    for (int i = 0; i < STEPS; i++) {
      benchmark.enterAndLeave(walk);
    }
  }

  @ParameterizedTest
  @EnumSource
  void neverHasToWaitForItsTime(RatePeer peer) {
    RateBenchmark benchmark = new RateBenchmark();
    benchmark.peer = peer;
    benchmark.make();
    for (int i = 0; i < STEPS; i++) {
      benchmark.begin();
    }
  }

  @ParameterizedTest
  @EnumSource
  void alwaysHasADelay(DelayPeer peer) {
    RetryDelayBenchmark benchmark = new RetryDelayBenchmark();
    benchmark.peer = peer;
    benchmark.make();
    for (int i = 0; i < STEPS; i++) {
      assertThat(benchmark.next()).isPositive();
    }
  }

  @Test
  void runsTheHerd() {
    Result result = new HerdBenchmark().herd();
    assertThat(result.refusals().values().stream().mapToLong(Long::longValue).sum())
        .isGreaterThanOrEqualTo(20_000 - 200);
  }
}
