package org.mailweir.core;

import static java.util.Objects.requireNonNull;

/** A probe that was handed out. Its timer in the wheel is its lease. */
final class GateProbe<D> extends TimerWheel.Timer implements Probe<D> {
  private final PolicyGate<D> gate;
  final Site<D> site;
  final Quota share;
  boolean settled; // guarded by the gate's lock

  GateProbe(PolicyGate<D> gate, Site<D> site, Quota share) {
    this.gate = gate;
    this.site = site;
    this.share = share;
  }

  @Override
  public D destination() {
    return site.destination;
  }

  @Override
  public boolean settle(Outcome outcome, String detail) {
    return gate.settle(this, requireNonNull(outcome), requireNonNull(detail));
  }

  /** Reclaims a probe that never reported. */
  @Override
  void fire(long now) {
    gate.leases.settle(this, Outcome.UNKNOWN, "", now);
  }

  @Override
  public String toString() {
    return "Probe[" + site.destination + "]";
  }
}
