package org.mailweir.core;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/** Copies what people and metrics want to see. Called under the gate's lock. */
final class Snapshots {
  private Snapshots() {}

  static <D> DestinationStatus<D> of(Site<D> site, Flights<D> flights, long now) {
    Optional<Trouble<D>> trouble = Optional.ofNullable(site.trouble);
    boolean suspended = site.standing == Standing.SUSPENDED;
    return new DestinationStatus<>(
        site.destination,
        site.standing,
        site.inFlight,
        site.waiting,
        site.detached,
        site.probing,
        site.window.limit(),
        site.window.ceiling(now),
        site.meanTime(),
        site.failures,
        site.refused(),
        site.answered ? Optional.of(site.lastSuccess) : Optional.empty(),
        trouble.filter(known -> suspended).map(known -> known.suspendedAt),
        trouble.filter(TimerWheel.Timer::isScheduled).map(TimerWheel.Timer::deadline),
        flights.oldestTo(site),
        site.cause());
  }

  /** Returns the n with the most in flight, waiting and detached, then refused; O(sites log n). */
  static <D> List<DestinationStatus<D>> busiest(
      Collection<Site<D>> sites, Flights<D> flights, int n, long now) {
    Comparator<Use<D>> byUse =
        Comparator.<Use<D>>comparingInt(Use::held).thenComparingLong(Use::refused);
    PriorityQueue<Use<D>> most = new PriorityQueue<>(byUse);
    for (Site<D> site : sites) {
      most.add(new Use<>(site, site.occupancy() + site.detached, site.refused()));
      if (most.size() > Math.max(0, n)) {
        most.remove();
      }
    }
    return most.stream().sorted(byUse.reversed()).map(use -> of(use.site(), flights, now)).toList();
  }

  /** How much a site is used, read once: refusals are counted while it is compared. */
  private record Use<D>(Site<D> site, int held, long refused) {}

  static GateStats stats(
      Shares shares, Counters counters, DestinationTable<?, ?> table, boolean outage) {
    return new GateStats(
        shares.clients.inUse(),
        shares.waiting.inUse(),
        shares.inFlight.inUse(),
        counters.waiting,
        shares.detached.inUse(),
        shares.probes.inUse(),
        shares.unproven.inUse(),
        shares.failing.inUse(),
        counters.slow,
        table.size(),
        counters.standings(),
        outage,
        counters.admitted,
        counters.settled(),
        counters.refused(),
        counters.detached,
        counters.requeued,
        counters.probes,
        counters.transitions,
        table.evicted());
  }
}
