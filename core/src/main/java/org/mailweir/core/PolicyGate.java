package org.mailweir.core;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.Refusal.Reason;

/**
 * The gate: one lock around the rules, and the order in which things are taken and given back.
 *
 * <h2>Rooms</h2>
 *
 * {@link AdmissionRules} say whether an admission is refused. {@link Permits} take what an
 * admission holds and give it back. {@link Turns} let it wait and give turns, {@link Underway} has
 * what is in flight. {@link Limits} are what the embedder has set. {@link Standings} learn from
 * outcomes. {@link Probes} and {@link LocalOutage} plan what to try when there is no mail to learn
 * from, {@link ProbeLeases} hand it out. They share {@link Shares} (the {@link Quota}s of the
 * policy), the {@link DestinationTable} of {@link Site}s (the depths per destination), the {@link
 * TimerWheel} and the {@link Counters}.
 *
 * <h2>Locking</h2>
 *
 * One lock guards everything. Answers to waiting callers and listener calls are queued under it and
 * run by {@link Callbacks} after it is released. Time is that of the last {@link #advance}, so the
 * hot paths read no clock. One answer needs no lock: {@link RepeatedRefusals}. See
 * docs/concurrency.md.
 */
final class PolicyGate<D> implements DestinationGate<D> {
  private static final Duration LONGEST_SUSPENSION = Duration.ofDays(365);

  private final BriefLock lock = new BriefLock();

  final Shares shares;
  final Counters counters = new Counters();
  final DestinationTable<D, Site<D>> table;
  final Flights<D> flights = new Flights<>();
  final Limits<D> limits;
  final Turns<D> turns;
  private final TimerWheel wheel;
  private final Callbacks callbacks = new Callbacks();
  private final LocalOutage<D> outage;
  private final Standings<D> standings;
  final Probes<D> probes;
  final ProbeLeases<D> leases;
  private final RepeatedRefusals repeated = new RepeatedRefusals(counters);
  private final Permits<D> permits;
  private final Snapshots<D> snapshots;
  private final Memories<D> memories;
  final Doorbell<D> doorbell;

  // Written under the lock, read without it too.
  private volatile long now;
  private volatile boolean closed;

  PolicyGate(GateBuilder<D> builder) {
    now = builder.timeSource.nanoTime();
    shares =
        new Shares(builder.clients, builder.maxInFlight(), builder.maxDetached, builder.maxProbes);
    wheel = new TimerWheel(now);
    table = new DestinationTable<>(builder.maxDestinations, this::newSite, this::evicted);
    outage = new LocalOutage<>(new Successes<>(builder.maxDestinations, table::byId));
    limits = new Limits<>(builder, table, wheel, callbacks, this::offer);
    Underway<D> underway = new Underway<>(shares, table, wheel, counters, flights, limits);
    turns = new Turns<>(shares, table, wheel, counters, callbacks, underway, limits, outage::holds);
    probes = new Probes<>(builder, wheel, counters, shares, now);
    standings =
        new Standings<>(
            wheel, shares, counters, callbacks, builder.listener, flights, turns, probes, outage);
    AdmissionRules<D> rules =
        new AdmissionRules<>(shares, counters, turns, outage, limits, builder.patience.toNanos());
    long lease = builder.probeLease.toNanos();
    leases = new ProbeLeases<>(this, lease, wheel, shares, counters, table, probes, standings);
    permits =
        new Permits<>(
            this, shares, counters, table, rules, flights, limits, underway, turns, standings);
    snapshots = new Snapshots<>(shares, counters, table, flights, limits, permits, probes, outage);
    memories = new Memories<>(this, () -> now, probes, outage);
    doorbell = new Doorbell<>(lock, () -> now, table, rules, turns, standings, probes);
  }

  private Site<D> newSite(D destination) {
    Site<D> site = new Site<>(destination, this);
    site.limits = limits.of(site);
    counters.standings[Standing.NEW.ordinal()]++;
    return site;
  }

  private void evicted(Site<D> site) {
    counters.standings[site.standing.ordinal()]--;
    outage.forget(site);
    probes.forget(site);
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
  public Transaction<D> begin(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes: " + bytes + ", must not be negative");
    }
    return new GateTransaction<>(this, bytes);
  }

  @Override
  public Admission tryAdmit(D destination, Attempt attempt) {
    return tryAdmit(destination, attempt, null);
  }

  Admission tryAdmit(D destination, Attempt attempt, @Nullable GateTransaction<D> transaction) {
    requireNonNull(attempt);
    long tick = now;
    Site<D> known = table.get(requireNonNull(destination));
    if (known != null && !closed && (transaction == null || !transaction.closed)) {
      Refusal again = repeated.of(known, attempt, tick);
      if (again != null) {
        return again;
      }
    }
    lock.lock();
    try {
      return permits.tryAdmit(destination, known, attempt, transaction, now);
    } finally {
      leave();
    }
  }

  /**
   * Answers as {@link #tryAdmit(Object, Attempt)} does, but leaves the callbacks that this causes
   * to {@link #runCallbacks}: for a caller that holds a lock of its own.
   *
   * @param known what the table had for the destination, lately; spares looking it up
   * @param transaction of the attempt; null where its size is not known
   */
  Admission tryAdmitQuietly(
      D destination,
      @Nullable Site<D> known,
      Attempt attempt,
      @Nullable GateTransaction<D> transaction) {
    lock.lock();
    try {
      return permits.tryAdmit(destination, known, attempt, transaction, now);
    } finally {
      try {
        turns.run(now);
      } finally {
        lock.unlock();
      }
    }
  }

  /** Runs what {@link #tryAdmitQuietly} has left; called without any lock. */
  void runCallbacks() {
    callbacks.run();
  }

