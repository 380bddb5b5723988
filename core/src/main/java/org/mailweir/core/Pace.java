package org.mailweir.core;

import org.jspecify.annotations.Nullable;
import org.mailweir.core.Refusal.Reason;

/**
 * Keeps the {@link Rate} of one site by the generic cell rate algorithm (ITU-T I.371, as virtual
 * scheduling): two additions and a timer for each start.
 *
 * <p><b>State.</b> {@code due} is when the next message would begin if all were evenly spaced. One
 * may begin from {@code due - tolerance} on, and moves due to {@code max(due, now) + spacing}.
 * Until due - tolerance has come the site {@link #holds} what it has; the timer ends that, so that
 * no reading of the time is needed to ask.
 *
 * <p><b>Memory.</b> While due is ahead, the timer is planned and the site is pinned in its table: a
 * site that was evicted and came back would have forgotten what it has begun. After that there is
 * nothing to remember: a site whose due has passed is like one that never began anything.
 *
 * <p><b>Arithmetic.</b> On readings of any origin, compared by the sign of their difference.
 * Spacing and tolerance are at most a day each.
 *
 * <p>Thread safety: none; the gate's lock guards it.
 */
final class Pace<D> extends TimerWheel.Timer {
  private static final double LONGEST_HINT = 1e9 * 86_400 * 365;

  final Rate rate;
  private final Site<D> site;
  private final long spacing;
  private final long tolerance;
  private long due; // holds only while the timer is planned
  private boolean holds;
  private @Nullable Refusal refusal;

  Pace(Site<D> site, Rate rate) {
    this.site = site;
    this.rate = rate;
    this.spacing = rate.spacing();
    this.tolerance = rate.tolerance();
  }

  /** Returns whether the next message has to wait for its time. */
  boolean holds() {
    return holds;
  }

  /** Counts a start, which it must not {@link #holds hold}; returns when to fire. */
  long started(long now) {
    due = ahead(now) + now + spacing;
    holds = due - tolerance - now > 0;
    return holds ? due - tolerance : due;
  }

  /** Ends the holding; returns when to fire again, or null if there is nothing to remember. */
  @Nullable Long passed(long now) {
    holds = false;
    return due - now > 0 ? (Long) due : null;
  }

  private long ahead(long now) {
    return isScheduled() && due - now > 0 ? due - now : 0;
  }

  /** Returns how long the next message would wait, in ns, if others went first. */
  double waitBehind(int others, long now) {
    return Math.max(0, ahead(now) + (double) spacing * others - tolerance);
  }

  /** Returns what the message behind so many others is told: the same object for the same time. */
  Refusal refusal(int others, long now) {
    long next = now + (long) Math.min(waitBehind(others, now), LONGEST_HINT);
    Refusal known = refusal;
    if (known == null || known.nextTryNanos() != next) {
      known = new Refusal(Reason.RATE, next, known == null ? rate.toString() : known.detail());
      refusal = known;
    }
    return known;
  }

  @Override
  void fire(long now) {
    site.gate.limits.paceDue(site, this, now);
  }
}
