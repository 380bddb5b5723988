package org.mailweir.core;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import org.mailweir.core.GateStats.Limit;
import org.mailweir.core.GateStats.Use;
import org.mailweir.core.Refusal.Reason;

/**
 * Copies what people and metrics want to see.
 *
 * <p>Thread safety: none; the gate's lock guards it.
 */
final class Snapshots<D> {
  private final Shares shares;
  private final Counters counters;
  private final DestinationTable<D, Site<D>> table;
  private final Flights<D> flights;
  private final Limits<D> limits;
  private final Permits<D> permits;
  private final Probes<D> probes;
  private final LocalOutage<D> outage;

  Snapshots(
      Shares shares,
      Counters counters,
      DestinationTable<D, Site<D>> table,
      Flights<D> flights,
      Limits<D> limits,
      Permits<D> permits,
      Probes<D> probes,
      LocalOutage<D> outage) {
    this.shares = shares;
    this.counters = counters;
    this.table = table;
    this.flights = flights;
    this.limits = limits;
    this.permits = permits;
    this.probes = probes;
    this.outage = outage;
  }

  DestinationStatus<D> of(Site<D> site, long now) {
    Optional<Trouble<D>> trouble = Optional.ofNullable(site.trouble);
    Optional<SiteLimits<D>> own = Optional.ofNullable(site.limits);
    Optional<ByteBudget> bytes = own.map(set -> set.bytes);
    boolean suspended = site.standing == Standing.SUSPENDED;
    return new DestinationStatus<>(
        site.destination,
        site.standing,
        site.inFlight,
        site.waiting,
        site.detached,
        site.probing,
        site.probeQueued,
        site.window(),
        site.ceiling(now),
        site.meanTime(),
        site.failures,
        site.refused(),
        site.lastRefusal(),
        site.answered ? Optional.of(site.lastSuccess) : Optional.empty(),
        trouble.filter(known -> suspended).map(known -> known.suspendedAt),
        trouble.filter(TimerWheel.Timer::isScheduled).map(TimerWheel.Timer::deadline),
        flights.oldestTo(site),
        Optional.ofNullable(site.queue).flatMap(queue -> queue.oldest(now)),
        site.cause(),
        own.map(set -> set.pace).map(pace -> pace.rate),
        bytes.map(ByteBudget::inUse).orElse(0L),
        bytes.map(ByteBudget::limit),
        own.map(set -> set.byHand).map(TimerWheel.Timer::deadline),
        permits.obstacle(site, now).map(refusal -> withCause(site, refusal)));
  }

  /** Lets a refusal whose probe is due or under way say why: mail that is refused is told so. */
  private static Refusal withCause(Site<?> site, Refusal refusal) {
    return refusal.reason() == Reason.SUSPENDED && refusal.detail().isEmpty()
        ? new Refusal(Reason.SUSPENDED, refusal.nextTryNanos(), site.cause())
        : refusal;
  }

  /** Returns the n with the most in flight, waiting and detached, then refused; O(sites log n). */
  List<DestinationStatus<D>> busiest(int n, long now) {
    Comparator<Load<D>> byLoad =
        Comparator.<Load<D>>comparingInt(Load::held).thenComparingLong(Load::refused);
    PriorityQueue<Load<D>> most = new PriorityQueue<>(byLoad);
    for (Site<D> site : table.all()) {
      most.add(new Load<>(site, site.occupancy() + site.detached, site.refused()));
      if (most.size() > Math.max(0, n)) {
        most.remove();
      }
    }
    return most.stream().sorted(byLoad.reversed()).map(load -> of(load.site(), now)).toList();
  }

  /** How much a site is used, read once: refusals are counted while it is compared. */
  private record Load<D>(Site<D> site, int held, long refused) {}

  GateStats stats() {
    return new GateStats(
        shares.clients.inUse(),
        shares.waiting.inUse(),
        shares.inFlight.inUse(),
        counters.waiting,
        shares.detached.inUse(),
        shares.probes.inUse(),
        probes.due(),
        shares.unproven.inUse(),
        shares.failing.inUse(),
        counters.slow,
        limits.bytes.inUse(),
        flights.oldest(),
        table.size(),
        counters.standings(),
        limits.suspendedByHand(),
        uses(),
        outage.active(),
        counters.admitted,
        counters.settled(),
        counters.refused(),
        counters.detached,
        counters.requeued,
        counters.probes,
        counters.transitions,
        table.evicted());
  }

  private Map<Limit, Use> uses() {
    Map<Limit, Use> uses = new EnumMap<>(Limit.class);
    uses.put(Limit.CLIENTS, use(shares.clients));
    uses.put(Limit.CLIENTS_LONGER, use(shares.longer));
    uses.put(Limit.CLIENTS_RETRIED, use(shares.longerRetried));
    uses.put(Limit.WAITING, use(shares.waiting));
    uses.put(Limit.FAILING, use(shares.failing));
    uses.put(Limit.UNPROVEN, use(shares.unproven));
    uses.put(Limit.UNPROVEN_RETRIED, use(shares.unprovenRetried));
    uses.put(Limit.SLOW, new Use(counters.slow, shares.slow));
    uses.put(Limit.IN_FLIGHT, use(shares.inFlight));
    uses.put(Limit.DESTINATIONS, new Use(table.size(), table.capacity()));
    if (limits.bytes.limit() != ByteBudget.UNLIMITED) {
      uses.put(Limit.BYTES, new Use(limits.bytes.inUse(), limits.bytes.limit()));
    }
    return uses;
  }

  private static Use use(Quota share) {
    return new Use(share.inUse(), share.limit());
  }
}
