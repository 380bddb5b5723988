package org.mailweir.core;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/** Copies what people and metrics want to see. Called under the gate's lock. */
final class Snapshots {
  private Snapshots() {}

  static <D> DestinationStatus<D> of(Site<D> site, long now) {
    boolean suspended = site.standing == Standing.SUSPENDED;
    Alarm probe = site.probeAlarm;
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
        site.refused,
        site.answered ? Optional.of(site.lastSuccess) : Optional.empty(),
        suspended ? Optional.of(site.suspendedAt) : Optional.empty(),
        probe != null && probe.isScheduled() ? Optional.of(probe.deadline()) : Optional.empty(),
        Optional.ofNullable(site.oldestInFlight).map(oldest -> oldest.began),
        site.cause);
  }

  /** Returns the n with the most in flight, waiting and detached, then refused; O(sites log n). */
  static <D> List<DestinationStatus<D>> busiest(Collection<Site<D>> sites, int n, long now) {
    Comparator<Site<D>> byUse =
        Comparator.<Site<D>>comparingInt(site -> site.occupancy() + site.detached)
            .thenComparingLong(site -> site.refused);
    PriorityQueue<Site<D>> most = new PriorityQueue<>(byUse);
    for (Site<D> site : sites) {
      most.add(site);
      if (most.size() > Math.max(0, n)) {
        most.remove();
      }
    }
    return most.stream().sorted(byUse.reversed()).map(site -> of(site, now)).toList();
  }

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
