package org.mailweir.core;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.Refusal.Reason;

/**
 * The gate's side of a {@link Backlog}: tells those who keep refused mail of their own when it
 * makes sense to ask again, so that nobody has to ask in vain.
 *
 * <p>A watch is told once, as a callback outside the lock, and is then forgotten. A site's watch is
 * told when the site may have a turn ({@link Turns#offer}), the shared one whenever a place that
 * all sites share is given back. It may be told too often, never too seldom, with two exceptions
 * that the backlog's own timers cover: a site that leaves the table takes its watch with it, and
 * what becomes true by the mere passing of time tells nobody.
 *
 * <p>Thread safety: all methods may be called by any thread, under the backlog's lock too: none of
 * them runs callbacks.
 */
final class Doorbell<D> {
  /** Whom a refusal waits for. */
  enum Cause {
    /** Nobody: it would be admitted now. */
    NONE,
    /** The site: its watch is set. */
    SITE,
    /** What all sites share: the shared watch is set. */
    SHARED,
    /** The same, for mail that may take the last clients, as it is over in a moment. */
    SHARED_BRIEFLY
  }

  final BriefLock lock; // the gate's
  private final LongSupplier now;
  private final DestinationTable<D, Site<D>> table;
  private final AdmissionRules<D> rules;
  private final Turns<D> turns;
  private final Standings<D> standings;
  private final Probes<D> probes;

  // Guarded by the lock.
  private @Nullable Runnable onClose; // of the backlog that has the bell
  private boolean closed;

  /**
   * Makes the bell of a gate.
   *
   * @param lock the gate's
   * @param now the gate's time, under its lock
   */
  Doorbell(
      BriefLock lock,
      LongSupplier now,
      DestinationTable<D, Site<D>> table,
      AdmissionRules<D> rules,
      Turns<D> turns,
      Standings<D> standings,
      Probes<D> probes) {
    this.lock = lock;
    this.now = now;
    this.table = table;
    this.rules = rules;
    this.turns = turns;
    this.standings = standings;
    this.probes = probes;
  }

  /**
   * Reserves the bell for one backlog; returns the gate's time.
   *
   * @param onClose told when the gate is closed
   */
  long take(Runnable onClose) {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("this gate is closed: a backlog would hand nothing out");
      }
      if (this.onClose != null) {
        throw new IllegalStateException("this gate has a backlog already: one a gate");
      }
      this.onClose = onClose;
      return now.getAsLong();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the reservation, and tells nobody from now on but sites already watched. */
  void give() {
    lock.lock();
    try {
      onClose = null;
      turns.watch = null;
    } finally {
      lock.unlock();
    }
  }

  /** The gate is closed; called under its lock. */
  void close(Callbacks callbacks) {
    closed = true;
    if (onClose != null) {
      callbacks.add(onClose);
    }
  }

  /** Looks why an attempt would be refused now. For tests. */
  Cause look(D destination, Attempt attempt) {
    lock.lock();
    try {
      return cause(table.get(destination), attempt, null);
    } finally {
      lock.unlock();
    }
  }

  private Cause cause(
      @Nullable Site<D> site, Attempt attempt, @Nullable GateTransaction<D> transaction) {
    if (site == null) {
      return Cause.SHARED; // the table is full, or it has just left it
    }
    long time = now.getAsLong();
    long bytes = GateTransaction.bytesOf(transaction);
    Reason reason = rules.refuses(site, attempt, transaction, 0, time);
    if (reason == null) {
      return Cause.NONE;
    }
    if (rules.isFull(site, bytes, time) && !dependsOnOthers(site, reason)) {
      return Cause.SITE;
    }
    boolean last = reason == Reason.CLIENTS && rules.mayBeBrief(site, attempt, bytes, time);
    return last ? Cause.SHARED_BRIEFLY : Cause.SHARED;
  }

  /** Returns whether the site could start more if others left more clients free. */
  private boolean dependsOnOthers(Site<D> site, Reason reason) {
    return reason == Reason.DESTINATION_SHARE && site.waiting == 0 && turns.hasRoom(site);
  }

  /**
   * Looks why an attempt would be refused now, and sets the watch that is told when this changes.
   * Both are set where a limit that all share refuses a site for what it is: unproven, failing,
   * slow, or with many in flight. It may cease to be.
   *
   * @param transaction of the attempt; null where its size is not known
   * @param own told of the destination itself
   * @param shared told of what all share
   */
  Cause watch(
      D destination,
      Attempt attempt,
      @Nullable GateTransaction<D> transaction,
      Runnable own,
      Runnable shared) {
    lock.lock();
    try {
      Site<D> site = table.get(destination);
      Cause cause = cause(site, attempt, transaction);
      if (site != null
          && (cause == Cause.SITE
              || (cause == Cause.SHARED && mayCease(site, attempt, transaction)))) {
        site.queue().watch = own;
      }
      if (cause != Cause.SITE && cause != Cause.NONE) {
        turns.watch = shared;
      }
      return cause;
    } finally {
      lock.unlock();
    }
  }

  private boolean mayCease(
      Site<D> site, Attempt attempt, @Nullable GateTransaction<D> transaction) {
    long time = now.getAsLong();
    return site.slow
        || rules.isFull(site, GateTransaction.bytesOf(transaction), time)
        || rules.shareOf(site, attempt, time) != Shares.Kind.NONE;
  }

  /**
   * Asks for the probe of a suspended destination ahead of its plan, within the budget.
   *
   * @param first before those that are due
   */
  void probeSoon(D destination, boolean first) {
    lock.lock();
    try {
      Site<D> site = table.get(destination);
      if (site != null && site.standing == Standing.SUSPENDED) {
        standings.ensurePlanned(site, now.getAsLong());
        probes.want(site, first);
      }
    } finally {
      lock.unlock();
    }
  }
}
