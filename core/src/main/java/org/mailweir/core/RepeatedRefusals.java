package org.mailweir.core;

import org.jspecify.annotations.Nullable;

/**
 * Tells mail for a suspended site again what other mail was told before in the same tick, without
 * the gate's lock: a flood of dead mail neither waits for live mail nor delays it.
 *
 * <p><b>Why it is right.</b> Within a tick, that is while the gate's time stays the same, the
 * second refusal of a suspended site differs from the first in nothing but the counts: the site's
 * place in the table, when its mail was last refused and that its suspension is not to be forgotten
 * yet were settled by the first, under the lock. So it is enough to know that there was a first
 * one, and that the site is still suspended.
 *
 * <p><b>Reads.</b> First the time, before the site is looked up; then when such mail was last
 * refused ({@link Trouble#lastRefused}, {@link Trouble#lastRefusedYoung}): equal only if the first
 * refusal was made at that time. Last {@link Trouble#refusal}, which is set while the site is
 * suspended with a probe planned, and null otherwise. All are volatile and written under the lock
 * only.
 *
 * <p><b>Races</b>, all benign. The refusal returned was the site's at the moment it was read, which
 * lies within the call: if the site has answered since, has got another refusal or has left the
 * table, or the time has gone on, this refusal came before that. Counts are atomic and none is lost
 * in the totals; the site's count of refusals since its last answer may be wrong by those that were
 * under way when it answered.
 *
 * <p>Thread safety: all methods may be called by any thread, without the gate's lock.
 */
final class RepeatedRefusals {
  private final Counters counters;

  RepeatedRefusals(Counters counters) {
    this.counters = counters;
  }

  /** Returns the refusal, counted, or null if the question has to be decided under the lock. */
  @Nullable Refusal of(Site<?> site, Attempt attempt, long now) {
    Trouble<?> trouble = site.trouble; // racy: may be null yet, or without a refusal yet
    if (trouble == null) {
      return null;
    }
    long last = attempt == Attempt.RETRIED ? trouble.lastRefused : trouble.lastRefusedYoung;
    Refusal refusal = last == now ? trouble.refusal : null;
    if (refusal != null) {
      trouble.repeat();
      counters.repeatedRefusal();
    }
    return refusal;
  }
}
