package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.mailweir.core.Refusal.Reason;

/** A gate on a clock that the test moves, with jitter from a seed, and the words that tests use. */
final class GateHarness {
  static final Duration STEP = Duration.ofMillis(10);
  static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int LIMIT = 10_000;

  /** Where clocks begin: each one makes readings wrap or change sign at some time. */
  static final List<Long> STARTS =
      List.of(
          0L,
          -1L,
          Long.MIN_VALUE,
          Long.MAX_VALUE,
          Long.MAX_VALUE - 1_000_000_000L,
          1_234_567_890_123L);

  /** What the gate's listener heard, as text. */
  final List<String> heard = new ArrayList<>();

  final PolicyGate<String> gate;
  private long now;

  private GateHarness(long start, Consumer<GateBuilder<String>> settings) {
    now = start;
    GateBuilder<String> builder =
        DestinationGate.<String>builder()
            .timeSource(() -> now)
            .random(new SplittableRandom(1))
            .listener(new Recorder());
    settings.accept(builder);
    gate = (PolicyGate<String>) builder.build();
  }

  static GateHarness start() {
    return new GateHarness(0, builder -> {});
  }

  static GateHarness with(Consumer<GateBuilder<String>> settings) {
    return new GateHarness(0, settings);
  }

  static GateHarness at(long start, Consumer<GateBuilder<String>> settings) {
    return new GateHarness(start, settings);
  }

  static GateHarness clients(int clients) {
    return with(builder -> builder.clients(clients));
  }

  long now() {
    return now;
  }

  // -- time

  /** Moves time as the adapter does, in steps of 10 ms. */
  void advance(Duration time) {
    long end = now + time.toNanos();
    while (now - end < 0) {
      long step = Math.min(STEP.toNanos(), end - now);
      jump(Duration.ofNanos(step));
    }
  }

  /** Moves time at once: an embedder that was away for long. */
  void jump(Duration time) {
    now += time.toNanos();
    while (gate.advance(now, LIMIT) == LIMIT) {
      gate.assertConsistent();
    }
    gate.assertConsistent();
  }

  /** Moves time, and lets the gate make one step of what is due. */
  void late(Duration time) {
    now += time.toNanos();
    gate.advance(now, 1);
    gate.assertConsistent();
  }

  /** One step, without the check that takes long in a large table. */
  void tick() {
    now += STEP.toNanos();
    gate.advance(now, LIMIT);
  }

  // -- admissions

  Admission tryAdmit(String destination) {
    return tryAdmit(destination, Attempt.FRESH);
  }

  Admission tryAdmit(String destination, Attempt attempt) {
    Admission admission = gate.tryAdmit(destination, attempt);
    if (admission instanceof Refusal refusal && refusal.nextTryNanos() != Refusal.NO_HINT) {
      assertThat(refusal.nextTryNanos() - now).as("%s, at %d", refusal, now).isNotNegative();
    }
    gate.assertConsistent();
    return admission;
  }

  Permit permit(String destination) {
    return permitOf(tryAdmit(destination));
  }

  /** A permit of an attempt that has reached the point where MAIL may be sent. */
  Permit readyPermit(String destination) {
    Permit permit = permit(destination);
    permit.ready();
    return permit;
  }

  static Permit permitOf(Admission admission) {
    assertThat(admission).isInstanceOf(Permit.class);
    return (Permit) admission;
  }

  Refusal refusal(String destination, Attempt attempt) {
    Admission admission = tryAdmit(destination, attempt);
    assertThat(admission).isInstanceOf(Refusal.class);
    return (Refusal) admission;
  }

  void refused(String destination, Reason reason) {
    assertThat(refusal(destination, Attempt.FRESH).reason()).isEqualTo(reason);
  }

  /** A permit of a message of that size, ready. */
  Permit permit(String destination, long bytes) {
    Permit permit = permitOf(gate.begin(bytes).tryAdmit(destination, Attempt.FRESH));
    permit.ready();
    gate.assertConsistent();
    return permit;
  }

  /** Asks for a message of that size. */
  CompletableFuture<Admission> ask(String destination, long bytes) {
    CompletableFuture<Admission> answer =
        gate.begin(bytes).admitAsync(destination, Attempt.FRESH, PATIENCE).toCompletableFuture();
    gate.assertConsistent();
    return answer;
  }

  CompletableFuture<Admission> ask(String destination) {
    return ask(destination, Attempt.FRESH, PATIENCE);
  }

  CompletableFuture<Admission> ask(String destination, Attempt attempt, Duration patience) {
    CompletableFuture<Admission> answer =
        gate.admitAsync(destination, attempt, patience).toCompletableFuture();
    gate.assertConsistent();
    return answer;
  }

  /** Asks, and makes sure that the answer is still to come. */
  CompletableFuture<Admission> waits(String destination, Attempt attempt) {
    CompletableFuture<Admission> answer = ask(destination, attempt, PATIENCE);
    assertThat(answer).isNotDone();
    return answer;
  }

  CompletableFuture<Admission> waits(String destination) {
    return waits(destination, Attempt.FRESH);
  }

