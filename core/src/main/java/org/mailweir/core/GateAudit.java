package org.mailweir.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts again, from the sites, what the gate counts as it goes. For tests; under the gate's lock.
 */
final class GateAudit {
  private GateAudit() {}

  /** Returns how many sites it has counted; fails if anything was lost or minted. */
  static <D> int check(PolicyGate<D> gate) {
    gate.table.assertConsistent();
    int inFlight = 0;
    int waiting = 0;
    int allConnecting = 0;
    int detached = 0;
    int probing = 0;
    int slow = 0;
    long bytes = 0;
    int byHand = 0;
    int[] standings = new int[Standing.values().length];
    int[] shares = new int[Shares.Kind.values().length];
    Map<Site<D>, List<GatePermit<D>>> flights = flights(gate);
    for (Site<D> site : gate.table.all()) {
      int flying = 0;
      long size = 0;
      int connecting = 0;
      int overdue = 0;
      int away = 0;
      for (GatePermit<D> permit : flights.getOrDefault(site, List.of())) {
        if (permit.state() == GatePermit.State.DETACHED) {
          away++;
          continue;
        }
        equal("state of " + permit, GatePermit.State.IN_FLIGHT, permit.state());
        flying++;
        size += permit.bytes();
        connecting += permit.isReady ? 0 : 1;
        overdue += gate.flights.isOverdue(permit) ? 1 : 0;
        shares[permit.share().ordinal()]++;
      }
      equal("in flight to " + site.destination, flying, site.inFlight);
      equal("detached from " + site.destination, away, (int) site.detached);
      equal("connecting to " + site.destination, connecting, site.connecting);
      equal("overdue at " + site.destination, overdue, site.overdue);
      WaitQueue<D> queue = site.queue;
      equal("waiting for " + site.destination, queue == null ? 0 : queue.size(), site.waiting);
      if (queue != null) {
        equal("queue of nobody for " + site.destination, false, queue.isIdle());
        queue.forEach(waiter -> shares[waiter.permit.share().ordinal()]++);
      }
      checkSuspension(site);
      int pins = site.inFlight + site.waiting + site.detached + (site.probing ? 1 : 0);
      pins += site.limits == null ? 0 : site.limits.pins();
      equal("pins of " + site.destination, pins, site.pins);
      if (site.detached > Permits.MAX_DETACHED_PER_SITE) {
        throw new AssertionError(site.detached + " detached from " + site.destination);
      }
      checkBytes(site, size);
      bytes += size;
      byHand += site.limits == null || site.limits.byHand == null ? 0 : 1;
      inFlight += flying;
      waiting += site.waiting;
      allConnecting += connecting;
      detached += site.detached;
      probing += site.probing ? 1 : 0;
      slow += site.slow ? flying : 0;
      standings[site.standing.ordinal()]++;
    }
    equal("in flight", inFlight, gate.shares.inFlight.inUse());
    equal("waiting", waiting, gate.counters.waiting);
    equal("connecting", allConnecting, gate.counters.connecting);
    equal("detached", detached, gate.shares.detached.inUse());
    equal("probing", probing, gate.shares.probes.inUse());
    equal("slow", slow, gate.counters.slow);
    equal("bytes", bytes, gate.limits.bytes.inUse());
    equal("suspended by hand", byHand, gate.limits.suspendedByHand());
    int retried = shares[Shares.Kind.UNPROVEN_RETRIED.ordinal()];
    equal("failing", shares[Shares.Kind.FAILING.ordinal()], gate.shares.failing.inUse());
    equal("unproven, retried", retried, gate.shares.unprovenRetried.inUse());
    equal(
        "unproven", shares[Shares.Kind.UNPROVEN.ordinal()] + retried, gate.shares.unproven.inUse());
    for (Standing standing : Standing.values()) {
      int counted = gate.counters.standings[standing.ordinal()];
      equal(standing.name(), standings[standing.ordinal()], counted);
    }
    return gate.table.size();
  }

  private static <D> Map<Site<D>, List<GatePermit<D>>> flights(PolicyGate<D> gate) {
    Map<Site<D>, List<GatePermit<D>>> bySite = new HashMap<>();
    int seen = 0;
    long last = 0;
    for (GatePermit<D> p = gate.flights.next(null); p != null; p = gate.flights.next(p)) {
      bySite.computeIfAbsent(p.site, site -> new ArrayList<>()).add(p);
      long began = gate.flights.began(p);
      if (seen++ > 0 && began - last < 0) {
        throw new AssertionError(p + " is not in the order of time");
      }
      last = began;
    }
    equal("under way", gate.shares.inFlight.inUse() + gate.shares.detached.inUse(), seen);
    return bySite;
  }

  /**
   * A suspended site has a refusal while its next probe is planned or due, and keeps it while that
   * is out; any other has none. A probe that only tries whether our own network is up gives none.
   */
  private static void checkSuspension(Site<?> site) {
    boolean suspended = site.standing == Standing.SUSPENDED;
    Trouble<?> trouble = site.trouble;
    boolean refuses = trouble != null && trouble.refusal != null;
    boolean timed = trouble != null && trouble.isScheduled();
    if (!suspended) {
      equal("timer of the probe of " + site.destination, false, timed);
    }
    boolean planned = timed || site.probeQueued;
    if (suspended && planned) {
      equal("refusal of " + site.destination, true, refuses);
    } else if (!suspended || !site.probing) {
      equal("refusal of " + site.destination, false, refuses);
    }
  }

  private static void checkBytes(Site<?> site, long size) {
    ByteBudget budget = site.limits == null ? null : site.limits.bytes;
    if (budget != null) {
      equal("bytes to " + site.destination, size, budget.inUse());
    }
  }

  private static void equal(String what, Object counted, Object kept) {
    if (!counted.equals(kept)) {
      throw new AssertionError(what + ": counted " + counted + ", kept " + kept);
    }
  }
}
