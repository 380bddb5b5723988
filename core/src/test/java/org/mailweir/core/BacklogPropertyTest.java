package org.mailweir.core;

import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;

/**
 * Whatever is done to a backlog, in whatever order, no message is lost: see {@link BacklogModel}.
 */
class BacklogPropertyTest {
  enum Kind {
    SUBMIT,
    DEFER,
    HERD,
    CANCEL,
    POLL,
    POLL_ALL,
    FLUSH,
    FLUSH_ALL,
    SETTLE,
    SETTLE_OUTSIDE,
    DETACH,
    OUTSIDE,
    PROBE,
    SETTLE_PROBE,
    ADVANCE,
    ALL_FAIL,
    CLOSE_GATE,
    CLOSE
  }

  /** One thing to do; the numbers choose among what there is. */
  record Step(Kind kind, int which, int destination, int choice) {}

  record Setting(
      long start, int clients, int maxInFlight, int table, int maxMessages, long maxBytes) {}

  private static final Duration[] DELAYS = {
    Duration.ofSeconds(-1),
    Duration.ZERO,
    Duration.ofNanos(1),
    Duration.ofMillis(10),
    Duration.ofSeconds(1),
    Duration.ofSeconds(20),
    Duration.ofMinutes(5),
    Duration.ofHours(3),
    Duration.ofDays(20),
    Duration.ofDays(730)
  };

  private static final Duration[] LIVES = {
    Duration.ofDays(5),
    Duration.ofDays(5),
    Duration.ofDays(730),
    Duration.ofMinutes(5),
    Duration.ofSeconds(20),
    Duration.ofNanos(1),
    Duration.ZERO
  };

  private static final Duration[] TIMES = {
    Duration.ZERO,
    Duration.ofMillis(1),
    Duration.ofMillis(10),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
    Duration.ofSeconds(31),
    Duration.ofMinutes(6),
    Duration.ofMinutes(61),
    Duration.ofHours(4),
    Duration.ofDays(6),
    Duration.ofDays(1000)
  };

  @Provide
  Arbitrary<Setting> settings() {
    return Combinators.combine(
            Arbitraries.of(GateHarness.STARTS),
            Arbitraries.of(10, 20, 100),
            Arbitraries.of(1, 3, 1000, 1000),
            Arbitraries.of(2, 1000, 1000),
            Arbitraries.of(3, 10_000, 10_000),
            Arbitraries.of(ByteBudget.UNLIMITED, 50L, 1_000L))
        .as(Setting::new);
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    return steps(10, 150);
  }

  @Provide
  Arbitrary<List<Step>> manySteps() {
    return steps(1_000, 4_000);
  }

  private static Arbitrary<List<Step>> steps(int least, int most) {
    Arbitrary<Kind> kinds =
        Arbitraries.frequency(
            Tuple.of(12, Kind.SUBMIT),
            Tuple.of(25, Kind.DEFER),
            Tuple.of(6, Kind.HERD),
            Tuple.of(8, Kind.CANCEL),
            Tuple.of(25, Kind.POLL),
            Tuple.of(10, Kind.POLL_ALL),
            Tuple.of(3, Kind.FLUSH),
            Tuple.of(2, Kind.FLUSH_ALL),
            Tuple.of(25, Kind.SETTLE),
            Tuple.of(6, Kind.SETTLE_OUTSIDE),
            Tuple.of(3, Kind.DETACH),
            Tuple.of(8, Kind.OUTSIDE),
            Tuple.of(6, Kind.PROBE),
            Tuple.of(6, Kind.SETTLE_PROBE),
            Tuple.of(20, Kind.ADVANCE),
            Tuple.of(3, Kind.ALL_FAIL),
            Tuple.of(1, Kind.CLOSE_GATE),
            Tuple.of(1, Kind.CLOSE));
    Arbitrary<Integer> number = Arbitraries.integers().between(0, 999);
    return Combinators.combine(kinds, number, number, number)
        .as(Step::new)
        .list()
        .ofMinSize(least)
        .ofMaxSize(most);
  }

  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
  void losesNothingWhateverIsDone(
      @ForAll("settings") Setting setting, @ForAll("steps") List<Step> steps) {
    BacklogModel model =
        new BacklogModel(
            setting.start(),
            setting.maxMessages(),
            builder ->
                builder
                    .clients(setting.clients())
                    .maxInFlight(setting.maxInFlight())
                    .maxBytes(setting.maxBytes())
                    .maxBytesPerDestination(to -> to.startsWith("a") ? 120 : ByteBudget.UNLIMITED)
                    .maxDestinations(setting.table()));
    for (Step step : steps) {
      perform(model, step);
    }
    model.windUp();
  }

  /** The same for hours, in lives twenty times as long: profile {@code soak}. */
  @Tag("soak")
  @Property(tries = 20_000, edgeCases = EdgeCasesMode.NONE)
  void losesNothingForLong(
      @ForAll("settings") Setting setting, @ForAll("manySteps") List<Step> steps) {
    losesNothingWhateverIsDone(setting, steps);
  }

  private static void perform(BacklogModel model, Step step) {
    String destination = model.destinations.get(step.destination() % model.destinations.size());
    Duration delay = DELAYS[step.which() % DELAYS.length];
    Duration life = LIVES[step.choice() % LIVES.length];
    switch (step.kind()) {
      case SUBMIT -> model.add(destination, true, Duration.ZERO, life);
      case DEFER -> model.add(destination, false, delay, life);
      case HERD -> {
        for (int i = 0; i < 12; i++) {
          model.add(destination, false, delay, life);
        }
      }
      case CANCEL -> {
        var pending = model.pending();
        if (!pending.isEmpty()) {
          model.cancel(pending.get(step.which() % pending.size()));
        }
      }
      case POLL -> model.poll();
      case POLL_ALL -> model.pollAll();
      case FLUSH -> model.flush(destination);
      case FLUSH_ALL -> model.flush();
      case SETTLE -> model.settle(model.permits, step.which(), outcome(step));
      case SETTLE_OUTSIDE -> model.settle(model.outside, step.which(), outcome(step));
      case DETACH -> model.detach(step.which());
      case OUTSIDE -> model.admitOutside(destination, step.choice() % 2 == 0);
      case PROBE -> model.probe();
      case SETTLE_PROBE -> model.settleProbe(step.which(), outcome(step));
      case ADVANCE ->
          model.advance(
              TIMES[step.which() % TIMES.length], new int[] {1, 7, 10_000}[step.choice() % 3]);
      case ALL_FAIL -> {
        while (!model.permits.isEmpty()) {
          model.settle(model.permits, 0, Outcome.UNREACHABLE);
        }
      }
      case CLOSE_GATE -> {
        if (step.choice() % 10 == 0) {
          model.closeGate();
        }
      }
      case CLOSE -> {
        if (step.choice() % 4 == 0) {
          model.close();
        }
      }
    }
  }

  /** Delivered half of the time, or nothing would ever be proven. */
  private static Outcome outcome(Step step) {
    Outcome[] all = Outcome.values();
    int choice = step.choice() % (2 * all.length);
    return choice < all.length ? all[choice] : Outcome.DELIVERED;
  }
}
