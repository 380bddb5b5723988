package org.mailweir.core;

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
    SHARED
  }

  private final PolicyGate<D> gate;
  private boolean taken; // guarded by the gate's lock

  Doorbell(PolicyGate<D> gate) {
    this.gate = gate;
  }

  /** Reserves the bell for one backlog; returns the gate's time. */
  long take() {
    gate.lock.lock();
    try {
      if (taken) {
        throw new IllegalStateException("this gate has a backlog already: one a gate");
      }
      taken = true;
      return gate.now;
    } finally {
      gate.lock.unlock();
    }
  }

  /** Ends the reservation, and tells nobody from now on but sites already watched. */
  void give() {
    gate.lock.lock();
    try {
      taken = false;
      gate.turns.watch = null;
    } finally {
      gate.lock.unlock();
    }
  }

  /**
   * Looks why an attempt would be refused now, and sets the watch that is told when this changes.
   *
   * @param own told of the destination itself
   * @param shared told of what all share
   */
  Cause watch(D destination, Attempt attempt, Runnable own, Runnable shared) {
    gate.lock.lock();
    try {
      Site<D> site = gate.table.get(destination);
      if (site != null && gate.rules.refuses(site, attempt, null, 0, gate.now) == null) {
        return Cause.NONE;
      }
      if (site != null && gate.rules.isFull(site)) {
        site.watch = own;
        return Cause.SITE;
      }
      gate.turns.watch = shared;
      return Cause.SHARED;
    } finally {
      gate.lock.unlock();
    }
  }

  /** Returns whether the destination is suspended: its mail waits for it, not for a time. */
  boolean isSuspended(D destination) {
    gate.lock.lock();
    try {
      Site<D> site = gate.table.get(destination);
      return site != null && site.standing == Standing.SUSPENDED;
    } finally {
      gate.lock.unlock();
    }
  }

  /**
   * Asks for the probe of a suspended destination ahead of its plan, within the budget.
   *
   * @param first before those that are due
   */
  void probeSoon(D destination, boolean first) {
    gate.lock.lock();
    try {
      Site<D> site = gate.table.get(destination);
      if (site != null && site.standing == Standing.SUSPENDED) {
        gate.probes.want(site, first);
      }
    } finally {
      gate.lock.unlock();
    }
  }
}
