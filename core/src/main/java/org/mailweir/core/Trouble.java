package org.mailweir.core;

import org.jspecify.annotations.Nullable;

/**
 * How a site failed, and the suspension that followed. Most sites have none, so it is made at the
 * first failure. Its timer in the wheel is the site's next probe.
 *
 * <p>Thread safety: guarded by the gate's lock, but for the two volatile fields: they are written
 * under it and read without. See {@link RepeatedRefusals}.
 */
final class Trouble<D> extends TimerWheel.Timer {
  private final Site<D> site;

  String cause = "";
  long failedInRound; // the outage round in which it last failed
  boolean unresolved;
  long unresolvedCountedAt;

  // Suspension.
  Standing former = Standing.NEW;
  int probeFailures; // exponent of the next suspension
  long suspendedAt;

  /** What mail is told until the next probe; null unless it is suspended and a probe is planned. */
  volatile @Nullable Refusal refusal;

  /** When mail was last refused, while it is suspended. */
  volatile long lastRefused;

  boolean probed;
  long lastProbed;

  /** Ends a short pause between turns, while the site takes none of our connections. */
  @Nullable Alarm pauseAlarm;

  Trouble(Site<D> site) {
    this.site = site;
  }

  @Override
  void fire(long now) {
    site.gate.probeDue(site, now);
  }
}
