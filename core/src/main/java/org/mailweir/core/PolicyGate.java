package org.mailweir.core;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.Refusal.Reason;

/**
 * The gate: one lock around the rules, and the order in which things are taken and given back.
 *
 * <h2>Rooms</h2>
 *
 * {@link AdmissionRules} say whether an admission is refused. {@link Turns} put permits in flight,
 * let them wait and give turns. {@link Standings} learn from outcomes. {@link Probes} and {@link
 * LocalOutage} plan what to try when there is no mail to learn from. They share {@link Shares} (the
 * {@link ConcurrencyLimiter}s of the policy), the {@link DestinationTable} of {@link Site}s (the
 * depths per destination), the {@link TimerWheel} and the {@link Counters}.
 *
 * <h2>Invariants</h2>
 *
 * A permit holds: its client from the moment it is admitted (the first of a transaction takes it,
 * the last gives it back), its share, a pin of its site; and a place in flight or a place among the
 * waiting. Each of its ways out ({@link #settle}, {@link #detach}, {@link #requeue}, a refused
 * wait) gives back exactly that. {@link GateAudit} counts it all again.
 *
 * <h2>Locking</h2>
 *
 * One lock guards everything. Answers to waiting callers and listener calls are queued under it and
 * run by {@link Callbacks} after it is released. Time is that of the last {@link #advance}.
 */
final class PolicyGate<D> implements DestinationGate<D> {
  static final int MAX_DETACHED_PER_SITE = 2;
  static final int MAX_REQUEUES = 5;
  private static final Duration LONGEST_PATIENCE = Duration.ofDays(1);

  private final ReentrantLock lock = new ReentrantLock();
  private final long probeLease;

  final Shares shares;
  final Counters counters = new Counters();
  final DestinationTable<D, Site<D>> table;
  final Turns<D> turns;
  private final TimerWheel wheel;
  private final Callbacks callbacks = new Callbacks();
  private final LocalOutage<D> outage = new LocalOutage<>(new Successes<>());
  private final AdmissionRules<D> rules;
  private final Standings<D> standings;
  private final Probes<D> probes;

  private long now;
  private boolean closed;

  PolicyGate(GateBuilder<D> builder) {
    now = builder.timeSource.nanoTime();
    probeLease = builder.probeLease.toNanos();
    shares =
        new Shares(builder.clients, builder.maxInFlight(), builder.maxDetached, builder.maxProbes);
    wheel = new TimerWheel(now);
    table = new DestinationTable<>(builder.maxDestinations, this::newSite, this::evicted);
    turns = new Turns<>(shares, table, wheel, counters, callbacks, outage::holds);
    probes =
        new Probes<>(
            builder.probeSchedule(),
            builder.random,
            wheel,
            counters,
            shares,
            builder.probesPerSecond,
            now);
    standings =
        new Standings<>(
            wheel, shares, counters, callbacks, builder.listener, turns, probes, outage);
    rules = new AdmissionRules<>(shares, counters, turns, outage, builder.patience.toNanos());
  }

  private Site<D> newSite(D destination) {
    counters.standings[Standing.NEW.ordinal()]++;
    return new Site<>(destination);
  }

  private void evicted(Site<D> site) {
    counters.standings[site.standing.ordinal()]--;
    outage.forget(site);
    probes.forget(site);
    for (Alarm alarm : new @Nullable Alarm[] {site.slowAlarm, site.pauseAlarm}) {
      if (alarm != null) {
        wheel.cancel(alarm);
      }
    }
  }

  /** Ends every public operation: gives the turns that it made possible, then runs callbacks. */
  private void leave() {
    try {
      turns.run(now);
    } finally {
      lock.unlock();
    }
    callbacks.run();
  }

  // -- admission

  @Override
  public Transaction<D> begin() {
    return new GateTransaction<>(this);
  }

  @Override
  public Admission tryAdmit(D destination, Attempt attempt) {
    return tryAdmit(destination, attempt, null);
  }

  Admission tryAdmit(D destination, Attempt attempt, @Nullable GateTransaction<D> transaction) {
    requireNonNull(attempt);
    lock.lock();
    try {
      return decide(requireNonNull(destination), attempt, transaction, 0).now();
    } finally {
      leave();
    }
  }

  @Override
  public Admission admit(D destination, Attempt attempt, Duration patience)
      throws InterruptedException {
    return admit(destination, attempt, patience, null);
  }

