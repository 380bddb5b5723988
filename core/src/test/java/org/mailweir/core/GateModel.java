package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.Refusal.Reason;

/**
 * What a gate may do, by the words of the policy and of the API: everything that was asked and
 * answered, in plain lists, counted again after each step by {@link GateModelChecks}. It does not
 * foresee the gate's decisions; it knows which ones are wrong.
 */
final class GateModel {
  enum State {
    WAITING,
    FLYING,
    DETACHED,
    DONE
  }

  /** One client; its transaction is null where each admission is one of its own. */
  static final class Client {
    final @Nullable Transaction<String> transaction;
    final long bytes;
    boolean closed;

    Client(@Nullable Transaction<String> transaction, long bytes) {
      this.transaction = transaction;
      this.bytes = bytes;
    }
  }

  /** A probe that is out. */
  record Out(Probe<String> probe, long since) {}

  /** What was learned of a destination since the gate knows it. */
  static final class Knowledge {
    Standing standing = Standing.NEW;
    int badSinceAlive;
    boolean hung;
    boolean refusedYoung; // mail not known as retried, since it last answered
    @Nullable Long pushedBack;
    long meanAnswer; // of those that were turned down; 0 before the first
  }

  /** A change of standing that the listener heard of. */
  record Edge(String destination, Standing from, Standing to) {}

  final int clients;
  final int maxInFlight;
  final int maxDetached;
  final int maxProbes;
  final PolicyGate<String> gate;
  final List<String> destinations;
  private final Consumer<GateModel> checks;

  long now;
  boolean closed;
  final List<GateTicket> tickets = new ArrayList<>(); // those that are not done
  final List<Client> groups = new ArrayList<>();
  final List<Out> probes = new ArrayList<>();
  final Map<String, Knowledge> known = new HashMap<>();
  final GateModelLimits limits;

  // The last step.
  final List<GateTicket> started = new ArrayList<>();
  final List<GateTicket> asked = new ArrayList<>();
  final List<Edge> edges = new ArrayList<>();

  // As it was before the last step.
  GateStats before;
  final Map<String, DestinationStatus<String>> statusBefore = new HashMap<>();
  List<GateTicket> waitingBefore = List.of();

  // Outages, as heard.
  @Nullable Long outageSince;
  @Nullable Long outageEnded;

  // Totals.
  long admitted;
  long requeued;
  long detached;
  long probed;
  long transitions;
  final Map<Outcome, Long> settled = new EnumMap<>(Outcome.class);
  final Map<Reason, Long> refused = new EnumMap<>(Reason.class);

  private int nextId;

  GateModel(
      long start, Consumer<GateBuilder<String>> settings, int names, Consumer<GateModel> checks) {
    now = start;
    GateBuilder<String> builder =
        DestinationGate.<String>builder()
            .timeSource(() -> now)
            .random(new java.util.SplittableRandom(7))
            .listener(new Listener());
    settings.accept(builder);
    clients = builder.clients;
    maxInFlight = builder.maxInFlight();
    maxDetached = builder.maxDetached;
    maxProbes = builder.maxProbes;
    gate = (PolicyGate<String>) builder.build();
    destinations = Stream.iterate(0, i -> i + 1).limit(names).map(i -> "d" + i + ".test").toList();
    limits = new GateModelLimits(this, builder);
    this.checks = checks;
    before = gate.stats();
    for (Outcome outcome : Outcome.values()) {
      settled.put(outcome, 0L);
    }
    for (Reason reason : Reason.values()) {
      refused.put(reason, 0L);
    }
  }

  private final class Listener implements GateListener<String> {
    @Override
    public void onTransition(String destination, Standing from, Standing to, String cause) {
      edges.add(new Edge(destination, from, to));
    }

    @Override
    public void onOutage() {
      assertThat(outageSince).isNull();
      outageSince = now;
    }

