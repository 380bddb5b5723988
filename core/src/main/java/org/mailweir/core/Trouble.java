package org.mailweir.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * How a site failed, and the suspension that followed. Most sites have none, so it is made at the
 * first failure. Its timer in the wheel is the site's next probe.
 *
 * <p>Thread safety: guarded by the gate's lock, but for what {@link RepeatedRefusals} need: the
 * volatile fields are written under it and read without, and repeated refusals are counted without.
 */
final class Trouble<D> extends TimerWheel.Timer {
  private static final VarHandle REPEATED;

  static {
    try {
      REPEATED = MethodHandles.lookup().findVarHandle(Trouble.class, "repeated", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Site<D> site;

  String cause = "";
  long failedInRound; // the outage round in which it last failed
  boolean unresolved;
  long unresolvedCountedAt;

  // Suspension.
  Standing former = Standing.NEW;
  int probeFailures; // exponent of the next suspension
  long suspendedAt;

  /**
   * What mail is told until the next probe has reported; null unless it is suspended and a probe is
   * planned, due or under way.
   */
  volatile @Nullable Refusal refusal;

  /** When mail was last refused, while it is suspended. */
  volatile long lastRefused;

  /** The same, of mail that is not known as retried. */
  volatile long lastRefusedYoung;

  private volatile long repeated; // refusals since it last answered

  boolean probed;
  long lastProbed;

  /** Ends a short pause between turns, while the site takes none of our connections. */
  @Nullable Alarm pauseAlarm;

  Trouble(Site<D> site) {
    this.site = site;
  }

  /** Counts a repeated refusal. Thread safety: may be called without the lock. */
  void repeat() {
    REPEATED.getAndAdd(this, 1L);
  }

  /** Returns how often a refusal was repeated since the site last answered. */
  long repeated() {
    return repeated;
  }

  /** Lets the next refusal of this tick be decided under the lock, as the first one was. */
  void decideAnew(long now) {
    if (lastRefused == now) {
      lastRefused = now - 1;
    }
    if (lastRefusedYoung == now) {
      lastRefusedYoung = now - 1;
    }
  }

  /** Lets mail be told no time: that of the probe has come, and who knows how long it takes. */
  void refuseWithoutHint() {
    refusal = new Refusal(Refusal.Reason.SUSPENDED, Refusal.NO_HINT, cause);
  }

  void forgetRepeated() {
    if (repeated != 0) { // a volatile write costs as much as the lock
      repeated = 0;
    }
  }

  @Override
  void fire(long now) {
    site.gate.probes.dueNow(site, now);
  }
}
