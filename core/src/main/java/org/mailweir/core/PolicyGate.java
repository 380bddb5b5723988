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
 * {@link AdmissionRules} say whether an admission is refused. {@link Permits} take what an
 * admission holds and give it back. {@link Turns} put permits in flight, let them wait and give
 * turns. {@link Standings} learn from outcomes. {@link Probes} and {@link LocalOutage} plan what to
 * try when there is no mail to learn from. They share {@link Shares} (the {@link
 * ConcurrencyLimiter}s of the policy), the {@link DestinationTable} of {@link Site}s (the depths
 * per destination), the {@link TimerWheel} and the {@link Counters}.
 *
 * <h2>Locking</h2>
 *
 * One lock guards everything. Answers to waiting callers and listener calls are queued under it and
 * run by {@link Callbacks} after it is released. Time is that of the last {@link #advance}.
 */
final class PolicyGate<D> implements DestinationGate<D> {
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
  private final Standings<D> standings;
  private final Probes<D> probes;
  private final Permits<D> permits;
  final Doorbell<D> doorbell;

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
    AdmissionRules<D> rules =
        new AdmissionRules<>(shares, counters, turns, outage, builder.patience.toNanos());
    permits = new Permits<>(this, shares, counters, table, rules, turns, standings);
    doorbell = new Doorbell<>(lock, () -> now, table, rules, turns, probes);
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
      return permits.admit(requireNonNull(destination), attempt, transaction, 0, now).atOnce();
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
      return permits.admit(requireNonNull(destination), attempt, transaction, nanos, now).stage();
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

  /** Ends the wait of one whose answer somebody else completed: cancelled, say. */
  void withdraw(Waiter<D> waiter) {
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
      permits.ready(permit);
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
    long nanos = nanos(patience);
    lock.lock();
    try {
      return permits.requeue(permit, nanos, detail, now).stage();
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
      permits.close();
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
