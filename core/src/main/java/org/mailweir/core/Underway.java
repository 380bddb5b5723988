package org.mailweir.core;

/**
 * Deliveries under way with a client: what each holds from its start to its end, and which sites
 * are slow, as theirs take more than 30 s.
 *
 * <p>The timer is one for all: all wait for the same 30 s, and so fall due in the order in which
 * they began.
 *
 * <p>Thread safety: none; the gate's lock guards it.
 */
final class Underway<D> {
  static final long SLOW_AFTER = 30_000_000_000L;

  private final Shares shares;
  private final DestinationTable<D, Site<D>> table;
  private final TimerWheel wheel;
  private final Counters counters;
  private final Flights<D> flights;
  private final Limits<D> limits;
  private final Alarm overdue = new Alarm(this::markOverdue);

  Underway(
      Shares shares,
      DestinationTable<D, Site<D>> table,
      TimerWheel wheel,
      Counters counters,
      Flights<D> flights,
      Limits<D> limits) {
    this.shares = shares;
    this.table = table;
    this.wheel = wheel;
    this.counters = counters;
    this.flights = flights;
    this.limits = limits;
  }

  /** Puts a permit in flight. Its client and its share are held already. */
  void start(GatePermit<D> permit, long now) {
    Site<D> site = permit.site;
    shares.inFlight.take();
    limits.started(permit, now);
    table.pin(site);
    permit.become(GatePermit.State.IN_FLIGHT);
    flights.add(permit, now);
    site.inFlight++;
    site.connecting++;
    counters.connecting++;
    counters.admitted++;
    if (site.slow) {
      counters.slow++;
    }
    if (!overdue.isScheduled()) {
      wheel.schedule(overdue, now + SLOW_AFTER);
    }
  }

  /** Takes a permit out of flight: settled, or detached. */
  void stop(GatePermit<D> permit, long now) {
    Site<D> site = permit.site;
    site.inFlight--;
    if (!permit.isReady) {
      site.connecting--;
      counters.connecting--;
    }
    if (site.slow) {
      counters.slow--;
    }
    if (flights.isOverdue(permit)) {
      site.overdue--;
    }
    if (permit.state() == GatePermit.State.DETACHED) {
      flights.detached(permit);
    } else {
      flights.remove(permit);
    }
    shares.inFlight.give();
    limits.stopped(permit);
    table.unpin(site, now);
    if (site.slow) {
      updateSlow(site, counters);
    }
  }

  /**
   * Marks the deliveries that are overdue by now, and sees to it that it is called for the next.
   */
  private void markOverdue(long now) {
    for (int id = flights.pollBegunBy(now - SLOW_AFTER);
        id >= 0;
        id = flights.pollBegunBy(now - SLOW_AFTER)) {
      if (id > 0) {
        Site<D> site = table.byId(id);
        site.overdue++;
        updateSlow(site, counters);
      }
    }
    Long next = flights.nextBegan();
    if (next != null) {
      wheel.schedule(overdue, next + SLOW_AFTER);
    }
  }

  /**
   * Marks a site whose deliveries take more than 30 s; all it has in flight counts as slow then.
   */
  static void updateSlow(Site<?> site, Counters counters) {
    boolean slow = site.meanDelivery() > SLOW_AFTER || site.overdue > 0;
    if (slow != site.slow) {
      site.slow = slow;
      counters.slow += slow ? site.inFlight : -site.inFlight;
    }
  }
}