  static void refusedAs(CompletableFuture<Admission> answer, Reason reason) {
    assertThat(answer).isCompleted();
    assertThat(answer.join()).isInstanceOf(Refusal.class);
    assertThat(((Refusal) answer.join()).reason()).isEqualTo(reason);
  }

  static boolean admitted(CompletableFuture<Admission> answer) {
    return answer.getNow(null) instanceof Permit;
  }

  void settle(Permit permit, Outcome outcome) {
    assertThat(permit.settle(outcome, "words")).isTrue();
    gate.assertConsistent();
  }

  // -- destinations in a certain standing

  /** A destination that has taken one message just now, within half a second. */
  void live(String destination) {
    live(destination, Duration.ofMillis(500));
  }

  void live(String destination, Duration took) {
    Permit permit = readyPermit(destination);
    jump(took);
    settle(permit, Outcome.DELIVERED);
    assertThat(standing(destination)).isEqualTo(Standing.LIVE);
  }

  void suspend(String destination) {
    for (int i = 0; i < 3 && standing(destination) != Standing.SUSPENDED; i++) {
      settle(permit(destination), Outcome.UNREACHABLE);
    }
    assertThat(standing(destination)).isEqualTo(Standing.SUSPENDED);
  }

  /** Suspends so many new destinations, named {@code prefix0.test...}. */
  void suspendMany(String prefix, int destinations) {
    for (int i = 0; i < destinations; i++) {
      String destination = prefix + i + ".test";
      permitOf(gate.tryAdmit(destination, Attempt.FRESH)).settle(Outcome.UNREACHABLE, "");
    }
    gate.assertConsistent();
    assertThat(stats().byStanding().get(Standing.SUSPENDED)).isEqualTo(destinations);
  }

  void suspect(String destination) {
    assertThat(permit(destination).detach()).isTrue();
    assertThat(standing(destination)).isEqualTo(Standing.SUSPECT);
  }

  /** Suspends a live destination, and lets its probe get through. */
  void recovering(String destination) {
    if (standing(destination) == Standing.NEW) {
      live(destination);
    }
    suspend(destination);
    assertThat(nextProbe(Duration.ofMinutes(5)).settle(Outcome.READY, "")).isTrue();
    assertThat(standing(destination)).isEqualTo(Standing.RECOVERING);
  }

  /**
   * Opens that many transactions, two each at live destinations named {@code prefix0...}. They take
   * too long to be given the clients kept for what is over in a moment.
   */
  List<Permit> hold(String prefix, int clients) {
    for (int i = 0; i < clients; i += 2) {
      live(prefix + i / 2, Duration.ofMillis(2100));
    }
    List<Permit> held = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      held.add(readyPermit(prefix + i / 2));
    }
    return held;
  }

  /** Polls until a probe is due. */
  Probe<String> nextProbe(Duration within) {
    for (long end = now + within.toNanos(); now - end < 0; advance(STEP)) {
      var probe = gate.pollProbe();
      if (probe.isPresent()) {
        gate.assertConsistent();
        return probe.get();
      }
    }
    throw new AssertionError("no probe within " + within);
  }

  void noProbe(Duration within) {
    for (long end = now + within.toNanos(); now - end < 0; advance(STEP)) {
      assertThat(gate.pollProbe()).isEmpty();
    }
  }

  // -- views

  Standing standing(String destination) {
    return gate.status(destination).map(DestinationStatus::standing).orElse(Standing.NEW);
  }

  DestinationStatus<String> status(String destination) {
    return gate.status(destination).orElseThrow();
  }

  double window(String destination) {
    return status(destination).window();
  }

  GateStats stats() {
    return gate.stats();
  }

  void assertAllGivenBack() {
    gate.assertConsistent();
    GateStats stats = stats();
    assertThat(
            List.of(
                stats.clientsHeld(),
                stats.clientsWaiting(),
                stats.inFlight(),
                stats.waiting(),
                stats.detached(),
                stats.probing(),
                stats.unproven(),
                stats.failing(),
                stats.slow()))
        .as("%s", stats)
        .containsOnly(0);
    assertThat(stats.bytesInFlight()).isZero();
    assertThat(stats.oldestInFlight()).isEmpty();
    long settled = stats.settled().values().stream().mapToLong(Long::longValue).sum();
    assertThat(settled).isEqualTo(stats.admitted());
  }

  private final class Recorder implements GateListener<String> {
    @Override
    public void onTransition(String destination, Standing from, Standing to, String cause) {
      assertThat(from.mayBecome(to)).as("%s: %s -> %s", destination, from, to).isTrue();
      heard.add(destination + " " + from + " -> " + to + (cause.isEmpty() ? "" : ": " + cause));
    }

    @Override
    public void onSuspendedByHand(String destination, long until, String reason) {
      heard.add(destination + " suspended by hand: " + reason);
    }

    @Override
    public void onResumedByHand(String destination) {
      heard.add(destination + " resumed");
    }

    @Override
    public void onOutage() {
      heard.add("outage");
    }

    @Override
    public void onOutageOver() {
      heard.add("outage over");
    }
  }
}