    @Override
    public void onOutageOver() {
      assertThat(outageSince).isNotNull();
      outageSince = null;
      outageEnded = now;
    }
  }

  // -- what can be done

  void begin(long bytes) {
    groups.add(client(bytes));
    step();
  }

  private Client client(long bytes) {
    return new Client(gate.begin(bytes), bytes);
  }

  void ask(
      @Nullable Client group, String destination, Attempt attempt, Duration patience, long bytes) {
    Client single = bytes > 0 ? client(bytes) : new Client(null, 0);
    Client client = group != null ? group : single;
    GateTicket ticket =
        new GateTicket(nextId++, destination, attempt, client, now, patience.toNanos(), 0);
    Admitter<String> admitter = client.transaction != null ? client.transaction : gate;
    if (patience.isZero() && nextId % 2 == 0) {
      ticket.answer.complete(admitter.tryAdmit(destination, attempt));
    } else {
      ticket.answer = admitter.admitAsync(destination, attempt, patience).toCompletableFuture();
    }
    take(ticket);
    step();
  }

  private void take(GateTicket ticket) {
    ticket.waited = !ticket.answer.isDone();
    ticket.answer.whenComplete((admission, failure) -> ticket.answers++);
    tickets.add(ticket);
    asked.add(ticket);
  }

  void ready(GateTicket ticket) {
    ticket.permit().ready();
    step();
  }

  void settle(GateTicket ticket, Outcome outcome) {
    boolean first = ticket.state == State.FLYING || ticket.state == State.DETACHED;
    learn(ticket.destination, outcome);
    if (ticket.state == State.FLYING) {
      timeOf(ticket, outcome);
    }
    assertThat(ticket.permit().settle(outcome, "words")).isEqualTo(first);
    end(ticket, outcome);
    step();
    assertThat(ticket.permit().settle(Outcome.UNREACHABLE)).as("settled twice").isFalse();
    assertThat(ticket.permit().detach()).as("detached after it was settled").isFalse();
    step();
  }

  /**
   * Smooths the time of answers that turn mail down: what a delivery takes before the first 2xx.
   */
  private void timeOf(GateTicket ticket, Outcome outcome) {
    if (List.of(Outcome.REJECTED, Outcome.DEFERRED, Outcome.THROTTLED).contains(outcome)) {
      Knowledge of = known(ticket.destination);
      long took = Math.max(1, now - ticket.began);
      of.meanAnswer = of.meanAnswer == 0 ? took : of.meanAnswer + (took - of.meanAnswer) / 8;
    }
  }

  void close(GateTicket ticket) {
    ticket.permit().close();
    ticket.permit().close();
    end(ticket, Outcome.UNKNOWN);
    step();
  }

  private void end(GateTicket ticket, Outcome outcome) {
    ticket.state = State.DONE;
    settled.merge(outcome, 1L, Long::sum);
  }

  void detach(GateTicket ticket) {
    boolean flying = ticket.state == State.FLYING;
    Knowledge knowledge = known(ticket.destination);
    knowledge.badSinceAlive++;
    knowledge.hung = true;
    boolean goesOn = ticket.permit().detach();
    if (goesOn && flying) {
      ticket.state = State.DETACHED;
      detached++;
    } else if (flying) {
      end(ticket, Outcome.UNKNOWN);
    }
    step();
  }

  void requeue(GateTicket ticket, Duration patience) {
    boolean flying = ticket.state == State.FLYING;
    if (flying) {
      learn(ticket.destination, Outcome.PUSHED_BACK);
    }
    GateTicket next =
        new GateTicket(
            nextId++,
            ticket.destination,
            ticket.attempt,
            flying ? ticket.client : new Client(null, 0),
            now,
            patience.toNanos(),
            ticket.requeues + 1);
    next.unproven = flying && ticket.unproven;
    next.unprovenRetried = flying && ticket.unprovenRetried;
    next.failing = flying && ticket.failing;
    next.answer = ticket.permit().requeue(patience, "421").toCompletableFuture();
    if (flying) {
      end(ticket, Outcome.PUSHED_BACK);
      boolean refusedAtOnce = next.answer.getNow(null) instanceof Refusal;
      requeued += refusedAtOnce ? 0 : 1;
    } else {
      GateHarness.refusedAs(next.answer, Reason.CANCELLED);
    }
    take(next);
    step();
  }