  @Override
  public Admission admit(D destination, Attempt attempt, Duration patience)
      throws InterruptedException {
    return admit(destination, attempt, patience, null);
  }

  Admission admit(
      D destination, Attempt attempt, Duration patience, @Nullable GateTransaction<D> transaction)
      throws InterruptedException {
    return Patience.await(admitAsync(destination, attempt, patience, transaction));
  }

  @Override
  public CompletionStage<Admission> admitAsync(D destination, Attempt attempt, Duration patience) {
    return admitAsync(destination, attempt, patience, null);
  }

  CompletionStage<Admission> admitAsync(
      D destination, Attempt attempt, Duration patience, @Nullable GateTransaction<D> transaction) {
    requireNonNull(attempt);
    long nanos = Patience.nanos(patience);
    Site<D> known = table.get(requireNonNull(destination));
    lock.lock();
    try {
      return permits.admit(destination, known, attempt, transaction, nanos, now);
    } finally {
      leave();
    }
  }

  /** Ends the wait of one whose answer somebody else completed: cancelled, say. */
  void withdraw(Waiter<D> waiter) {
    if (!waiter.queued) { // racy, but the race is benign: it never becomes true again
      return;
    }
    lock.lock();
    try {
      if (waiter.queued) {
        turns.refuse(waiter, AdmissionRules.refusal(Reason.CANCELLED), now);
      }
    } finally {
      leave();
    }
  }

  void closeTransaction(GateTransaction<D> transaction) {
    lock.lock();
    try {
      transaction.closed = true;
      turns.refuseAll(transaction, AdmissionRules.refusal(Reason.CANCELLED), now);
    } finally {
      leave();
    }
  }

  // -- permits

  boolean ready(GatePermit<D> permit) {
    lock.lock();
    try {
      return permits.ready(permit, now);
    } finally {
      leave();
    }
  }

  boolean detach(GatePermit<D> permit) {
    lock.lock();
    try {
      return permits.detach(permit, now);
    } finally {
      leave();
    }
  }

  boolean settle(GatePermit<D> permit, Outcome outcome, String detail) {
    lock.lock();
    try {
      return permits.settle(permit, outcome, detail, now);
    } finally {
      leave();
    }
  }

  CompletionStage<Admission> requeue(GatePermit<D> permit, Duration patience, String detail) {
    long nanos = Patience.nanos(patience);
    lock.lock();
    try {
      return permits.requeue(permit, nanos, detail, now);
    } finally {
      leave();
    }
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
      standings.checkOutage(now); // first: who runs out of patience has a last turn
      int fired = wheel.advance(now, limit);
      standings.checkOutage(now);
      return fired;
    } finally {
      leave();
    }
  }

  @Override
  public long nextDue() {
    return locked(
        () -> {
          long next = turns.releasing() ? now : wheel.nextDue();
          next = earlier(next, outage.nextCheck());
          return closed ? next : earlier(next, probes.nextPoll(now));
        });
  }

  /** Compares by the time from now on: one may be long ago, and the other in 292 years. */
  private long earlier(long time, @Nullable Long other) {
    return other != null && other - now < time - now ? other : time;
  }

  @Override
  public Optional<Probe<D>> pollProbe() {
    lock.lock();
    try {
      return closed ? Optional.empty() : Optional.ofNullable(leases.poll(now));
    } finally {
      leave();
    }
  }

  boolean settle(GateProbe<D> probe, Outcome outcome, String detail) {
    lock.lock();
    try {
      return leases.settle(probe, outcome, detail, now);
    } finally {
      leave();
    }
  }

  private void offer(Site<D> site) {
    turns.offer(site);
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      permits.close();
      for (Site<D> site : table.all()) {
        turns.refuseAll(site, AdmissionRules.refusal(Reason.CLOSED), now);
      }
      doorbell.close(callbacks);
    } finally {
      leave();
    }
  }

  // -- by hand

  @Override
  public boolean suspend(D destination, Duration time, String reason) {
    long nanos = GateBuilder.positive(time, LONGEST_SUSPENSION, "time").toNanos();
    requireNonNull(destination);
    requireNonNull(reason);
    lock.lock();
    try {
      Site<D> site = closed ? null : table.use(destination, table.get(destination), now);
      if (site != null) {
        turns.refuseAll(site, limits.suspend(site, now + nanos, reason, now), now);
      }
      return site != null;
    } finally {
      leave();
    }
  }

  @Override
  public boolean resume(D destination) {
    lock.lock();
    try {
      Site<D> site = table.get(requireNonNull(destination));
      return site != null && limits.resume(site, now);
    } finally {
      leave();
    }
  }

  // -- views

  @Override
  public Optional<DestinationStatus<D>> status(D destination) {
    requireNonNull(destination);
    return locked(
        () -> Optional.ofNullable(table.get(destination)).map(site -> snapshots.of(site, now)));
  }

  @Override
  public List<DestinationStatus<D>> busiest(int n) {
    return locked(() -> snapshots.busiest(n, now));
  }

  @Override
  public GateStats stats() {
    return locked(snapshots::stats);
  }

  @Override
  public List<DestinationMemory<D>> memories() {
    return memories.all();
  }

  @Override
  public int restore(List<DestinationMemory<D>> known) {
    lock.lock();
    try {
      return memories.restore(known, now);
    } finally {
      leave();
    }
  }

  /** Fails if anything was lost or minted. For tests. */
  void assertConsistent() {
    locked(() -> GateAudit.check(this));
  }

  /** Looks at something under the lock; moves nothing. */
  <T> T locked(Supplier<T> view) {
    lock.lock();
    try {
      return view.get();
    } finally {
      lock.unlock();
    }
  }
}
