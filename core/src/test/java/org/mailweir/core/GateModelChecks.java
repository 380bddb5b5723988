package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.mailweir.core.GateModel.Edge;
import org.mailweir.core.GateModel.Knowledge;
import org.mailweir.core.GateModel.State;
import org.mailweir.core.Refusal.Reason;

/** Checks a step of a {@link GateModel} against what the gate shows after it. */
final class GateModelChecks {
  private static final long SECOND = 1_000_000_000L;
  private static final long RECENT = 600 * SECOND;
  private static final long LONGEST_HOLD = 240 * SECOND;

  private final GateModel model;
  private final GateStats stats;

  private GateModelChecks(GateModel model) {
    this.model = model;
    this.stats = model.gate.stats();
  }

  static void check(GateModel model) {
    model.gate.assertConsistent();
    GateModelChecks checks = new GateModelChecks(model);
    checks.edges();
    checks.answers();
    checks.gauges();
    checks.totals();
    checks.limits();
    model.destinations.forEach(checks::destination);
    checks.order();
    checks.patience();
    model.limits.check();
  }

  private int part(double share) {
    return Math.max(1, (int) (model.clients * share));
  }

  private Optional<DestinationStatus<String>> status(String destination) {
    return model.gate.status(destination);
  }

  // -- standings

  private void edges() {
    for (Edge edge : model.edges) {
      Knowledge knowledge = model.known(edge.destination());
      assertThat(edge.from()).as("%s", edge).isEqualTo(knowledge.standing);
      assertThat(edge.from().mayBecome(edge.to())).as("%s", edge).isTrue();
      switch (edge.to()) {
        case SUSPENDED -> {
          int needed = edge.from() == Standing.NEW || edge.from() == Standing.SUSPECT ? 1 : 3;
          assertThat(knowledge.badSinceAlive).as("%s", edge).isGreaterThanOrEqualTo(needed);
        }
        case SUSPECT ->
            assertThat(knowledge.hung || edge.from() == Standing.SUSPENDED).as("%s", edge).isTrue();
        case LIVE, RECOVERING ->
            assertThat(knowledge.badSinceAlive == 0 || edge.from() == Standing.SUSPENDED)
                .as("%s", edge)
                .isTrue();
        case NEW -> {}
      }
      knowledge.standing = edge.to();
      model.transitions++;
    }
  }

  // -- answers

  private void answers() {
    for (GateTicket ticket : model.in(State.WAITING)) {
      if (ticket.answer.getNow(null) instanceof Permit permit) {
        ticket.permit = permit;
        ticket.state = State.FLYING;
        ticket.began = model.now;
        model.started.add(ticket);
        model.admitted++;
        model.limits.started(ticket);
      }
    }
    for (GateTicket ticket : model.in(State.WAITING)) {
      if (ticket.answer.isDone()) {
        ticket.state = State.DONE;
        Refusal refusal = (Refusal) ticket.answer.join();
        model.refused.merge(refusal.reason(), 1L, Long::sum);
        assertThat(legitimate(ticket, refusal.reason()))
            .as("%s of %s at %s, before %s", refusal, ticket.destination, model.now, model.before)
            .isTrue();
        if (model.asked.contains(ticket) && byRule(refusal.reason())) {
          model.known(ticket.destination).refusedYoung |= ticket.attempt != Attempt.RETRIED;
        }
      }
    }
    for (GateTicket ticket : model.tickets) {
      boolean open = ticket.state == State.WAITING;
      assertThat(ticket.answers).as("answers").isEqualTo(open ? 0 : 1);
    }
    for (GateTicket ticket : model.asked) {
      if (ticket.state != State.DONE && ticket.requeues == 0) {
        classify(ticket);
        if (ticket.state == State.WAITING) {
          double wait =
              Math.max(
                  expectedWait(ticket), model.limits.rateWait(ticket.destination, ahead(ticket)));
          assertThat(held(ticket.destination) || wait <= longest(ticket))
              .as("waits though the turn comes too late")
              .isTrue();
        }
      }
    }
  }

