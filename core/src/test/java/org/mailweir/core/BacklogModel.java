package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.Dispatch.Expired;
import org.mailweir.core.Dispatch.Permitted;

/**
 * What a backlog must do, in the simplest words: a list of messages, each with the time from which
 * it may go and the time at which its life ends. The gate is the real one.
 *
 * <p>Checked after each step: nothing is lost, nothing comes twice, nothing comes before its time
 * or after its end, the oldest fresh message of a destination comes before the younger ones, each
 * permit counts in flight, and nobody is parked whom the gate would admit.
 */
final class BacklogModel {
  /** A lifetime is rounded up to 2^28 ns, a deadline to a tick. */
  private static final long ROUNDING = (1L << 28) + (1L << BacklogWheel.TICK_SHIFT);

  private static final long[] SIZES = {0, 1, 10, 10, 40, 100, 900, 5_000};

  static final class Message {
    final int id;
    final String destination;
    final boolean fresh;
    final long end;
    long notBefore;
    @Nullable Ticket ticket;

    Message(int id, String destination, boolean fresh, long notBefore, long end) {
      this.id = id;
      this.destination = destination;
      this.fresh = fresh;
      this.notBefore = notBefore;
      this.end = end;
    }
  }

  final GatedBacklog<String, Integer> backlog;
  final PolicyGate<String> gate;
  final List<Permit> permits = new ArrayList<>();
  final List<Permit> outside = new ArrayList<>();
  final List<Probe<String>> probes = new ArrayList<>();
  final List<String> destinations =
      List.of("a.test", "b.test", "c.test", "d.test", "e.test", "f.test");
  private final Map<Integer, Message> pending = new HashMap<>();
  private final GateHarness harness;
  private final int maxMessages;
  private int nextId;
  private int handedOut;
  private boolean advancedFully = true;
  private boolean closed;
  private int woken;
  private boolean foundNothing;
  private int wokenThen;

  BacklogModel(long start, int maxMessages, Consumer<GateBuilder<String>> settings) {
    this.harness = GateHarness.at(start, settings);
    this.gate = harness.gate;
    this.maxMessages = maxMessages;
    this.backlog =
        (GatedBacklog<String, Integer>)
            Backlog.<String, Integer>builder(gate)
                .maxMessages(maxMessages)
                .messageSize(id -> SIZES[id % SIZES.length])
                .onReady(() -> woken++)
                .build();
  }

  private long now() {
    return harness.now();
  }

  List<Message> pending() {
    return pending.values().stream().toList();
  }

  // -- what can be done

  void add(String destination, boolean fresh, Duration delay, Duration life) {
    var site = backlog.stock.sites.get(destination);
    boolean suspended =
        gate.status(destination)
                .filter(status -> status.standing() == Standing.SUSPENDED)
                .isPresent()
            || (site != null && site.suspended); // the gate may have forgotten it since
    long wait = fresh || suspended ? 0 : Math.max(0, delay.toNanos());
    int id = nextId++;
    Message message =
        new Message(id, destination, fresh, now() + wait, now() + Math.max(0, life.toNanos()));
    Ticket ticket = null;
    try {
      ticket =
          fresh
              ? backlog.submit(destination, id, life)
              : backlog.defer(destination, id, delay, life);
    } catch (java.util.concurrent.RejectedExecutionException refused) {
      assertThat(closed || pending.size() == maxMessages).isTrue();
    }
    if (ticket != null) {
      assertThat(closed || pending.size() == maxMessages).isFalse();
      message.ticket = ticket;
      pending.put(id, message);
    }
    step();
  }

  void cancel(Message message) {
    Ticket ticket = ticketOf(message);
    assertThat(ticket.isPending()).isTrue();
    assertThat(ticket.cancel()).isTrue();
    assertThat(ticket.cancel()).isFalse();
    remove(message.id);
    step();
  }

  /** Polls once, and returns whether there was something. */
  boolean poll() {
    wokenThen = woken;
    Optional<Dispatch<String, Integer>> next = backlog.poll();
    foundNothing = next.isEmpty();
    next.ifPresent(this::take);
    step();
    return next.isPresent();
  }

  void pollAll() {
    int calls = 0;
    do {
      assertThat(++calls).as("polls that end").isLessThan(10_000);
    } while (poll() || woken != wokenThen); // woken by an empty poll: there is more to ask
    nobodyIsParkedInVain();
  }

  private void take(Dispatch<String, Integer> dispatch) {
    Message message = remove(dispatch.message());
    assertThat(dispatch.destination()).isEqualTo(message.destination);
    Ticket ticket = ticketOf(message);
    assertThat(ticket.isPending()).isFalse();
    assertThat(ticket.cancel()).isFalse();
    if (dispatch instanceof Permitted<String, Integer> permitted) {
      permits.add(permitted.permit());
      assertThat(now() - message.notBefore).as("before its time").isNotNegative();
      if (advancedFully) {
        assertThat(message.end + ROUNDING - now()).as("after its end").isPositive();
      }
      if (message.fresh) {
        assertThat(pending.values())
            .noneMatch(
                other ->
                    other.fresh
                        && other.id < message.id
                        && other.destination.equals(message.destination)
                        && other.end - now() > 0);
      }
    } else if (dispatch instanceof Expired) {
      assertThat(now() - message.end).as("expired before its end").isNotNegative();
    } else {
      assertThat(closed).isTrue();
    }
  }

