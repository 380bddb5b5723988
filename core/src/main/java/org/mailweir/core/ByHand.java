package org.mailweir.core;

/**
 * A suspension by hand. Its timer in the wheel ends it; until then the site is pinned in its table.
 *
 * <p>Thread safety: none; the gate's lock guards it.
 */
final class ByHand<D> extends TimerWheel.Timer {
  private final Site<D> site;

  /** What mail is told meanwhile: until when, and the reason given. */
  final Refusal refusal;

  ByHand(Site<D> site, Refusal refusal) {
    this.site = site;
    this.refusal = refusal;
  }

  @Override
  void fire(long now) {
    site.gate.limits.resume(site, now);
  }
}
