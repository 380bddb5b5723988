package org.mailweir.herd;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.Admission;
import org.mailweir.core.Attempt;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.Outcome;
import org.mailweir.core.Permit;
import org.mailweir.core.Probe;
import org.mailweir.core.Refusal;

/**
 * A model of Postfix in front of the real gate: M clients fed from an active queue of bounded size
 * (incoming before deferred), 1.2 ms of queue manager a message, refused mail retried after
 * clamp(age, 300 s, 4000 s) at scans every 300 s.
 */
final class Relay {
  static final double QUEUE_MANAGER = 0.0012;
  static final double HOLD = 5;

  /** How long a message may wait for its turn. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  final VirtualTime time = new VirtualTime();
  final SplittableRandom random;
  final DestinationGate<String> gate;
  final Map<Refusal.Reason, Integer> refusals = new TreeMap<>();
  final List<Message> delivered = new ArrayList<>();
  boolean networkDown;
  double longestHold;
  int mostSockets;

  private final Map<String, Site> sites = new HashMap<>();
  private final boolean agesKnown;
  private final int activeLimit;
  private final ArrayDeque<Message> active = new ArrayDeque<>();
  private final ArrayDeque<Message> incoming = new ArrayDeque<>();
  private final ArrayDeque<Message> flushed = new ArrayDeque<>();
  private final List<Message> deferred = new ArrayList<>();
  private int freeClients;
  private int sockets;
  private boolean managerBusy;

  Relay(int clients, boolean agesKnown, long seed) {
    this.agesKnown = agesKnown;
    this.random = new SplittableRandom(seed);
    this.freeClients = clients;
    this.activeLimit = clients + 20;
    this.gate =
        DestinationGate.<String>builder()
            .clients(clients)
            .timeSource(time)
            .random(random.split())
            .build();
    time.every(0.01, this::tick);
    time.every(300, this::scan);
  }

  /** Adds a destination to the world: before there is mail for it. */
  void add(String destination, Site site) {
    sites.put(destination, site);
  }

  private Site site(String destination) {
    Site site = sites.get(destination);
    if (site == null) {
      throw new IllegalStateException("no such destination: " + destination);
    }
    return site;
  }

  private void tick() {
    gate.advance(time.nanoTime(), 10_000);
    for (var probe = gate.pollProbe(); probe.isPresent(); probe = gate.pollProbe()) {
      probe(probe.get());
    }
  }

  // -- messages

  void send(String destination) {
    incoming.add(new Message(destination, time.seconds(), false));
    feed();
  }

  /**
   * Adds a message that was deferred some time ago; it is due at some time within its backoff, or
   * at a flush.
   */
  void defer(String destination, double age) {
    Message message = new Message(destination, time.seconds() - age, true);
    message.nextTry = time.seconds() + random.nextDouble() * Math.min(4000, Math.max(300, age));
    deferred.add(message);
  }

  void flush() {
    flushed.addAll(deferred);
    deferred.clear();
    feed();
  }

  private void scan() {
    deferred.removeIf(
        message -> {
          boolean due = message.nextTry <= time.seconds();
          if (due) {
            flushed.add(message);
          }
          return due;
        });
    feed();
  }

  private void feed() {
    while (active.size() < activeLimit && !(incoming.isEmpty() && flushed.isEmpty())) {
      active.add(incoming.isEmpty() ? flushed.remove() : incoming.remove());
    }
    if (!managerBusy && freeClients > 0 && !active.isEmpty()) {
      managerBusy = true;
      freeClients--;
      Message message = active.remove();
      time.after(
          QUEUE_MANAGER,
          () -> {
            managerBusy = false;
            attempt(message);
            feed();
          });
    }
  }

  // -- attempts

  private void attempt(Message message) {
    double asked = time.seconds();
    Attempt attempt =
        !agesKnown
            ? Attempt.UNKNOWN
            : asked - message.created < 300 ? Attempt.FRESH : Attempt.RETRIED;
    await(message, asked, gate.admitAsync(message.destination, attempt, PATIENCE));
  }

  /** Goes on when the gate has answered. An exception then would be lost in the stage: throw it. */
  private void await(Message message, double asked, CompletionStage<Admission> answer) {
    var unused =
        answer
            .thenAccept(admission -> admitted(message, asked, admission))
            .whenComplete((nothing, failure) -> rethrow(failure));
  }

  private void rethrow(@Nullable Throwable failure) {
    if (failure != null) {
      time.after(
          0,
          () -> {
            throw new IllegalStateException("the simulation failed", failure);
          });
    }
  }

  private void admitted(Message message, double asked, Admission admission) {
    if (admission instanceof Refusal refusal) {
      refusals.merge(refusal.reason(), 1, Integer::sum);
      putBack(message, asked);
    } else if (admission instanceof Permit permit) {
      deliver(message, asked, permit);
    }
  }

  private void putBack(Message message, double asked) {
    longestHold = Math.max(longestHold, time.seconds() - asked);
    double age = time.seconds() - message.created;
    message.nextTry = time.seconds() + Math.min(4000, Math.max(300, age));
    deferred.add(message);
    clientFree();
  }

  private void clientFree() {
    freeClients++;
    feed();
  }

  private void deliver(Message message, double asked, Permit permit) {
    Site site = site(message.destination);
    message.started = time.seconds();
    open();
    switch (site.connect(this)) {
      case HANGS ->
          time.after(
              HOLD,
              () -> {
                boolean goesOn = permit.detach();
                putBack(message, asked);
                if (goesOn) {
                  time.after(site.timeout - HOLD, () -> end(permit, Outcome.UNREACHABLE));
                } else {
                  close();
                }
              });
      case REFUSES ->
          time.after(
              0.05,
              () -> {
                end(permit, Outcome.UNREACHABLE);
                putBack(message, asked);
              });
      case PUSHES_BACK ->
          time.after(
              0.05,
              () -> {
                close();
                await(message, asked, permit.requeue(PATIENCE, "421"));
              });
      case TAKES ->
          time.after(
              0.1,
              () -> {
                permit.ready();
                time.after(
                    site.serviceTime(this),
                    () -> {
                      site.done();
                      if (site.greylists(message)) {
                        end(permit, Outcome.DEFERRED);
                        putBack(message, asked);
                      } else {
                        end(permit, Outcome.DELIVERED);
                        delivered.add(message);
                        clientFree();
                      }
                    });
              });
    }
  }

  private void end(Permit permit, Outcome outcome) {
    close();
    permit.settle(outcome);
  }

  private void open() {
    mostSockets = Math.max(mostSockets, ++sockets);
  }

  private void close() {
    sockets--;
  }

  private void probe(Probe<String> probe) {
    Site site = site(probe.destination());
    open();
    Outcome outcome;
    double takes = 0.1;
    switch (site.connect(this)) {
      case HANGS -> {
        outcome = Outcome.UNREACHABLE;
        takes = site.timeout;
      }
      case REFUSES -> outcome = Outcome.UNREACHABLE;
      case PUSHES_BACK -> outcome = Outcome.PUSHED_BACK;
      default -> outcome = Outcome.READY;
    }
    time.after(
        takes,
        () -> {
          if (outcome == Outcome.READY) {
            site.done();
          }
          close();
          probe.settle(outcome, "");
        });
  }
}