  private void classify(GateTicket ticket) {
    DestinationStatus<String> status = status(ticket.destination).orElseThrow();
    boolean doubtful =
        status.failures() > 0
            || status.lastSuccess().isEmpty()
            || model.now - status.lastSuccess().get() > RECENT;
    ticket.failing = status.standing() == Standing.SUSPECT;
    ticket.unproven =
        switch (status.standing()) {
          case NEW -> true;
          case LIVE, RECOVERING -> doubtful && !held(ticket.destination);
          case SUSPECT, SUSPENDED -> false;
        };
    ticket.unprovenRetried = ticket.unproven && !passesForFresh(ticket, status);
  }

  private static boolean byRule(Reason reason) {
    return switch (reason) {
      case CLOSED, CANCELLED, TABLE_FULL -> false;
      default -> true;
    };
  }

  /**
   * Fresh, or of unknown age and alone at a destination never seen; while nothing was refused there
   * but retried mail.
   */
  private boolean passesForFresh(GateTicket ticket, DestinationStatus<String> status) {
    DestinationStatus<String> was = model.statusBefore.get(ticket.destination);
    return switch (ticket.attempt) {
      case FRESH -> !model.known(ticket.destination).refusedYoung;
      case RETRIED -> false;
      case UNKNOWN ->
          status.standing() == Standing.NEW
              && !model.known(ticket.destination).refusedYoung
              && (was == null || was.inFlight() + was.waiting() == 0);
    };
  }

  /** Whether an outage holds the mail of that destination. */
  private boolean held(String destination) {
    Long since = model.outageSince;
    return since != null
        && status(destination)
            .filter(status -> status.standing() != Standing.SUSPENDED)
            .flatMap(DestinationStatus::lastSuccess)
            .filter(last -> last - (since - RECENT) >= 0)
            .isPresent();
  }

  private double expectedWait(GateTicket ticket) {
    // As it is after the step: asking changes neither, but for what it makes the gate forget.
    DestinationStatus<String> status = status(ticket.destination).orElseThrow();
    long delivered = status.meanDeliveryNanos();
    long mean = delivered == 0 ? model.known(ticket.destination).meanAnswer : delivered;
    return (ahead(ticket) + 1) * (mean == 0 ? (double) SECOND : mean) / status.window();
  }

  private long ahead(GateTicket ticket) {
    return model.waitingBefore.stream()
        .filter(other -> other.destination.equals(ticket.destination))
        .filter(other -> ticket.attempt == Attempt.RETRIED || !other.retried())
        .count();
  }

  private static double longest(GateTicket ticket) {
    return Math.min(ticket.patience, 30 * SECOND);
  }

  private boolean legitimate(GateTicket ticket, Reason reason) {
    String destination = ticket.destination;
    DestinationStatus<String> was = model.statusBefore.get(destination);
    int occupancy = was == null ? 0 : was.inFlight() + was.waiting();
    boolean pushed = ticket.requeues > 0;
    return switch (reason) {
      case SUSPENDED -> isOrWas(destination, Standing.SUSPENDED);
      case SUSPECT -> isOrWas(destination, Standing.SUSPECT);
      case FAILING_SHARE -> model.before.failing() >= part(0.1);
      case UNPROVEN_SHARE ->
          occupancy >= 3
              || model.before.unproven() >= part(0.4)
              || ((ticket.attempt != Attempt.FRESH || model.known(destination).refusedYoung)
                  && unprovenRetried() >= part(0.2));
      case DESTINATION_SHARE -> occupancy >= 2;
      case CLIENTS ->
          model.before.clientsHeld()
              >= (ticket.attempt == Attempt.RETRIED ? part(0.7) : model.clients - part(0.1));
      case WAITING_SHARE -> model.before.clientsWaiting() >= part(0.5);
      case SLOW_SHARE -> model.before.slow() >= part(0.5);
      case LONG_WAIT ->
          ticket.patience == 0
              ? held(destination) || !couldStart(destination)
              : expectedWait(ticket) > longest(ticket);
      case TIMED_OUT -> ticket.waited && timeIsUp(ticket);
      case PUSHED_BACK -> ticket.requeues > 5;
      case RATE -> model.limits.mayRefuseByRate(ticket, ahead(ticket), longest(ticket));
      case BYTES -> timeIsUp(ticket) && model.limits.lacksBytes(ticket);
      case BY_HAND -> model.limits.isSuspended(destination);
      case TABLE_FULL -> was == null && model.statusBefore.values().stream().allMatch(this::used);
      case CANCELLED -> pushed || ticket.client.closed;
      case CLOSED -> model.closed;
    };
  }