  void cancel(GateTicket ticket) {
    if (ticket.answer.cancel(true)) {
      ticket.state = State.DONE;
      refused.merge(Reason.CANCELLED, 1L, Long::sum);
    }
    step();
  }

  void closeGroup(Client group) {
    group.closed = true;
    assertThat(group.transaction).isNotNull();
    group.transaction.close();
    step();
  }

  void poll() {
    Optional<Probe<String>> probe = gate.pollProbe();
    if (probe.isPresent()) {
      assertThat(probes.stream().map(out -> out.probe().destination()))
          .as("one probe per destination")
          .doesNotContain(probe.get().destination());
      probes.add(new Out(probe.get(), now));
      probed++;
    }
    step();
  }

  void settle(Out out, Outcome outcome) {
    probes.remove(out);
    learn(out.probe().destination(), outcome);
    assertThat(out.probe().settle(outcome, "words")).isTrue();
    step();
    assertThat(out.probe().settle(Outcome.READY, "")).isFalse();
    step();
  }

  void advance(Duration time, int limit) {
    now += time.toNanos();
    while (gate.advance(now, limit) == limit) {
      gate.assertConsistent();
    }
    // The lease of a probe, rounded up to a tick: the wheel's precision.
    long lease = Duration.ofMinutes(10).toNanos();
    probes.removeIf(
        out ->
            now - out.since() >= lease + TimerWheel.TICK
                || (now - out.since() >= lease && !isProbing(out.probe().destination())));
    step();
    for (Out out : List.copyOf(probes)) {
      assertThat(isProbing(out.probe().destination())).isTrue();
    }
  }

  private boolean isProbing(String destination) {
    return gate.status(destination).map(DestinationStatus::probing).orElse(false);
  }

  void closeGate() {
    closed = true;
    gate.close();
    step();
  }

  private void learn(String destination, Outcome outcome) {
    Knowledge knowledge = known(destination);
    if (outcome.provesAlive()) {
      knowledge.badSinceAlive = 0;
      knowledge.hung = false;
      knowledge.refusedYoung = false;
    } else if (outcome != Outcome.UNKNOWN) {
      knowledge.badSinceAlive++;
    }
    if (outcome == Outcome.PUSHED_BACK) {
      knowledge.pushedBack = now;
    }
  }

  // -- views

  Knowledge known(String destination) {
    return known.computeIfAbsent(destination, name -> new Knowledge());
  }

  List<GateTicket> in(State state) {
    return tickets.stream().filter(ticket -> ticket.state == state).toList();
  }

  List<GateTicket> in(State state, String destination) {
    return in(state).stream().filter(t -> t.destination.equals(destination)).toList();
  }

  /** Clients with an admission in one of these states. */
  long clients(State... states) {
    return tickets.stream()
        .filter(ticket -> List.of(states).contains(ticket.state))
        .map(ticket -> ticket.client)
        .distinct()
        .count();
  }

  /** Whether turns may be held up: by an outage, or by the second after it. */
  boolean turnsHeldUp() {
    return outageSince != null || (outageEnded != null && now - outageEnded <= 1_000_000_000L);
  }

  void step() {
    checks.accept(this);
    started.clear();
    asked.clear();
    edges.clear();
    tickets.removeIf(ticket -> ticket.state == State.DONE);
    before = gate.stats();
    statusBefore.clear();
    for (String destination : destinations) {
      gate.status(destination).ifPresent(status -> statusBefore.put(destination, status));
    }
    waitingBefore = in(State.WAITING);
  }
}