  Admission admit(
      D destination, Attempt attempt, Duration patience, @Nullable GateTransaction<D> transaction)
      throws InterruptedException {
    CompletableFuture<Admission> answer =
        admitAsync(destination, attempt, patience, transaction).toCompletableFuture();
    try {
      return answer.get();
    } catch (InterruptedException interrupted) {
      // The wait ends (see awaiting); a permit that came first is closed.
      if (!answer.cancel(false) && answer.getNow(null) instanceof Permit permit) {
        permit.close();
      }
      throw interrupted;
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Override
  public CompletionStage<Admission> admitAsync(D destination, Attempt attempt, Duration patience) {
    return admitAsync(destination, attempt, patience, null);
  }

  CompletionStage<Admission> admitAsync(
      D destination, Attempt attempt, Duration patience, @Nullable GateTransaction<D> transaction) {
    requireNonNull(attempt);
    long nanos = nanos(patience);
    lock.lock();
    try {
      return decide(requireNonNull(destination), attempt, transaction, nanos).stage();
    } finally {
      leave();
    }
  }

  private static long nanos(Duration patience) {
    if (patience.isNegative()) {
      throw new IllegalArgumentException("patience: " + patience + ", must not be negative");
    }
    return patience.compareTo(LONGEST_PATIENCE) > 0
        ? LONGEST_PATIENCE.toNanos()
        : patience.toNanos();
  }

  /** The result of one request: an admission at once, or a waiter. */
  private record Decision<D>(@Nullable Admission admission, @Nullable Waiter<D> waiter) {
    Admission now() {
      return requireNonNull(admission, "patience 0 never waits");
    }

    CompletionStage<Admission> stage() {
      return waiter != null ? waiter.answer : CompletableFuture.completedFuture(now());
    }
  }

  private Decision<D> decide(
      D destination, Attempt attempt, @Nullable GateTransaction<D> transaction, long patience) {
    if (closed || (transaction != null && transaction.closed)) {
      return refuse(AdmissionRules.refusal(closed ? Reason.CLOSED : Reason.CANCELLED));
    }
    Site<D> site = table.use(destination);
    if (site == null) {
      return refuse(AdmissionRules.refusal(Reason.TABLE_FULL));
    }
    standings.forgetIfUnprobed(site, now);
    Reason reason = rules.refuses(site, attempt, transaction, patience, now);
    if (reason != null) {
      site.refused++;
      return refuse(standings.refusing(site, reason, attempt, now));
    }
    Shares.Kind share = rules.shareOf(site, attempt, now);
    ConcurrencyLimiter.Share client = shares.clientsFor(attempt, rules.brief(site, attempt, now));
    GatePermit<D> permit = new GatePermit<>(this, site, transaction, attempt, share, client, 0);
    hold(permit);
    if (turns.mayStart(site)) {
      turns.start(permit, now);
      return new Decision<>(permit, null);
    }
    return new Decision<>(null, awaiting(turns.await(permit, now + patience, false, now)));
  }

  /** Ends the wait of one whose answer somebody else completes: cancelled, say. */
  private Waiter<D> awaiting(Waiter<D> waiter) {
    var unused = waiter.answer.whenComplete((admission, failure) -> withdraw(waiter));
    return waiter;
  }

  private void withdraw(Waiter<D> waiter) {
    if (!waiter.queued) { // racy, but the race is benign: it never becomes true again
      return;
    }
    lock.lock();
    try {
      if (waiter.queued) {
        turns.refuse(waiter, AdmissionRules.refusal(Reason.CANCELLED));
      }
    } finally {
      leave();
    }
  }

  private Decision<D> refuse(Refusal refusal) {
    counters.refused(refusal.reason());
    return new Decision<>(refusal, null);
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

  void closeTransaction(GateTransaction<D> transaction) {
    lock.lock();
    try {
      transaction.closed = true;
      turns.refuseAll(transaction, AdmissionRules.refusal(Reason.CANCELLED));
    } finally {
      leave();
    }
  }

  // -- permits

  void ready(GatePermit<D> permit) {
    lock.lock();
    try {
      if (permit.state == GatePermit.State.IN_FLIGHT && !permit.isReady) {
        permit.isReady = true;
        permit.site.connecting--;
        counters.connecting--;
      }
    } finally {
      leave();
    }
  }

  boolean detach(GatePermit<D> permit) {
    lock.lock();
    try {
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
    } finally {
      leave();
    }
  }

  boolean settle(GatePermit<D> permit, Outcome outcome, String detail) {
    lock.lock();
    try {
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
    } finally {
      leave();
    }
  }

  CompletionStage<Admission> requeue(GatePermit<D> permit, Duration patience, String detail) {
    long nanos = nanos(patience);
    lock.lock();
    try {
      if (permit.state != GatePermit.State.IN_FLIGHT) {
        return refuse(AdmissionRules.refusal(Reason.CANCELLED)).stage();
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
        site.refused++;
        return refuse(standings.refusing(site, reason, permit.attempt, now)).stage();
      }
      counters.requeued++;
      Waiter<D> waiter = awaiting(turns.await(permit.successor(), now + nanos, true, now));
      turns.offer(site);
      return waiter.answer;
    } finally {
      leave();
    }
  }

  private @Nullable Reason refusesToRequeue(GatePermit<D> permit) {
    GateTransaction<D> transaction = permit.transaction;
    if (closed) {
      return Reason.CLOSED;
    }
    if (transaction != null && transaction.closed) {
      return Reason.CANCELLED;
    }
    if (permit.site.standing == Standing.SUSPENDED) {
      return Reason.SUSPENDED;
    }
    if (permit.requeues >= MAX_REQUEUES) {
      return Reason.PUSHED_BACK;
    }
    return turns.mayWait(transaction) ? null : Reason.WAITING_SHARE;
  }

  // -- time and probes

  @Override
  public int advance(long time, int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit: " + limit + ", must be at least 1");
    }
    lock.lock();
    try {
      if (time - now > 0) {
        now = time;
      }
      int fired = wheel.advance(now, limit);
      standings.checkOutage(now);
      return fired;
    } finally {
      leave();
    }
  }

  @Override
  public long nextDue() {
    lock.lock();
    try {
      long next = turns.releasing() ? now : wheel.nextDue();
      next = earlier(next, outage.nextCheck());
      return closed ? next : earlier(next, probes.nextPoll(now));
    } finally {
      lock.unlock();
    }
  }

  private static long earlier(long time, @Nullable Long other) {
    return other != null && other - time < 0 ? other : time;
  }

  @Override
  public Optional<Probe<D>> pollProbe() {
    lock.lock();
    try {
      Site<D> site = closed ? null : probes.poll(now);
      if (site == null) {
        return Optional.empty();
      }
      boolean planned = shares.probesPlanned.hasRoom();
      GateProbe<D> probe =
          new GateProbe<>(this, site, planned ? shares.probesPlanned : shares.probes.whole());
      if (!probe.share.tryTake()) {
        throw new IllegalStateException("no room to probe");
      }
      table.pin(site);
      site.probing = true;
      counters.probes++;
      wheel.schedule(probe, now + probeLease);
      return Optional.of(probe);
    } finally {
      leave();
    }
  }

  boolean settle(GateProbe<D> probe, Outcome outcome, String detail) {
    lock.lock();
    try {
      return !probe.settled && end(probe, outcome, detail);
    } finally {
      leave();
    }
  }

  /** Called by the wheel, under the lock. */
  void probeLost(GateProbe<D> probe) {
    end(probe, Outcome.UNKNOWN, "");
  }

  private boolean end(GateProbe<D> probe, Outcome outcome, String detail) {
    Site<D> site = probe.site;
    probe.settled = true;
    wheel.cancel(probe);
    site.probing = false;
    probe.share.give();
    standings.learn(site, outcome, detail, now);
    table.unpin(site);
    return true;
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      for (Site<D> site : table.all()) {
        turns.refuseAll(site, AdmissionRules.refusal(Reason.CLOSED));
      }
    } finally {
      leave();
    }
  }

  // -- views

  @Override
  public Optional<DestinationStatus<D>> status(D destination) {
    lock.lock();
    try {
      Site<D> site = table.get(requireNonNull(destination));
      return site == null ? Optional.empty() : Optional.of(Snapshots.of(site, now));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<DestinationStatus<D>> busiest(int n) {
    lock.lock();
    try {
      return Snapshots.busiest(table.all(), n, now);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public GateStats stats() {
    lock.lock();
    try {
      return Snapshots.stats(shares, counters, table, outage.active());
    } finally {
      lock.unlock();
    }
  }

  /** Fails if anything was lost or minted. For tests. */
  void assertConsistent() {
    lock.lock();
    try {
      GateAudit.check(this);
    } finally {
      lock.unlock();
    }
  }
}