  private boolean timeIsUp(GateTicket ticket) {
    return model.now - ticket.asked >= ticket.patience;
  }

  private boolean isOrWas(String destination, Standing standing) {
    return model.known(destination).standing == standing
        || model.edges.stream()
            .anyMatch(e -> e.destination().equals(destination) && e.from() == standing);
  }

  private long unprovenRetried() {
    return pairs(ticket -> ticket.unprovenRetried);
  }

  private boolean couldStart(String destination) {
    DestinationStatus<String> was = model.statusBefore.get(destination);
    return !model.turnsHeldUp()
        && model.before.inFlight() < model.maxInFlight
        && !paused(destination)
        && (was == null || (was.waiting() == 0 && was.inFlight() < (int) was.window()));
  }

  private boolean paused(String destination) {
    Long pushed = model.known(destination).pushedBack;
    return pushed != null && model.now - pushed <= SECOND + TimerWheel.TICK;
  }

  private boolean used(DestinationStatus<String> status) {
    return status.inFlight() + status.waiting() + status.detached() > 0
        || status.probing()
        || model.limits.pins(status.destination());
  }

  // -- what is counted

  private void gauges() {
    assertThat(stats.clientsHeld()).isEqualTo((int) model.clients(State.WAITING, State.FLYING));
    assertThat(stats.clientsWaiting()).isEqualTo((int) model.clients(State.WAITING));
    assertThat(stats.inFlight()).isEqualTo(model.in(State.FLYING).size());
    assertThat(stats.waiting()).isEqualTo(model.in(State.WAITING).size());
    assertThat(stats.detached()).isEqualTo(model.in(State.DETACHED).size());
    assertThat(stats.probing()).isEqualTo(model.probes.size());
    assertThat((long) stats.unproven()).isEqualTo(pairs(t -> t.unproven));
    assertThat((long) stats.failing()).isEqualTo(pairs(t -> t.failing));
    assertThat(stats.outage()).isEqualTo(model.outageSince != null);
  }

  private long pairs(java.util.function.Predicate<GateTicket> which) {
    return model.tickets.stream()
        .filter(t -> t.state == State.WAITING || t.state == State.FLYING)
        .filter(which)
        .count();
  }

  private void totals() {
    assertThat(stats.admitted()).isEqualTo(model.admitted);
    assertThat(stats.settled()).isEqualTo(model.settled);
    assertThat(stats.refused()).isEqualTo(model.refused);
    assertThat(stats.detachedTotal()).isEqualTo(model.detached);
    assertThat(stats.requeued()).isEqualTo(model.requeued);
    assertThat(stats.probes()).isEqualTo(model.probed);
    assertThat(stats.transitions()).isEqualTo(model.transitions);
    assertThat(stats.evicted()).isGreaterThanOrEqualTo(model.before.evicted());
  }

