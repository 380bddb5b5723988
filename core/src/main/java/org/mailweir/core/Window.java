package org.mailweir.core;

import org.jspecify.annotations.Nullable;

/**
 * How many deliveries a destination may have in flight at once: its window L.
 *
 * <p><b>Growth</b> is by deliveries that ended with 2xx only, and only while the window is used (in
 * flight at or above L - 1): by 1 each up to {@value #SLOW_START_END} (slow start), then by 4/L
 * each, at most 1. It pauses while two attempts are still on their way to being ready, so that a
 * site which takes K connections is asked for at most K + 2. What is earned in a pause is owed, and
 * paid by at most 1 whenever an attempt is ready: else a site whose deliveries end together, as
 * each takes the same time, would hardly grow.
 *
 * <p><b>Cuts</b> are made once a round: an attempt that began before the last cut, or in the same
 * tick, does not cut again (as TCP reduces once per round trip, RFC 5681), else one bad moment with
 * twenty in flight would end at 1.
 *
 * <p><b>Ceiling</b>: the connections that a site had accepted when it pushed back, kept for 60 s.
 *
 * <p>Thread safety: none; the gate's lock guards it.
 */
final class Window {
  static final int NEW_SITE = 2;
  static final int LIVE_SITE = 5;
  static final int RECOVERING_SITE = 2;
  static final int SLOW_START_END = 20;

  /** Attempts on their way to being ready beside which the window grows. */
  static final int MOST_CONNECTING = 1;

  static final long CEILING_KEPT = 60_000_000_000L;

  private double limit = NEW_SITE;
  private @Nullable Past past;

  /** What only sites have whose window was cut. */
  private static final class Past {
    private double slowStartEnd = SLOW_START_END;
    private int ceiling;
    private long ceilingUntil;
    private long lastCut;
    private boolean wasCut;
  }

  private Past past() {
    Past known = past;
    if (known == null) {
      known = new Past();
      past = known;
    }
    return known;
  }

  double limit() {
    return limit;
  }

  /** Returns the remembered ceiling, 0 if there is none at that time. */
  int ceiling(long now) {
    return past != null && past.ceilingUntil - now > 0 ? past.ceiling : 0;
  }

  /** Sets the window, below the remembered ceiling. */
  void startAt(double start, long now) {
    limit = capped(start, Double.MAX_VALUE, now);
  }

  /** Raises the window to the start of a live site, unless it is above that. */
  void atLeast(double start, long now) {
    limit = capped(Math.max(limit, start), Double.MAX_VALUE, now);
  }

  /**
   * Counts a delivery that ended with 2xx.
   *
   * @param inFlight including that delivery
   * @param connecting those of them that are not ready
   * @param most the window's upper bound
   */
  void delivered(long now, int inFlight, int connecting, double most) {
    if (inFlight < limit - 1 || connecting > MOST_CONNECTING) {
      return;
    }
    grow(now, most);
  }

  /**
   * Grows by what earlier deliveries have earned, by about 1 at most.
   *
   * @return how many of them are not paid yet
   */
  int pay(int owed, long now, double most) {
    double enough = limit + 1;
    int left = owed;
    while (left > 0 && limit < enough && limit < most) {
      grow(now, most);
      left--;
    }
    return left;
  }

  private void grow(long now, double most) {
    double slowStartEnd = past == null ? SLOW_START_END : past.slowStartEnd;
    double step = limit < slowStartEnd ? 1 : Math.min(1, 4 / limit);
    limit = capped(limit + step, most, now);
  }

  /** Multiplies the window by the factor (floor 1) unless that round was cut already. */
  void cut(double factor, long attemptBegan, long now) {
    Past known = past();
    if (known.wasCut && attemptBegan - known.lastCut <= 0) {
      return;
    }
    known.wasCut = true;
    known.lastCut = now;
    limit = Math.max(1, limit * factor);
  }

  /** Takes the connections that the site holds of ours for all it takes. */
  void pushedBack(int accepted, long now) {
    Past known = past();
    known.ceiling = Math.max(1, accepted);
    known.ceilingUntil = now + CEILING_KEPT;
    limit = Math.max(1, Math.min(limit, known.ceiling));
    known.slowStartEnd = Math.min(known.slowStartEnd, limit);
  }

  private double capped(double value, double most, long now) {
    int known = ceiling(now);
    double bound = known > 0 ? Math.min(most, known) : most;
    return Math.max(1, Math.min(value, bound));
  }
}
