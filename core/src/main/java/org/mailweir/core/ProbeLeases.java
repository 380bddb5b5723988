package org.mailweir.core;

import org.jspecify.annotations.Nullable;

/**
 * Hands out the probes that are due, and takes each back once: settled, or lost when its lease is
 * over.
 *
 * <p>Thread safety: none; the gate's lock guards it.
 */
final class ProbeLeases<D> {
  private final PolicyGate<D> gate;
  private final long lease;
  private final TimerWheel wheel;
  private final Shares shares;
  private final Counters counters;
  private final DestinationTable<D, Site<D>> table;
  private final Probes<D> probes;
  private final Standings<D> standings;

  ProbeLeases(
      PolicyGate<D> gate,
      long lease,
      TimerWheel wheel,
      Shares shares,
      Counters counters,
      DestinationTable<D, Site<D>> table,
      Probes<D> probes,
      Standings<D> standings) {
    this.gate = gate;
    this.lease = lease;
    this.wheel = wheel;
    this.shares = shares;
    this.counters = counters;
    this.table = table;
    this.probes = probes;
    this.standings = standings;
  }

  /** Returns the next probe, if one is due. */
  @Nullable GateProbe<D> poll(long now) {
    Site<D> site = probes.poll(now);
    if (site == null) {
      return null;
    }
    boolean planned = shares.probesPlanned.hasRoom();
    GateProbe<D> probe =
        new GateProbe<>(gate, site, planned ? shares.probesPlanned : shares.probes);
    probe.share.take();
    table.pin(site);
    site.probing = true;
    counters.probes++;
    wheel.schedule(probe, now + lease);
    return probe;
  }

  /** Takes a probe back with what it taught; returns whether it was still out. */
  boolean settle(GateProbe<D> probe, Outcome outcome, String detail, long now) {
    if (probe.settled) {
      return false;
    }
    Site<D> site = probe.site;
    probe.settled = true;
    wheel.cancel(probe);
    site.probing = false;
    probe.share.give();
    table.unpin(site, now);
    standings.learn(site, outcome, detail, now); // last: the embedder's random may throw
    return true;
  }
}
