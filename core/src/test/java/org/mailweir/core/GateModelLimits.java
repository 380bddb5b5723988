package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.GateModel.State;
import org.mailweir.core.Refusal.Reason;

/**
 * What was set for the gate of a {@link GateModel}: rates, bytes in flight, suspensions by hand. It
 * keeps all starts of each destination for ever, whatever the gate forgets.
 */
final class GateModelLimits {
  private final GateModel model;
  private final Map<String, Rate> rates = new HashMap<>();
  private final Map<String, Long> byteLimits = new HashMap<>();
  private final long maxBytes;
  private final Map<String, List<Long>> starts = new HashMap<>();
  private final Map<String, Long> due = new HashMap<>();
  private final Map<String, Long> byHand = new HashMap<>();

  GateModelLimits(GateModel model, GateBuilder<String> builder) {
    this.model = model;
    maxBytes = builder.maxBytes;
    for (String destination : model.destinations) {
      if (builder.rate != null) {
        builder.rate.apply(destination).ifPresent(rate -> rates.put(destination, rate));
      }
      if (builder.maxBytesPerDestination != null) {
        byteLimits.put(destination, builder.maxBytesPerDestination.applyAsLong(destination));
      }
    }
  }

  // -- what can be done

  void suspend(String destination, Duration time) {
    boolean done = model.gate.suspend(destination, time, "by the test");
    if (done) {
      byHand.put(destination, model.now + time.toNanos());
    }
    assertThat(done || model.closed || model.gate.status(destination).isEmpty()).isTrue();
    model.step();
    assertThat(done && !model.in(State.WAITING, destination).isEmpty()).isFalse();
  }

  void resume(String destination) {
    boolean was = model.gate.resume(destination);
    Long until = byHand.remove(destination);
    if (!was) {
      assertThat(until == null || until - model.now <= 0).as("was suspended").isTrue();
    }
    model.step();
  }

  void started(GateTicket ticket) {
    String destination = ticket.destination;
    starts.computeIfAbsent(destination, name -> new ArrayList<>()).add(model.now);
    Rate rate = rates.get(destination);
    if (rate != null) {
      Long before = due.get(destination);
      long from = before != null && before - model.now > 0 ? before : model.now;
      due.put(destination, from + spacing(rate));
    }
    Long until = byHand.get(destination);
    assertThat(until != null && until - model.now > 0).as("suspended by hand").isFalse();
  }

  // -- what a refusal or a wait may be due to

  private static long spacing(Rate rate) {
    return (rate.per().toNanos() + rate.messages() - 1) / rate.messages();
  }

  /** When the next one may begin; null if at any time. */
  private @Nullable Long next(String destination) {
    Rate rate = rates.get(destination);
    Long last = due.get(destination);
    return rate == null || last == null ? null : last - (rate.burst() - 1) * spacing(rate);
  }

  /** Whether the rate holds what comes; a timer fires up to a tick late. */
  private boolean holds(String destination, long time) {
    Long next = next(destination);
    return next != null && next - time > -TimerWheel.TICK;
  }

  boolean limitBytes() {
    return maxBytes != Long.MAX_VALUE;
  }

  double rateWait(String destination, long others) {
    Rate rate = rates.get(destination);
    if (rate == null) {
      return 0;
    }
    Long last = due.get(destination);
    long left = last != null && last - model.now > 0 ? last - model.now : 0;
    return Math.max(0, left + (double) spacing(rate) * (others - rate.burst() + 1));
  }

  boolean mayRefuseByRate(GateTicket ticket, long others, double longest) {
    if (!rates.containsKey(ticket.destination)) {
      return false;
    }
    if (ticket.waited) {
      long end = ticket.asked + ticket.patience;
      return model.now - end >= 0 && holds(ticket.destination, end);
    }
    return ticket.patience == 0
        ? holds(ticket.destination, model.now)
        : rateWait(ticket.destination, others) > longest;
  }

  boolean lacksBytes(GateTicket ticket) {
    return Stream.concat(Stream.of(ticket), model.waitingBefore.stream())
        .anyMatch(other -> lacksBytes(other, ticket.destination));
  }

  /** Whether a message is too large now, in all, or where it goes if it goes there. */
  private boolean lacksBytes(GateTicket ticket, String there) {
    long limit = byteLimits.getOrDefault(ticket.destination, Long.MAX_VALUE);
    return !fits(ticket.client.bytes, flying(""), maxBytes)
        || (ticket.destination.equals(there) && !fits(ticket.client.bytes, flying(there), limit));
  }

