package org.mailweir.core;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.Refusal.Reason;

/**
 * Takes what an admission holds, and gives it back: so that no permit is ever lost or minted.
 *
 * <p>A permit holds its client from the moment it is admitted (the first of a transaction takes it,
 * the last gives it back), its share, a pin of its site; and a place in flight or a place among the
 * waiting. Each of its ways out ({@link #settle}, {@link #detach}, {@link #requeue}, a refused
 * wait) gives back exactly that. {@link GateAudit} counts it all again.
 *
 * <p>Thread safety: none; the gate's lock guards it.
 */
final class Permits<D> {
  static final int MAX_DETACHED_PER_SITE = 2;
  static final int MAX_REQUEUES = 5;

  private final PolicyGate<D> gate;
  private final Shares shares;
  private final Counters counters;
  private final DestinationTable<D, Site<D>> table;
  private final AdmissionRules<D> rules;
  private final Turns<D> turns;
  private final Standings<D> standings;
  private boolean closed;

  Permits(
      PolicyGate<D> gate,
      Shares shares,
      Counters counters,
      DestinationTable<D, Site<D>> table,
      AdmissionRules<D> rules,
      Turns<D> turns,
      Standings<D> standings) {
    this.gate = gate;
    this.shares = shares;
    this.counters = counters;
    this.table = table;
    this.rules = rules;
    this.turns = turns;
    this.standings = standings;
  }

  /** The result of one request: an admission at once, or a waiter. */
  record Decision<D>(@Nullable Admission admission, @Nullable Waiter<D> waiter) {
    Admission atOnce() {
      return requireNonNull(admission, "patience 0 never waits");
    }

    CompletionStage<Admission> stage() {
      return waiter != null ? waiter.answer : CompletableFuture.completedFuture(atOnce());
    }
  }

  /** Refuses all from now on. */
  void close() {
    closed = true;
  }

  Decision<D> admit(
      D destination,
      Attempt attempt,
      @Nullable GateTransaction<D> transaction,
      long patience,
      long now) {
    Reason ended = refusesAll(transaction);
    if (ended != null) {
      return refuse(AdmissionRules.refusal(ended));
    }
    Site<D> site = table.use(destination);
    if (site == null) {
      return refuse(AdmissionRules.refusal(Reason.TABLE_FULL));
    }
    standings.forgetIfUnprobed(site, now);
    Reason reason = rules.refuses(site, attempt, transaction, patience, now);
    if (reason != null) {
      return refuse(site, reason, attempt, now);
    }
    Shares.Kind share = rules.shareOf(site, attempt, now);
    ConcurrencyLimiter.Share client = shares.clientsFor(attempt, rules.brief(site, attempt, now));
    GatePermit<D> permit = new GatePermit<>(gate, site, transaction, attempt, share, client, 0);
    hold(permit);
    if (turns.mayStart(site)) {
      turns.start(permit, now);
      return new Decision<>(permit, null);
    }
    return await(permit, now + patience, false, now);
  }

  /** Notes that the remote has taken us to the point where MAIL may be sent. */
  void ready(GatePermit<D> permit) {
    if (permit.state == GatePermit.State.IN_FLIGHT && !permit.isReady) {
      permit.isReady = true;
      permit.site.connecting--;
      counters.connecting--;
    }
  }

  boolean detach(GatePermit<D> permit, long now) {
    if (permit.state != GatePermit.State.IN_FLIGHT) {
      return permit.state == GatePermit.State.DETACHED;
    }
    Site<D> site = permit.site;
    standings.detaching(permit, now);
    boolean mayGoOn = site.detached < MAX_DETACHED_PER_SITE && shares.detached.tryTake();
    if (mayGoOn) {
      table.pin(site);
      site.detached++;
      counters.detached++;
      permit.state = GatePermit.State.DETACHED;
    } else {
      counters.settled(Outcome.UNKNOWN);
      permit.state = GatePermit.State.SETTLED;
    }
    turns.stop(permit, now);
    turns.giveBack(permit);
    turns.offer(site);
    return mayGoOn;
  }

  boolean settle(GatePermit<D> permit, Outcome outcome, String detail, long now) {
    if (permit.state != GatePermit.State.IN_FLIGHT && permit.state != GatePermit.State.DETACHED) {
      return false;
    }
    Site<D> site = permit.site;
    counters.settled(outcome);
    standings.learn(permit, outcome, detail, now);
    if (permit.state == GatePermit.State.IN_FLIGHT) {
      turns.stop(permit, now);
      turns.giveBack(permit);
    } else {
      site.detached--;
      shares.detached.give();
      table.unpin(site);
    }
    permit.state = GatePermit.State.SETTLED;
    turns.offer(site);
    return true;
  }

  Decision<D> requeue(GatePermit<D> permit, long patience, String detail, long now) {
    if (permit.state != GatePermit.State.IN_FLIGHT) {
      return refuse(AdmissionRules.refusal(Reason.CANCELLED));
    }
    Site<D> site = permit.site;
    counters.settled(Outcome.PUSHED_BACK);
    standings.learn(permit, Outcome.PUSHED_BACK, detail, now);
    turns.stop(permit, now);
    permit.state = GatePermit.State.SETTLED;
    Reason reason = refusesToRequeue(permit);
    if (reason != null) {
      turns.giveBack(permit);
      turns.offer(site);
      return refuse(site, reason, permit.attempt, now);
    }
    counters.requeued++;
    return await(permit.successor(), now + patience, true, now);
  }

  private @Nullable Reason refusesToRequeue(GatePermit<D> permit) {
    Reason ended = refusesAll(permit.transaction);
    if (ended != null) {
      return ended;
    }
    if (permit.site.standing == Standing.SUSPENDED) {
      return Reason.SUSPENDED;
    }
    if (permit.requeues >= MAX_REQUEUES) {
      return Reason.PUSHED_BACK;
    }
    return turns.mayWait(permit.transaction) ? null : Reason.WAITING_SHARE;
  }

  private @Nullable Reason refusesAll(@Nullable GateTransaction<D> transaction) {
    if (closed) {
      return Reason.CLOSED;
    }
    return transaction != null && transaction.closed ? Reason.CANCELLED : null;
  }

  private Decision<D> refuse(Site<D> site, Reason reason, Attempt attempt, long now) {
    site.refused++;
    return refuse(standings.refusing(site, reason, attempt, now));
  }

  private Decision<D> refuse(Refusal refusal) {
    counters.refused(refusal.reason());
    return new Decision<>(refusal, null);
  }

  private Decision<D> await(GatePermit<D> permit, long deadline, boolean first, long now) {
    Waiter<D> waiter = turns.await(permit, deadline, first, now);
    // Whoever completes the answer himself, by cancelling it say, waits no longer.
    var unused = waiter.answer.whenComplete((admission, failure) -> gate.withdraw(waiter));
    return new Decision<>(null, waiter);
  }

  private void hold(GatePermit<D> permit) {
    GateTransaction<D> transaction = permit.transaction;
    boolean shared = transaction != null && transaction.held > 0;
    boolean taken = shared || permit.client.tryTake();
    if (!taken || !shares.take(permit.share)) {
      throw new IllegalStateException("admitted without room: " + permit);
    }
    if (transaction != null) {
      transaction.client = shared ? transaction.client : permit.client;
      transaction.held++;
    }
  }
}
