package org.mailweir.core;

/**
 * Counts again, from the sites, what the gate counts as it goes. For tests; under the gate's lock.
 */
final class GateAudit {
  private GateAudit() {}

  static <D> void check(PolicyGate<D> gate) {
    gate.table.assertConsistent();
    int inFlight = 0;
    int waiting = 0;
    int detached = 0;
    int probing = 0;
    int slow = 0;
    int[] standings = new int[Standing.values().length];
    int[] shares = new int[Shares.Kind.values().length];
    for (Site<D> site : gate.table.all()) {
      int flying = 0;
      int connecting = 0;
      for (GatePermit<D> p = site.oldestInFlight; p != null; p = p.after) {
        equal("state of " + p, GatePermit.State.IN_FLIGHT, p.state);
        flying++;
        connecting += p.isReady ? 0 : 1;
        shares[p.share.ordinal()]++;
      }
      equal("in flight to " + site.destination, flying, site.inFlight);
      equal("connecting to " + site.destination, connecting, site.connecting);
      equal("waiting for " + site.destination, site.queue.size(), site.waiting);
      site.queue.forEach(waiter -> shares[waiter.permit.share.ordinal()]++);
      int pins = site.inFlight + site.waiting + site.detached + (site.probing ? 1 : 0);
      equal("pins of " + site.destination, pins, site.pins);
      if (site.detached > Permits.MAX_DETACHED_PER_SITE) {
        throw new AssertionError(site.detached + " detached from " + site.destination);
      }
      inFlight += flying;
      waiting += site.waiting;
      detached += site.detached;
      probing += site.probing ? 1 : 0;
      slow += site.slow ? flying : 0;
      standings[site.standing.ordinal()]++;
    }
    equal("in flight", inFlight, gate.shares.inFlight.inUse());
    equal("waiting", waiting, gate.counters.waiting);
    equal("detached", detached, gate.shares.detached.inUse());
    equal("probing", probing, gate.shares.probes.inUse());
    equal("slow", slow, gate.counters.slow);
    int retried = shares[Shares.Kind.UNPROVEN_RETRIED.ordinal()];
    equal("failing", shares[Shares.Kind.FAILING.ordinal()], gate.shares.failing.inUse());
    equal("unproven, retried", retried, gate.shares.unprovenRetried.inUse());
    equal(
        "unproven", shares[Shares.Kind.UNPROVEN.ordinal()] + retried, gate.shares.unproven.inUse());
    for (Standing standing : Standing.values()) {
      int counted = gate.counters.standings[standing.ordinal()];
      equal(standing.name(), standings[standing.ordinal()], counted);
    }
  }

  private static void equal(String what, Object counted, Object kept) {
    if (!counted.equals(kept)) {
      throw new AssertionError(what + ": counted " + counted + ", kept " + kept);
    }
  }
}