  private void limits() {
    assertThat(stats.clientsHeld()).isLessThanOrEqualTo(model.clients);
    assertThat(stats.clientsWaiting()).isLessThanOrEqualTo(part(0.5));
    assertThat(stats.inFlight()).isLessThanOrEqualTo(model.maxInFlight);
    assertThat(stats.detached()).isLessThanOrEqualTo(model.maxDetached);
    assertThat(stats.probing()).isLessThanOrEqualTo(model.maxProbes + 1);
    assertThat(stats.unproven()).isLessThanOrEqualTo(part(0.4));
    assertThat(unprovenRetried()).isLessThanOrEqualTo(part(0.2));
    assertThat(stats.failing()).isLessThanOrEqualTo(part(0.1));
  }

  private void destination(String destination) {
    Optional<DestinationStatus<String>> known = status(destination);
    int flying = model.in(State.FLYING, destination).size();
    int waiting = model.in(State.WAITING, destination).size();
    int detached = model.in(State.DETACHED, destination).size();
    if (known.isEmpty()) {
      assertThat(flying + waiting + detached).as("forgotten while in use").isZero();
      model.known.remove(destination);
      return;
    }
    DestinationStatus<String> status = known.get();
    assertThat(status.standing()).isEqualTo(model.known(destination).standing);
    assertThat(status.inFlight()).isEqualTo(flying);
    assertThat(status.waiting()).isEqualTo(waiting);
    assertThat(status.detached()).isEqualTo(detached).isLessThanOrEqualTo(2);
    assertThat(status.window()).isBetween(1.0, (double) Math.max(5, part(0.8)));
    if (status.ceiling() > 0) {
      assertThat(status.window()).isLessThanOrEqualTo(status.ceiling());
    }
    // One that was forgotten may have more in flight from before, but takes none then.
    boolean taken =
        model.asked.stream()
            .anyMatch(t -> t.destination.equals(destination) && t.state != State.DONE);
    if (status.standing() == Standing.NEW && taken) {
      assertThat(flying + waiting).isLessThanOrEqualTo(3);
    }
    if (status.standing() == Standing.SUSPENDED) {
      assertThat(waiting).as("waits for a suspended one").isZero();
    }
    if (model.started.stream().anyMatch(t -> t.destination.equals(destination))) {
      assertThat(flying).as("more than the window").isLessThanOrEqualTo((int) status.window());
      assertThat(status.standing()).isNotEqualTo(Standing.SUSPENDED);
      assertThat(held(destination)).as("started while held").isFalse();
    }
    boolean hasRoom = flying < (int) status.window() && stats.inFlight() < model.maxInFlight;
    if (waiting > 0 && hasRoom && !model.turnsHeldUp()) {
      assertThat(paused(destination) || model.limits.holdUp(destination))
          .as("waits at %s though there is room", status)
          .isTrue();
    }
  }

  // -- who goes first

  private void order() {
    for (GateTicket ticket : model.started) {
      // Where bytes are short, a small fresh one may go before a large retried one at once.
      if (!ticket.waited && !model.limits.limitBytes()) {
        assertThat(waitingBefore(ticket.destination)).as("overtaken").isEmpty();
        continue;
      }
      for (GateTicket left : waitingBefore(ticket.destination)) {
        boolean sameLane = left.retried() == ticket.retried();
        boolean overtaken = sameLane ? left.requeues == 0 && left.id < ticket.id : ticket.retried();
        assertThat(overtaken && ticket.requeues == 0).as("overtaken").isFalse();
      }
    }
  }

  /** Those that waited for the destination before the step, and still do. */
  private List<GateTicket> waitingBefore(String destination) {
    return model.waitingBefore.stream()
        .filter(t -> t.state == State.WAITING && t.destination.equals(destination))
        .toList();
  }

  private void patience() {
    for (GateTicket ticket : model.in(State.WAITING)) {
      Long ended = model.outageEnded;
      boolean extended = model.outageSince != null || (ended != null && ended - ticket.asked >= 0);
      long most = extended ? Math.max(ticket.patience, LONGEST_HOLD) : ticket.patience;
      assertThat(model.now - ticket.asked)
          .as("waits longer than its patience")
          .isLessThanOrEqualTo(most + TimerWheel.TICK);
    }
  }
}
