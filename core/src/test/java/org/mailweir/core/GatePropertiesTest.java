package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.GateModel.Client;
import org.mailweir.core.GateModel.Out;
import org.mailweir.core.GateModel.State;

/** Whatever is done to a gate, in whatever order, it keeps to the policy: see {@link GateModel}. */
class GatePropertiesTest {
  enum Kind {
    BEGIN,
    ASK,
    ASK_IN_GROUP,
    READY,
    SETTLE,
    SETTLE_DETACHED,
    CLOSE,
    DETACH,
    REQUEUE,
    REQUEUE_DETACHED,
    CANCEL,
    CLOSE_GROUP,
    POLL,
    SETTLE_PROBE,
    LOSE_PROBE,
    ADVANCE,
    ALL_ANSWER,
    ALL_FAIL,
    BLACKOUT,
    CROWD,
    SUSPEND,
    RESUME,
    CLOSE_GATE
  }

  /** One thing to do; the numbers choose among what there is. */
  record Step(Kind kind, int which, int destination, int choice) {}

  record Setting(
      long start, int clients, int maxInFlight, int table, int detached, int probes, Set limits) {}

  /** Which of the limits are set that are off by default. */
  enum Set {
    NOTHING,
    RATES,
    BYTES,
    BOTH
  }

  private static final long[] SIZES = {0, 1, 99, 100, 101, 299, 300, 301, 999, 1000, 1001, 5000};

  private static final List<Rate> RATES =
      List.of(
          Rate.evenly(20, Duration.ofMinutes(1)),
          new Rate(10, Duration.ofSeconds(1), 4),
          Rate.evenly(1, Duration.ofHours(1)),
          Rate.evenly(1_000_000, Duration.ofSeconds(1)));

  private static final Duration[] PATIENCE = {
    Duration.ZERO,
    Duration.ofMillis(1),
    Duration.ofSeconds(1),
    Duration.ofSeconds(30),
    Duration.ofSeconds(300)
  };

  private static final Duration[] TIMES = {
    Duration.ZERO,
    Duration.ofMillis(1),
    Duration.ofMillis(10),
    Duration.ofMillis(300),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
    Duration.ofSeconds(8),
    Duration.ofSeconds(31),
    Duration.ofSeconds(61),
    Duration.ofSeconds(241),
    Duration.ofMinutes(11),
    Duration.ofMinutes(61),
    Duration.ofHours(2)
  };

  @Provide
  Arbitrary<Setting> settings() {
    return Combinators.combine(
            Arbitraries.of(GateHarness.STARTS),
            Arbitraries.of(10, 20, 100),
            Arbitraries.of(1, 7, 1000, 1000),
            Arbitraries.of(3, 1000, 1000),
            Arbitraries.of(1, 500),
            Arbitraries.of(2, 200),
            Arbitraries.of(Set.values()))
        .as(Setting::new);
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    return steps(10, 200);
  }

  @Provide
  Arbitrary<List<Step>> manySteps() {
    return steps(1_000, 4_000);
  }

  private static Arbitrary<List<Step>> steps(int least, int most) {
    Arbitrary<Kind> kinds =
        Arbitraries.frequency(
            Tuple.of(3, Kind.BEGIN),
            Tuple.of(30, Kind.ASK),
            Tuple.of(12, Kind.ASK_IN_GROUP),
            Tuple.of(12, Kind.READY),
            Tuple.of(25, Kind.SETTLE),
            Tuple.of(4, Kind.SETTLE_DETACHED),
            Tuple.of(3, Kind.CLOSE),
            Tuple.of(4, Kind.DETACH),
            Tuple.of(4, Kind.REQUEUE),
            Tuple.of(1, Kind.REQUEUE_DETACHED),
            Tuple.of(3, Kind.CANCEL),
            Tuple.of(2, Kind.CLOSE_GROUP),
            Tuple.of(8, Kind.POLL),
            Tuple.of(6, Kind.SETTLE_PROBE),
            Tuple.of(1, Kind.LOSE_PROBE),
            Tuple.of(20, Kind.ADVANCE),
            Tuple.of(3, Kind.ALL_ANSWER),
            Tuple.of(2, Kind.ALL_FAIL),
            Tuple.of(2, Kind.BLACKOUT),
            Tuple.of(4, Kind.CROWD),
            Tuple.of(2, Kind.SUSPEND),
            Tuple.of(1, Kind.RESUME),
            Tuple.of(1, Kind.CLOSE_GATE));
    Arbitrary<Integer> number = Arbitraries.integers().between(0, 999);
    return Combinators.combine(kinds, number, number, number)
        .as(Step::new)
        .list()
        .ofMinSize(least)
        .ofMaxSize(most);
  }

  @Property(tries = 400, edgeCases = EdgeCasesMode.NONE)
  void keepsToThePolicyWhateverIsDone(
      @ForAll("settings") Setting setting, @ForAll("steps") List<Step> steps) {
    GateModel model =
        new GateModel(
            setting.start(),
            builder ->
                set(builder, setting.limits())
                    .clients(setting.clients())
                    .maxInFlight(setting.maxInFlight())
                    .maxDestinations(setting.table())
                    .maxDetached(setting.detached())
                    .maxProbes(setting.probes()),
            8,
            GateModelChecks::check);
    for (Step step : steps) {
      perform(model, step);
    }
    windUp(model);
  }

  /** The same for hours, in lives twenty times as long: profile {@code soak}. */
  @Tag("soak")
  @Property(tries = 20_000, edgeCases = EdgeCasesMode.NONE)
  void keepsToThePolicyForLong(
      @ForAll("settings") Setting setting, @ForAll("manySteps") List<Step> steps) {
    keepsToThePolicyWhateverIsDone(setting, steps);
  }