  private static boolean fits(long bytes, long flying, long limit) {
    return bytes == 0 || flying == 0 || flying + bytes <= limit;
  }

  /** Bytes in flight to a destination, or to all. */
  private long flying(String destination) {
    return model.in(State.FLYING).stream()
        .filter(ticket -> destination.isEmpty() || ticket.destination.equals(destination))
        .mapToLong(ticket -> ticket.client.bytes)
        .sum();
  }

  /** Whether those that wait there may do so though nothing else is in their way. */
  boolean holdUp(String destination) {
    return holds(destination, model.now)
        || model.in(State.WAITING).stream().anyMatch(ticket -> lacksBytes(ticket, destination));
  }

  boolean isSuspended(String destination) {
    Long until = byHand.get(destination);
    return until != null && until - model.now > -TimerWheel.TICK;
  }

  /** Whether the gate may not forget the destination. */
  boolean pins(String destination) {
    Long last = due.get(destination);
    return isSuspended(destination) || (last != null && last - model.now > -TimerWheel.TICK);
  }

  // -- what must hold after each step

  void check() {
    GateStats stats = model.gate.stats();
    assertThat(stats.bytesInFlight()).isEqualTo(flying(""));
    within(model.in(State.FLYING), maxBytes);
    for (String destination : model.destinations) {
      model.gate.status(destination).ifPresent(this::check);
      Rate rate = rates.get(destination);
      if (rate != null) {
        spaced(rate, starts.getOrDefault(destination, List.of()));
      }
    }
    model.asked.forEach(this::answeredAsForetold);
    assertThat(stats.oldestInFlight().isPresent()).isEqualTo(stats.inFlight() > 0);
  }

  private void check(DestinationStatus<String> status) {
    String destination = status.destination();
    Long limit = byteLimits.get(destination);
    boolean limited = limit != null && limit != Long.MAX_VALUE;
    assertThat(status.bytesInFlight()).isEqualTo(limited ? flying(destination) : 0);
    if (limited) {
      within(model.in(State.FLYING, destination), limit);
    }
    Optional<Long> until = Optional.ofNullable(byHand.get(destination));
    if (until.filter(time -> time - model.now > 0).isPresent()) {
      assertThat(status.suspendedByHandUntil()).isEqualTo(until);
      assertThat(model.closed || status.obstacle().orElseThrow().reason() == Reason.BY_HAND)
          .isTrue();
      assertThat(status.waiting()).isZero();
    } else if (!isSuspended(destination)) {
      assertThat(status.suspendedByHandUntil()).isEmpty();
    }
    assertThat(status.oldestWaiting().isPresent()).isEqualTo(status.waiting() > 0);
  }

  /** Never more bytes than the budget, but for a single message larger than it. */
  private static void within(List<GateTicket> flying, long limit) {
    List<Long> sizes =
        flying.stream().map(ticket -> ticket.client.bytes).filter(bytes -> bytes > 0).toList();
    long sum = sizes.stream().mapToLong(Long::longValue).sum();
    assertThat(sum <= limit || sizes.size() == 1).as("%s within %s", sizes, limit).isTrue();
  }

  /** The last start is as far from each one before as the rate says; those before were checked. */
  private static void spaced(Rate rate, List<Long> starts) {
    int last = starts.size() - 1;
    for (int before = Math.max(0, last - 100); before < last; before++) {
      double needed = (last - before - rate.burst() + 1) * (double) spacing(rate);
      double real = starts.get(last) - starts.get(before);
      assertThat(real).as("%s, %s before", rate, last - before).isGreaterThanOrEqualTo(needed);
    }
  }

  /** Fresh mail that did not wait got the answer that the status before had foretold. */
  private void answeredAsForetold(GateTicket ticket) {
    DestinationStatus<String> was = model.statusBefore.get(ticket.destination);
    if (was == null
        || ticket.asked != model.now
        || ticket.patience != 0
        || ticket.requeues > 0
        || ticket.attempt != Attempt.FRESH
        || ticket.client.transaction != null) {
      return;
    }
    Optional<Reason> reason =
        ticket.answer.join() instanceof Refusal refusal
            ? Optional.of(refusal.reason())
            : Optional.empty();
    Optional<Reason> foretold = was.obstacle().map(Refusal::reason);
    boolean forgotten = foretold.equals(Optional.of(Reason.SUSPENDED));
    assertThat(reason.equals(foretold) || forgotten)
        .as("told %s, foretold %s", reason, foretold)
        .isTrue();
  }
}
