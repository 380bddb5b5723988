package org.mailweir.core;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
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
  private final Flights<D> flights;
  private final Limits<D> limits;
  private final Underway<D> underway;
  private final Turns<D> turns;
  private final Standings<D> standings;
  private boolean closed;

  Permits(
      PolicyGate<D> gate,
      Shares shares,
      Counters counters,
      DestinationTable<D, Site<D>> table,
      AdmissionRules<D> rules,
      Flights<D> flights,
      Limits<D> limits,
      Underway<D> underway,
      Turns<D> turns,
      Standings<D> standings) {
    this.gate = gate;
    this.shares = shares;
    this.counters = counters;
    this.table = table;
    this.rules = rules;
    this.flights = flights;
    this.limits = limits;
    this.underway = underway;
    this.turns = turns;
    this.standings = standings;
  }

  /** Refuses all from now on. */
  void close() {
    closed = true;
  }

  /**
   * Answers at once: a permit in flight, or a refusal.
   *
   * @param known what the table had for the destination, lately
   */
  Admission tryAdmit(
      D destination,
      @Nullable Site<D> known,
      Attempt attempt,
      @Nullable GateTransaction<D> transaction,
      long now) {
    Site<D> site = site(destination, known, transaction, now);
    Refusal refusal = refuses(site, attempt, transaction, 0, now);
    if (refusal != null || site == null) {
      return requireNonNull(refusal);
    }
    GatePermit<D> permit = hold(site, attempt, transaction, now);
    underway.start(permit, now);
    return permit;
  }

  /** Answers at once, or when a turn has come or the patience is over. */
  CompletionStage<Admission> admit(
      D destination,
      @Nullable Site<D> known,
      Attempt attempt,
      @Nullable GateTransaction<D> transaction,
      long patience,
      long now) {
    Site<D> site = site(destination, known, transaction, now);
    Refusal refusal = refuses(site, attempt, transaction, patience, now);
    if (refusal != null || site == null) {
      return CompletableFuture.completedFuture(requireNonNull(refusal));
    }
    GatePermit<D> permit = hold(site, attempt, transaction, now);
    if (turns.mayStart(site, permit.bytes())) {
      underway.start(permit, now);
      return CompletableFuture.completedFuture(permit);
    }
    return await(permit, now + patience, false, now);
  }

  /** Returns the site, made if need be; null if there is no room for it, or no more admissions. */
  private @Nullable Site<D> site(
      D destination, @Nullable Site<D> known, @Nullable GateTransaction<D> transaction, long now) {
    return refusesAll(transaction) == null ? table.use(destination, known, now) : null;
  }

  /** Returns the refusal, counted, or null if the admission may start or wait. */
  private @Nullable Refusal refuses(
      @Nullable Site<D> site,
      Attempt attempt,
      @Nullable GateTransaction<D> transaction,
      long patience,
      long now) {
    Reason ended = refusesAll(transaction);
    if (ended != null) {
      return refuse(AdmissionRules.refusal(ended));
    }
    if (site == null) {
      return refuse(AdmissionRules.refusal(Reason.TABLE_FULL));
    }
    standings.forgetIfUnprobed(site, now);
    Reason reason = rules.refuses(site, attempt, transaction, patience, now);
    return reason == null
        ? null
        : refuse(site, reason, attempt, GateTransaction.bytesOf(transaction), now);
  }

  /** Notes that the remote has taken us to the point where MAIL may be sent. */
  boolean ready(GatePermit<D> permit, long now) {
    if (permit.state() != GatePermit.State.IN_FLIGHT) {
      return false;
    }
    if (!permit.isReady) {
      permit.isReady = true;
      permit.site.connecting--;
      if (counters.connecting-- == shares.connectingBriefly) {
        turns.ring(); // what is over in a moment may take the last clients again
      }
      standings.ready(permit.site, now);
    }
    return true;
  }

  boolean detach(GatePermit<D> permit, long now) {
    if (permit.state() != GatePermit.State.IN_FLIGHT) {
      return permit.state() == GatePermit.State.DETACHED;
    }
    Site<D> site = permit.site;
    if (!permit.isReady) {
      standings.detaching(permit, now);
    }
    boolean mayGoOn = site.detached < MAX_DETACHED_PER_SITE && shares.detached.hasRoom();
    if (mayGoOn) {
      shares.detached.take();
      table.pin(site);
      site.detached++;
      counters.detached++;
      permit.become(GatePermit.State.DETACHED);
    } else {
      counters.settled(Outcome.UNKNOWN);
      permit.become(GatePermit.State.SETTLED);
    }
    underway.stop(permit, now);
    turns.giveBack(permit);
    turns.offer(site);
    return mayGoOn;
  }

  boolean settle(GatePermit<D> permit, Outcome outcome, String detail, long now) {
    GatePermit.State state = permit.state();
    if (state != GatePermit.State.IN_FLIGHT && state != GatePermit.State.DETACHED) {
      return false;
    }
    Site<D> site = permit.site;
    standings.learn(permit, outcome, detail, now); // first: the embedder's random may throw
    counters.settled(outcome);
    if (state == GatePermit.State.IN_FLIGHT) {
      underway.stop(permit, now);
      turns.giveBack(permit);
    } else {
      flights.remove(permit);
      site.detached--;
      shares.detached.give();
      table.unpin(site, now);
    }
    permit.become(GatePermit.State.SETTLED);
    turns.offer(site);
    return true;
  }

  CompletionStage<Admission> requeue(GatePermit<D> permit, long patience, String detail, long now) {
    if (permit.state() != GatePermit.State.IN_FLIGHT) {
      return CompletableFuture.completedFuture(refuse(AdmissionRules.refusal(Reason.CANCELLED)));
    }
    Site<D> site = permit.site;
    standings.learn(permit, Outcome.PUSHED_BACK, detail, now);
    counters.settled(Outcome.PUSHED_BACK);
    underway.stop(permit, now);
    permit.become(GatePermit.State.SETTLED);
    standings.forgetIfUnprobed(site, now);
    Reason reason = refusesToRequeue(permit);
    if (reason != null) {
      turns.giveBack(permit);
      turns.offer(site);
      return CompletableFuture.completedFuture(
          refuse(site, reason, permit.attempt(), permit.bytes(), now));
    }
    counters.requeued++;
    return await(permit.successor(), now + patience, true, now);
  }

  private @Nullable Reason refusesToRequeue(GatePermit<D> permit) {
    Reason ended = refusesAll(permit.transaction);
    if (ended != null) {
      return ended;
    }
    if (limits.byHand(permit.site) != null) {
      return Reason.BY_HAND;
    }
    if (permit.site.standing == Standing.SUSPENDED) {
      return Reason.SUSPENDED;
    }
    if (rules.holdsEnough(permit.site)) { // it may have more from before it was suspended
      return Reason.UNPROVEN_SHARE;
    }
    if (permit.requeues() >= MAX_REQUEUES) {
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

  private Refusal refuse(Site<D> site, Reason reason, Attempt attempt, long bytes, long now) {
    site.countRefused(reason);
    standings.refusing(site, reason, attempt, now);
    return refuse(explain(site, reason, attempt, bytes, now));
  }

  /** Returns what mail is told that is refused by that rule. */
  private Refusal explain(Site<D> site, Reason reason, Attempt attempt, long bytes, long now) {
    return switch (reason) {
      case SUSPENDED -> {
        Refusal known = site.trouble().refusal;
        yield known == null || known.isOver(now) ? AdmissionRules.refusal(reason) : known;
      }
      case RATE, BYTES, BY_HAND -> {
        long size = Turns.nextSize(site, bytes);
        yield limits.refusal(site, reason, site.ahead(attempt), size, now);
      }
      default -> AdmissionRules.refusal(reason);
    };
  }

  /** Returns what fresh mail would be told now that does not wait; empty if it would start. */
  Optional<Refusal> obstacle(Site<D> site, long now) {
    Site<D> asked = standings.isUnprobed(site, now) ? asNew(site) : site;
    Reason reason = closed ? Reason.CLOSED : rules.refuses(asked, Attempt.FRESH, null, 0, now);
    return reason == null
        ? Optional.empty()
        : Optional.of(explain(asked, reason, Attempt.FRESH, 0, now));
  }

  /** Returns what the next one who asks finds of a site whose suspension says nothing any more. */
  private Site<D> asNew(Site<D> site) {
    Site<D> forgotten = new Site<>(site.destination, gate);
    forgotten.limits = site.limits;
    forgotten.inFlight = site.inFlight;
    forgotten.paused = site.paused;
    forgotten.refusedYoung = site.refusedYoung;
    forgotten.slow = site.slow;
    return forgotten;
  }

  private Refusal refuse(Refusal refusal) {
    counters.refused(refusal.reason());
    return refusal;
  }

  private CompletionStage<Admission> await(
      GatePermit<D> permit, long deadline, boolean first, long now) {
    Waiter<D> waiter = turns.await(permit, deadline, first, now);
    // Whoever completes the answer himself, by cancelling it say, waits no longer.
    var unused = waiter.answer.whenComplete((admission, failure) -> gate.withdraw(waiter));
    return waiter.answer;
  }

  private GatePermit<D> hold(
      Site<D> site, Attempt attempt, @Nullable GateTransaction<D> transaction, long now) {
    Shares.Kind share = rules.shareOf(site, attempt, now);
    long bytes = GateTransaction.bytesOf(transaction);
    Shares.Client client = rules.clientOf(site, attempt, bytes, now);
    shares.take(share);
    if (transaction == null) {
      shares.of(client).take();
    } else if (transaction.held++ == 0) {
      shares.of(client).take();
      transaction.client = client;
    }
    return new GatePermit<>(site, transaction, attempt, share, client, 0);
  }
}