  private static Ticket ticketOf(Message message) {
    Ticket ticket = message.ticket;
    assertThat(ticket).isNotNull();
    return java.util.Objects.requireNonNull(ticket);
  }

  private Message remove(int id) {
    Message message = pending.remove(id);
    assertThat(message).as("message %d is here once", id).isNotNull();
    handedOut++;
    return java.util.Objects.requireNonNull(message);
  }

  void flush() {
    backlog.flush();
    pending.values().forEach(this::mayGoNow);
    step();
  }

  void flush(String destination) {
    backlog.flush(destination);
    pending.values().stream()
        .filter(message -> message.destination.equals(destination))
        .forEach(this::mayGoNow);
    step();
  }

  private void mayGoNow(Message message) {
    message.notBefore = message.notBefore - now() > 0 ? now() : message.notBefore;
  }

  void settle(List<Permit> from, int which, Outcome outcome) {
    if (!from.isEmpty()) {
      Permit permit = from.remove(which % from.size());
      permit.ready();
      assertThat(permit.settle(outcome, "words")).isTrue();
      step();
    }
  }

  void detach(int which) {
    if (!permits.isEmpty()) {
      Permit permit = permits.get(which % permits.size());
      if (!permit.detach()) {
        permits.remove(permit);
      }
      step();
    }
  }

  void admitOutside(String destination, boolean waits) {
    gate.admitAsync(destination, Attempt.FRESH, waits ? Duration.ofSeconds(10) : Duration.ZERO)
        .thenAccept(
            admission -> {
              if (admission instanceof Permit permit) {
                outside.add(permit);
              }
            });
    step();
  }

  void probe() {
    gate.pollProbe().ifPresent(probes::add);
    step();
  }

  void settleProbe(int which, Outcome outcome) {
    if (!probes.isEmpty()) {
      probes.remove(which % probes.size()).settle(outcome, "words");
      step();
    }
  }

  void advance(Duration time, int limit) {
    harness.jump(time);
    int steps = backlog.advance(now(), limit);
    assertThat(steps).isBetween(0, limit);
    advancedFully = closed || steps < limit;
    step();
  }

  void close() {
    backlog.close();
    closed = true;
    step();
  }

  void closeGate() {
    gate.close();
    closed = true; // with its gate
    step();
  }

  // -- what must hold

  private void step() {
    backlog.assertConsistent();
    gate.assertConsistent();
    TimerWheelStructure.assertConsistent(backlog.stock.siteWheel);
    BacklogStats stats = backlog.stats();
    assertThat(stats.pending()).isEqualTo(pending.size()).isLessThanOrEqualTo(maxMessages);
    assertThat(stats.accepted())
        .isEqualTo(
            stats.pending()
                + stats.permitted()
                + stats.expiredTotal()
                + stats.cancelled()
                + stats.returned());
    assertThat(stats.accepted() - stats.pending()).isEqualTo(handedOut);
    for (String destination : destinations) {
      long own = pending.values().stream().filter(m -> m.destination.equals(destination)).count();
      assertThat(backlog.pending(destination)).isEqualTo((int) own);
    }
    if (foundNothing && backlog.stock.hasWork() && !closed) {
      assertThat(woken).as("told that there is work").isGreaterThan(wokenThen);
    }
  }

  /**
   * After all polls: whoever is parked would be refused by the gate. Or it has something under way
   * there, whose end is told; or its site has left the table and taken its watch with it, and its
   * own timer asks again.
   */
  private void nobodyIsParkedInVain() {
    for (BacklogSite<String, Integer> site : backlog.stock.sites.all()) {
      int underWay =
          gate.status(site.destination)
              .map(status -> status.inFlight() + status.waiting() + status.detached())
              .orElse(0);
      assertThat(!site.parked || site.isScheduled()).as("%s asks again", site.destination).isTrue();
      Site<String> known = gate.table.get(site.destination);
      boolean watched = known != null && known.queue != null && known.queue.watch != null;
      if (site.parked && underWay == 0 && (watched || gate.stats().evicted() == 0)) {
        assertThat(gate.doorbell.look(site.destination, Attempt.RETRIED))
            .as("why %s waits", site.destination)
            .isNotEqualTo(Doorbell.Cause.NONE);
      }
    }
  }

  /** Everything answers from now on: all that is left comes out. */
  void windUp() {
    flush();
    for (int round = 0; round < 5000 && !pending.isEmpty(); round++) {
      pollAll();
      while (!permits.isEmpty()) {
        settle(permits, 0, Outcome.DELIVERED);
      }
      while (!outside.isEmpty()) {
        settle(outside, 0, Outcome.DELIVERED);
      }
      probe();
      while (!probes.isEmpty()) {
        settleProbe(0, Outcome.READY);
      }
      advance(Duration.ofSeconds(20), 10_000);
    }
    assertThat(pending).isEmpty();
    assertThat(backlog.stats().destinations()).isZero();
    while (!permits.isEmpty()) {
      settle(permits, 0, Outcome.DELIVERED);
    }
  }
}