  private static void perform(GateModel model, Step step) {
    String destination = model.destinations.get(step.destination() % model.destinations.size());
    switch (step.kind()) {
      case BEGIN -> model.begin(size(step));
      case ASK -> ask(model, null, destination, step);
      case ASK_IN_GROUP ->
          pick(model.groups, step).ifPresent(group -> ask(model, group, destination, step));
      case READY -> pick(model.in(State.FLYING), step).ifPresent(model::ready);
      case SETTLE ->
          pick(model.in(State.FLYING), step).ifPresent(t -> model.settle(t, outcome(step)));
      case SETTLE_DETACHED ->
          pick(model.in(State.DETACHED), step).ifPresent(t -> model.settle(t, outcome(step)));
      case CLOSE -> pick(model.in(State.FLYING), step).ifPresent(model::close);
      case DETACH -> pick(model.in(State.FLYING), step).ifPresent(model::detach);
      case REQUEUE ->
          pick(model.in(State.FLYING), step).ifPresent(t -> model.requeue(t, patience(step)));
      case REQUEUE_DETACHED ->
          pick(model.in(State.DETACHED), step).ifPresent(t -> model.requeue(t, patience(step)));
      case CANCEL -> pick(model.in(State.WAITING), step).ifPresent(model::cancel);
      case CLOSE_GROUP -> pick(model.groups, step).ifPresent(model::closeGroup);
      case POLL -> model.poll();
      case SETTLE_PROBE -> pick(model.probes, step).ifPresent(o -> model.settle(o, outcome(step)));
      case LOSE_PROBE -> model.advance(Duration.ofMinutes(10).plusMillis(2), 1);
      case ADVANCE ->
          model.advance(
              TIMES[step.which() % TIMES.length], new int[] {1, 7, 10_000}[step.choice() % 3]);
      case ALL_ANSWER -> all(model, Outcome.DELIVERED);
      case ALL_FAIL -> all(model, Outcome.UNREACHABLE);
      case BLACKOUT -> {
        all(model, Outcome.DELIVERED);
        all(model, Outcome.UNREACHABLE);
        model.advance(Duration.ofSeconds(8), 10_000);
        model.advance(Duration.ofSeconds(5), 10_000);
      }
      case CROWD -> {
        for (int i = 0; i < 8; i++) {
          ask(model, null, destination, step);
        }
      }
      case SUSPEND -> model.limits.suspend(destination, TIMES[1 + step.which() % 12]);
      case RESUME -> model.limits.resume(destination);
      case CLOSE_GATE -> {
        if (step.choice() % 10 == 0) {
          model.closeGate();
        }
      }
    }
  }

  private static void ask(GateModel model, @Nullable Client group, String destination, Step step) {
    Attempt attempt = Attempt.values()[step.which() % 3];
    model.ask(group, destination, attempt, patience(step), size(step));
  }

  private static void all(GateModel model, Outcome outcome) {
    for (String destination : model.destinations) {
      model.ask(null, destination, Attempt.FRESH, Duration.ZERO, 0);
      List<GateTicket> flying = model.in(State.FLYING, destination);
      if (!flying.isEmpty()) {
        model.settle(flying.get(flying.size() - 1), outcome);
      }
    }
  }

  private static void windUp(GateModel model) {
    for (Out out : List.copyOf(model.probes)) {
      model.settle(out, Outcome.UNKNOWN);
    }
    for (Client group : model.groups) {
      model.closeGroup(group);
    }
    model.closeGate();
    assertThat(model.in(State.WAITING)).isEmpty();
    for (State state : List.of(State.FLYING, State.DETACHED)) {
      model.in(state).forEach(ticket -> model.settle(ticket, Outcome.DELIVERED));
    }
    GateStats stats = model.gate.stats();
    assertThat(stats.clientsHeld() + stats.clientsWaiting() + stats.inFlight()).isZero();
    assertThat(stats.waiting() + stats.detached() + stats.probing()).isZero();
    assertThat(stats.unproven() + stats.failing() + stats.slow()).isZero();
    assertThat(stats.bytesInFlight()).isZero();
    assertThat(stats.settled().values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(stats.admitted());
  }

  private static <T> Optional<T> pick(List<T> from, Step step) {
    return from.isEmpty() ? Optional.empty() : Optional.of(from.get(step.which() % from.size()));
  }

  /** Delivered half of the time, or nothing would ever be proven. */
  private static Outcome outcome(Step step) {
    Outcome[] all = Outcome.values();
    int choice = step.choice() % (2 * all.length);
    return choice < all.length ? all[choice] : Outcome.DELIVERED;
  }

  private static GateBuilder<String> set(GateBuilder<String> builder, Set limits) {
    if (limits == Set.RATES || limits == Set.BOTH) {
      builder.rate(destination -> RATES.stream().skip(number(destination)).findFirst());
    }
    if (limits == Set.BYTES || limits == Set.BOTH) {
      builder.maxBytes(1000);
      builder.maxBytesPerDestination(d -> number(d) % 2 == 0 ? 300 : Long.MAX_VALUE);
    }
    return builder;
  }

  private static int number(String destination) {
    return destination.charAt(1) - '0';
  }

  private static long size(Step step) {
    return SIZES[step.choice() / 2 % SIZES.length];
  }

  private static Duration patience(Step step) {
    return PATIENCE[step.choice() % PATIENCE.length];
  }
}
