package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.core.Refusal.Reason;

/**
 * Refusals without the lock, against what changes the site at the same moment. The tables of
 * outcomes are the specification, as with jcstress: any other outcome fails, and the forbidden ones
 * are named.
 */
@Timeout(120)
class RepeatedRefusalsStressTest {
  private static final int ROUNDS = 20_000;
  private static final String SITE = "a.test";

  private final AtomicLong clock = new AtomicLong();
  private final ExecutorService pool = Executors.newFixedThreadPool(2);

  @AfterEach
  void stop() {
    pool.shutdownNow();
  }

  private PolicyGate<String> gate() {
    return (PolicyGate<String>)
        DestinationGate.<String>builder()
            .timeSource(clock::get)
            .maxDestinations(2)
            .random(new SplittableRandom(5))
            .build();
  }

  /** Runs both at once, and returns what they returned. */
  private <A, B> List<Object> together(CyclicBarrier start, Callable<A> one, Callable<B> other)
      throws Exception {
    Future<A> first = pool.submit(() -> after(start, one));
    Future<B> second = pool.submit(() -> after(start, other));
    return List.of(first.get(60, TimeUnit.SECONDS), second.get(60, TimeUnit.SECONDS));
  }

  private static <T> T after(CyclicBarrier start, Callable<T> action) throws Exception {
    start.await();
    return action.call();
  }

  private static void suspend(PolicyGate<String> gate, String destination) {
    ((Permit) gate.tryAdmit(destination, Attempt.FRESH)).settle(Outcome.UNREACHABLE);
    gate.tryAdmit(destination, Attempt.FRESH); // the first refusal of this tick
  }

  private Probe<String> probe(PolicyGate<String> gate) {
    for (; ; ) {
      gate.advance(clock.addAndGet(1_000_000_000L), 100);
      var probe = gate.pollProbe();
      if (probe.isPresent()) {
        gate.tryAdmit(SITE, Attempt.FRESH);
        return probe.get();
      }
    }
  }

  private static String name(Object admission) {
    return admission instanceof Refusal refusal
        ? refusal.reason() + " " + refusal.detail()
        : "permit";
  }

  /**
   *
   *
   * <pre>
   * two refusals | the site answers
   *   SUSPENDED, SUSPENDED  allowed: both before the answer
   *   SUSPENDED, permit     allowed: between them
   *   permit, permit        allowed: both after it
   *   permit, SUSPENDED     forbidden: a suspension that is over comes back
   * </pre>
   */
  @Test
  void aSuspensionThatIsOverDoesNotComeBack() throws Exception {
    CyclicBarrier start = new CyclicBarrier(2);
    for (int round = 0; round < ROUNDS / 10; round++) {
      PolicyGate<String> gate = gate();
      suspend(gate, SITE);
      Probe<String> probe = probe(gate);
      List<Object> seen =
          together(
              start,
              () ->
                  name(gate.tryAdmit(SITE, Attempt.FRESH))
                      + ", "
                      + name(gate.tryAdmit(SITE, Attempt.FRESH)),
              () -> probe.settle(Outcome.READY, ""));
      assertThat(seen.get(0))
          .isIn("SUSPENDED , SUSPENDED ", "SUSPENDED , permit", "permit, permit");
      assertThat(name(gate.tryAdmit(SITE, Attempt.FRESH)))
          .as("once it has")
          .doesNotStartWith("SUSPENDED");
      gate.assertConsistent();
    }
  }

  /**
   *
   *
   * <pre>
   * two refusals | the probe fails with other words
   *   old, old   allowed
   *   old, new   allowed
   *   new, new   allowed
   *   new, old   forbidden: the plan of a probe that is over comes back
   * </pre>
   */
  @Test
  void theRefusalOfAProbeThatIsOverDoesNotComeBack() throws Exception {
    PolicyGate<String> gate = gate();
    suspend(gate, SITE);
    CyclicBarrier start = new CyclicBarrier(2);
    for (int round = 0; round < ROUNDS / 10; round++) {
      Probe<String> probe = probe(gate);
      String old = name(gate.tryAdmit(SITE, Attempt.FRESH));
      String next = "SUSPENDED round " + round;
      List<Object> seen =
          together(
              start,
              () ->
                  List.of(
                      name(gate.tryAdmit(SITE, Attempt.FRESH)),
                      name(gate.tryAdmit(SITE, Attempt.FRESH))),
              () -> probe.settle(Outcome.UNREACHABLE, next.substring("SUSPENDED ".length())));
      assertThat(seen.get(0)).isIn(List.of(old, old), List.of(old, next), List.of(next, next));
    }
    gate.assertConsistent();
  }

  /** Every refusal is in the totals, whichever way it was given, while time and table move. */
  @Test
  void noRefusalIsLostFromTheTotals() throws Exception {
    PolicyGate<String> gate = gate();
    suspend(gate, SITE);
    long before = gate.stats().refused().get(Reason.SUSPENDED);
    CyclicBarrier start = new CyclicBarrier(2);
    Callable<Map<Reason, Integer>> ask =
        () -> {
          SplittableRandom random = new SplittableRandom(Thread.currentThread().getId());
          Map<Reason, Integer> seen = new EnumMap<>(Reason.class);
          for (int i = 0; i < ROUNDS * 5; i++) {
            if (random.nextInt(50) == 0) {
              gate.advance(clock.addAndGet(10_000_000), 100);
            }
            if (random.nextInt(500) == 0) { // pushes others out of a table of two
              Admission other = gate.tryAdmit("b" + random.nextInt(3), Attempt.FRESH);
              if (other instanceof Permit permit) {
                permit.settle(Outcome.DELIVERED);
              } else {
                seen.merge(((Refusal) other).reason(), 1, Integer::sum);
              }
            }
            Admission admission = gate.tryAdmit(SITE, Attempt.values()[random.nextInt(3)]);
            if (admission instanceof Permit permit) {
              permit.settle(Outcome.UNREACHABLE);
            } else {
              seen.merge(((Refusal) admission).reason(), 1, Integer::sum);
            }
          }
          return seen;
        };
    List<Object> seen = new ArrayList<>(together(start, ask, ask));
    gate.assertConsistent();
    for (Reason reason : Reason.values()) {
      long counted =
          seen.stream().mapToLong(map -> ((Map<?, Integer>) map).getOrDefault(reason, 0)).sum();
      long extra = reason == Reason.SUSPENDED ? before : 0;
      assertThat(gate.stats().refused().get(reason)).as("%s", reason).isEqualTo(counted + extra);
    }
  }
}
