package org.mailweir.core;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mailweir.core.Refusal.Reason;

/** Defects of other libraries, and which test makes sure that ours has none of them. */
@Timeout(60)
class PeerDefectsTest {
  /** A defect, where it was found, and a test of ours. */
  record Defect(String defect, Class<?> test, String method) {
    @Override
    public String toString() {
      return defect + ": " + test.getSimpleName() + "." + method;
    }
  }

  static List<Defect> defects() {
    return List.of(
        // -- retry schedules
        new Defect(
            "resilience4j ofExponentialRandomBackoff limits after randomising: one value at the cap",
            RetryScheduleTest.class,
            "spreadsAlsoAtTheMaximum"),
        new Defect(
            "the same, whatever the jitter",
            RetrySchedulePropertyTest.class,
            "neverGivesACohortAtTheMaximumOneDelay"),
        new Defect(
            "maddy truncates a backoff factor of 1.25 to 1",
            RetryScheduleTest.class,
            "growsByFactorsThatAreNotWhole"),
        new Defect(
            "KumoMTA limits its jitter to 30 s, whatever the delay",
            RetryScheduleTest.class,
            "spreadsLongDelaysByTheSamePartAsShortOnes"),
        // -- permits
        new Defect(
            "Failsafe #393: a timed refusal of its bulkhead destroys a permit",
            ConcurrencyLimiterWaitingTest.class,
            "aWaitThatTimesOutTakesNoPermit_failsafe393"),
        new Defect(
            "the same, of the gate",
            PeerDefectsTest.class,
            "aWaitWhosePatienceIsOverTakesNoPermit_failsafe393"),
        new Defect(
            "resilience4j, concurrency-limits: releasing twice raises the limit",
            ConcurrencyLimiterTest.class,
            "returnsAPermitOnceHoweverOftenItIsClosed"),
        new Defect(
            "the same, of many threads",
            ConcurrencyLimiterStressTest.class,
            "returnsOnceWhenAllThreadsCloseTheSamePermits"),
        new Defect(
            "the same, of the depths",
            DestinationDepthsTest.class,
            "closingASlotTwiceGivesItBackOnce"),
        new Defect(
            "the same, of the gate",
            GateAdmissionTest.class,
            "aPermitIsGivenBackOnceHoweverOftenItIsSettled_failsafe393"),
        new Defect(
            "concurrency-limits #234: a partition and the global limit are read apart, taken later",
            ConcurrencyLimiterLincheckTest.class,
            "isLinearizable"),
        new Defect(
            "the same, of many threads",
            ConcurrencyLimiterStressTest.class,
            "neverRefusesForATakeThatFailsElsewhere_concurrencyLimits234"),
        // -- probes and recovery
        new Defect(
            "resilience4j #544, #903, #935, Sentinel #1638: a lost half-open probe blocks for ever",
            ProbesTest.class,
            "aProbeThatIsNeverReportedIsReclaimedByItsLease_resilience4j544"),
        new Defect(
            "ZoneMTA #182: the destination is back, and nobody notices until a fixed time is over",
            PeerDefectsTest.class,
            "takesMailFromTheMomentThatAProbeGetsThrough_zoneMta182"),
        // -- keys
        new Defect(
            "resilience4j #273, #1221: keys without bound",
            DestinationTableTest.class,
            "evictsAsTheModelDoes"),
        new Defect(
            "Sentinel stops checking past 6,000 keys",
            GateAdmissionTest.class,
            "refusesWhatItCannotTrackInsteadOfLettingItGoUnchecked_sentinel"),
        new Defect(
            "the same, of the depths",
            PeerDefectsTest.class,
            "depthsPastTheirCapacityRefuse_sentinel6000"),
        // -- callbacks and time
        new Defect(
            "Failsafe runs callbacks under its lock",
            GateCallbacksTest.class,
            "callbacksRunOutsideTheLock"),
        new Defect(
            "the same, of the limiter",
            ConcurrencyLimiterWaitingTest.class,
            "callbacksRunOutsideTheLock"),
        new Defect(
            "Guava RateLimiter #1774, timers of Netty and Kafka: clocks inside, not testable",
            PeerDefectsTest.class,
            "readsTheClockOnceAndThenGoesByWhatItIsTold_guava1774"),
        new Defect(
            "Agrona's wheel: an insert costs O(n) when all timers fall in one tick",
            TimerWheelScaleTest.class,
            "insertsByChangingOnlyTheEndOfTheList"),
        new Defect(
            "Netty's wheel visits each timer of a bucket again in every round",
            TimerWheelScaleTest.class,
            "touchesNoTimerUntilItsSlotIsReached"),
        // -- a queue of its own
        new Defect(
            "KumoMTA #593: throttled messages check again every few seconds, a storm",
            BacklogScaleTest.class,
            "aStormOfThrottledMailAsksOnceForEachMessageReleased"),
        new Defect(
            "the same while nothing is released",
            BacklogScaleTest.class,
            "pollsAskNothingWhileNothingChanges"),
        new Defect(
            "KumoMTA: the whole spool is due at once after a restart",
            BacklogScaleTest.class,
            "aSpoolThatIsOverdueAfterARestartLeavesAtThePaceOfTheGate"));
  }

