package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.mailweir.core.Dispatch.Permitted;

/** A backlog and its gate on a clock that the test moves, checked after each step. */
final class BacklogHarness {
  static final String DEAD = "dead.test";
  static final String LIVE = "live.test";

  final GateHarness gate;
  final GatedBacklog<String, String> backlog;

  private BacklogHarness(GateHarness gate, Consumer<BacklogBuilder<String, String>> settings) {
    this.gate = gate;
    BacklogBuilder<String, String> builder = Backlog.builder(gate.gate);
    settings.accept(builder);
    this.backlog = (GatedBacklog<String, String>) builder.build();
  }

  static BacklogHarness start() {
    return with(builder -> {});
  }

  static BacklogHarness with(Consumer<BacklogBuilder<String, String>> settings) {
    return of(GateHarness.start(), settings);
  }

  static BacklogHarness of(GateHarness gate, Consumer<BacklogBuilder<String, String>> settings) {
    return new BacklogHarness(gate, settings);
  }

  // -- mail

  Ticket submit(String destination, String message) {
    tellTime();
    Ticket ticket = backlog.submit(destination, message);
    backlog.assertConsistent();
    return ticket;
  }

  Ticket defer(String destination, String message, Duration delay) {
    tellTime();
    Ticket ticket = backlog.defer(destination, message, delay);
    backlog.assertConsistent();
    return ticket;
  }

  Ticket defer(String destination, String message, Duration delay, Duration lifetime) {
    tellTime();
    Ticket ticket = backlog.defer(destination, message, delay, lifetime);
    backlog.assertConsistent();
    return ticket;
  }

  /** The gate's harness may have moved the clock. */
  private void tellTime() {
    jump(Duration.ZERO);
  }

  Optional<Dispatch<String, String>> poll() {
    tellTime();
    Optional<Dispatch<String, String>> next = backlog.poll();
    backlog.assertConsistent();
    gate.gate.assertConsistent();
    return next;
  }

  void nothing() {
    assertThat(poll()).isEmpty();
  }

  /** Polls, and expects that message with a permit. */
  Permit permitted(String message) {
    Dispatch<String, String> next = poll().orElseThrow();
    assertThat(next.message()).isEqualTo(message);
    assertThat(next).isInstanceOf(Permitted.class);
    return ((Permitted<String, String>) next).permit();
  }

  void expired(String message) {
    assertThat(poll().orElseThrow())
        .isInstanceOf(Dispatch.Expired.class)
        .extracting(Dispatch::message)
        .isEqualTo(message);
  }

  /** Polls until there is nothing more for now. */
  List<Permitted<String, String>> all() {
    List<Permitted<String, String>> all = new ArrayList<>();
    do { // an empty answer is not the last one while there is more to ask
      for (var next = poll(); next.isPresent(); next = poll()) {
        assertThat(next.get()).isInstanceOf(Permitted.class);
        all.add((Permitted<String, String>) next.get());
      }
    } while (backlog.stock.hasWork());
    return all;
  }

  static List<String> messages(List<Permitted<String, String>> dispatches) {
    return dispatches.stream().map(Permitted::message).toList();
  }

  void deliver(Permitted<String, String> dispatch) {
    dispatch.permit().ready();
    gate.settle(dispatch.permit(), Outcome.DELIVERED);
  }

  // -- time

  void advance(Duration time) {
    long end = gate.now() + time.toNanos();
    while (gate.now() - end < 0) {
      jump(Duration.ofNanos(Math.min(GateHarness.STEP.toNanos(), end - gate.now())));
    }
  }

  /** Moves time at once. */
  void jump(Duration time) {
    gate.jump(time);
    while (backlog.advance(gate.now(), 10_000) == 10_000) {
      backlog.assertConsistent();
    }
    backlog.assertConsistent();
  }

  /** Lets the next probe report; looks for it less often the longer it takes. */
  void probe(Outcome outcome) {
    for (Duration step = GateHarness.STEP; step.toMinutes() < 20; step = step.plus(step)) {
      Optional<Probe<String>> probe = gate.gate.pollProbe();
      if (probe.isPresent()) {
        probe.get().settle(outcome, "connect timed out");
        backlog.assertConsistent();
        return;
      }
      jump(step);
    }
    throw new AssertionError("no probe");
  }

  long refusals() {
    return gate.stats().refused().values().stream().mapToLong(Long::longValue).sum();
  }
}