  @ParameterizedTest
  @MethodSource("defects")
  void isTested(Defect defect) {
    assertThat(Arrays.stream(defect.test.getDeclaredMethods()))
        .as("%s", defect)
        .anyMatch(method -> method.getName().equals(defect.method) && isTest(method));
  }

  private static boolean isTest(Method method) {
    return method.isAnnotationPresent(Test.class)
        || method.isAnnotationPresent(ParameterizedTest.class)
        || method.isAnnotationPresent(Property.class);
  }

  @Test
  void aWaitWhosePatienceIsOverTakesNoPermit_failsafe393() {
    GateHarness gate = GateHarness.start();
    gate.live("a.test");
    List<Permit> inFlight = GateFlow.fill(gate, "a.test");
    List<CompletableFuture<Admission>> waiting = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      waiting.add(gate.waits("a.test"));
    }
    gate.advance(GateHarness.PATIENCE.plusMillis(20));
    waiting.forEach(answer -> GateHarness.refusedAs(answer, Reason.TIMED_OUT));
    inFlight.forEach(permit -> gate.settle(permit, Outcome.UNKNOWN));
    gate.assertAllGivenBack();
    assertThat(GateFlow.fill(gate, "a.test")).hasSameSizeAs(inFlight);
  }

  @Test
  void takesMailFromTheMomentThatAProbeGetsThrough_zoneMta182() {
    GateHarness gate = GateHarness.start();
    gate.live("a.test");
    gate.suspend("a.test");
    for (int i = 0; i < 4; i++) { // the probes are five minutes apart by now
      gate.refused("a.test", Reason.SUSPENDED);
      gate.nextProbe(ofMinutes(6)).settle(Outcome.UNREACHABLE, "");
    }
    gate.refused("a.test", Reason.SUSPENDED);
    Probe<String> probe = gate.nextProbe(ofMinutes(6));
    gate.advance(ofSeconds(1));
    gate.refused("a.test", Reason.SUSPENDED);
    probe.settle(Outcome.READY, "");
    gate.permit("a.test").close();
  }

  @Test
  void depthsPastTheirCapacityRefuse_sentinel6000() {
    DestinationDepths<Integer> depths = new DestinationDepths<>(6_000, 1, 0);
    for (int destination = 0; destination < 7_000; destination++) {
      assertThat(depths.tryStart(destination).isPresent()).isEqualTo(destination < 6_000);
    }
    assertThat(depths.tryStart(5_999)).as("and those within are checked still").isEmpty();
  }

  @Test
  void readsTheClockOnceAndThenGoesByWhatItIsTold_guava1774() {
    AtomicInteger readings = new AtomicInteger();
    try (DestinationGate<String> gate =
        DestinationGate.<String>builder()
            .timeSource(
                () -> {
                  readings.incrementAndGet();
                  return 0;
                })
            .random(new SplittableRandom(1))
            .build()) {
      long end = Duration.ofHours(3).toNanos();
      int probes = 0;
      for (long now = 0; now < end; now += Duration.ofSeconds(10).toNanos()) {
        gate.advance(now, 1_000);
        if (gate.tryAdmit("a.test", Attempt.FRESH) instanceof Permit permit) {
          permit.settle(Outcome.UNREACHABLE);
        }
        var probe = gate.pollProbe();
        probe.ifPresent(due -> due.settle(Outcome.UNREACHABLE, ""));
        probes += probe.isPresent() ? 1 : 0;
      }
      assertThat(probes).as("three hours, five minutes apart at most").isBetween(36, 90);
      assertThat(readings).hasValue(1);
    }
  }
}
