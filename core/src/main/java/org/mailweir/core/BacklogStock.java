package org.mailweir.core;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.BacklogEntry.State;
import org.mailweir.core.Refusal.Reason;

/**
 * What a backlog holds: each message in exactly one list, its timer in the wheel, and each lane
 * with due mail in its place in the rounds. All operations are O(1), but for {@link #flushSome},
 * which takes as many steps as it is told to.
 *
 * <p>Thread safety: none; the backlog's lock guards it.
 */
final class BacklogStock<D, M> {
  /** A destination that nobody told anything of is asked for again after that long. */
  static final long ASK_SITE_EVERY = 30_000_000_000L;

  /** Those that are shut out send scouts after that long though nobody told. */
  static final long SCOUT_EVERY = 1_000_000_000L;

  /**
   * A tick of 1.07 s. Mail waits for minutes to days, and with longer ticks it is moved less often
   * on the wheel: once if it waits for up to 73 minutes.
   */
  static final int TICK_SHIFT = 30;

  private final GatedBacklog<D, M> backlog;
  private final Wakeup wakeup;
  final TimerWheel wheel;
  final Map<D, BacklogSite<D, M>> sites = new HashMap<>();
  final BacklogRounds<D, M> rounds = new BacklogRounds<>();
  final BacklogList<D, M> expired = new BacklogList<>();
  final Alarm scoutAlarm = new Alarm(fired -> rounds.open());
  private @Nullable BacklogSite<D, M> oldest;
  private @Nullable BacklogSite<D, M> newest;
  private int flushes;
  private boolean expiredHadTurn;

  int waiting;
  int queued;
  int lapsed; // in the list of expired ones
  int parked; // sites
  long now;

  BacklogStock(GatedBacklog<D, M> backlog, Wakeup wakeup, long now) {
    this.backlog = backlog;
    this.wakeup = wakeup;
    this.now = now;
    this.wheel = new TimerWheel(now, TICK_SHIFT);
  }

  int size() {
    return waiting + queued + lapsed;
  }

  /** Returns whether a call for the next message has something to do. */
  boolean hasWork() {
    return !expired.isEmpty() || !rounds.isEmpty();
  }

  // -- coming in

  BacklogSite<D, M> siteOf(D destination) {
    BacklogSite<D, M> site = sites.get(destination);
    if (site == null) {
      site = new BacklogSite<>(backlog, destination);
      site.flushes = flushes;
      sites.put(destination, site);
      append(site);
    }
    return site;
  }

  /** Adds a message that is due at once. */
  BacklogEntry<D, M> addDue(BacklogSite<D, M> site, M message, boolean fresh, long life) {
    BacklogEntry<D, M> entry = add(site, message, fresh);
    if (life > 0) {
      queue(entry, now + life);
    } else {
      lapse(entry);
    }
    return entry;
  }

  /** Adds a message that waits for its own time, longer than 0. */
  BacklogEntry<D, M> addWaiting(BacklogSite<D, M> site, M message, long delay, long life) {
    BacklogEntry<D, M> entry = add(site, message, false);
    if (life <= 0) {
      lapse(entry);
      return entry;
    }
    entry.become(State.WAITING);
    waiting++;
    site.waiting.append(entry);
    if (life > delay) {
      entry.lives(life - delay);
      schedule(entry, now + delay);
    } else {
      entry.expiresFirst();
      schedule(entry, now + life);
    }
    return entry;
  }

  private BacklogEntry<D, M> add(BacklogSite<D, M> site, M message, boolean fresh) {
    site.pending++;
    return new BacklogEntry<>(site, message, fresh);
  }

  private void queue(BacklogEntry<D, M> entry, long expiry) {
    BacklogLane<D, M> lane = entry.site.laneOf(entry);
    entry.become(State.QUEUED);
    queued++;
    lane.mail.append(entry);
    schedule(entry, expiry);
    rounds.offer(lane);
  }

  private void lapse(BacklogEntry<D, M> entry) {
    entry.become(State.EXPIRED);
    lapsed++;
    expired.append(entry);
  }

  // -- time

  /** Called by the wheel: a message is due, or its life is over. */
  void timeHasCome(BacklogEntry<D, M> entry) {
    boolean due = entry.state() == State.WAITING && !entry.isToExpire();
    unlink(entry);
    if (due) {
      queue(entry, entry.deadline() + entry.lifeAfterDue());
    } else {
      lapse(entry);
      tidy(entry.site);
    }
  }

  private void schedule(TimerWheel.Timer timer, long deadline) {
    wheel.schedule(timer, deadline);
    wakeup.planned(deadline);
  }

  // -- flushing

  int startFlush() {
    return ++flushes;
  }

  void flush(BacklogSite<D, M> site) {
    site.flush();
    rounds.offer(site.retried);
  }

  /**
   * Flushes the next few sites that were there when the flush began.
   *
   * @param flushed told of each destination
   * @return whether there may be more
   */
  boolean flushSome(int flush, int steps, Consumer<D> flushed) {
    for (int i = 0; i < steps; i++) {
      BacklogSite<D, M> site = oldest;
      if (site == null || site.flushes - flush >= 0) {
        return false;
      }
      remove(site);
      site.flushes = flush;
      append(site);
      flush(site);
      flushed.accept(site.destination);
    }
    return true;
  }

  // -- going out

  /** Returns the expired message whose turn it is; null if it is a lane's turn, or nobody's. */
  @Nullable BacklogEntry<D, M> nextExpired() {
    BacklogEntry<D, M> entry = expired.first();
    if (entry == null || rounds.isFreshTurn(true)) {
      return null;
    }
    expiredHadTurn = !expiredHadTurn;
    if (!expiredHadTurn && !rounds.isEmpty()) {
      return null;
    }
    rounds.otherTurn();
    return entry;
  }

  /** Returns the lane that may ask, if there is one. */
  @Nullable BacklogLane<D, M> nextLane() {
    return rounds.next(!expired.isEmpty());
  }

  /** Returns any message, if there is one: expired ones first, then site by site. */
  @Nullable BacklogEntry<D, M> any() {
    if (!expired.isEmpty()) {
      return expired.first();
    }
    BacklogSite<D, M> site = oldest;
    while (site != null && site.pending == 0) { // asking, a moment ago for a message now gone
      site = site.behind;
    }
    return site == null ? null : site.any();
  }

  /** Takes a message out for good. */
  void takeOut(BacklogEntry<D, M> entry) {
    unlink(entry);
    wheel.cancel(entry);
    entry.become(State.GONE);
    entry.forget();
    entry.site.pending--;
    tidy(entry.site);
  }

  private void unlink(BacklogEntry<D, M> entry) {
    switch (entry.state()) {
      case WAITING -> {
        waiting--;
        entry.site.unlinkWaiting(entry);
      }
      case QUEUED -> {
        queued--;
        entry.site.laneOf(entry).mail.unlink(entry);
      }
      case EXPIRED -> {
        lapsed--;
        expired.unlink(entry);
      }
      case GONE -> throw new IllegalStateException("gone: " + entry);
    }
  }

  /** Takes lanes without due mail out of the rounds, and forgets a site without mail. */
  private void tidy(BacklogSite<D, M> site) {
    BacklogLane<D, M> fresh = site.freshIfAny();
    if (fresh != null && fresh.next() == null) {
      rounds.withdraw(fresh);
    }
    if (site.retried.next() == null) {
      rounds.withdraw(site.retried);
    }
    if (site.pending == 0 && !site.isAsking()) {
      unpark(site);
      remove(site);
      sites.remove(site.destination);
    }
  }

  // -- the gate's answers

  /** The lane was admitted; returns its message, or null if it has none any more. */
  @Nullable BacklogEntry<D, M> admitted(BacklogLane<D, M> lane) {
    rounds.asked(lane, true);
    BacklogEntry<D, M> entry = lane.next();
    if (entry == null) {
      tidy(lane.site);
    }
    return entry;
  }

  /** The lane was refused for its site's sake. */
  void park(BacklogLane<D, M> lane, Refusal refusal, int toldBefore) {
    rounds.asked(lane, true);
    BacklogSite<D, M> site = lane.site;
    if (site.told != toldBefore || lane.next() == null) {
      rounds.offer(lane);
      tidy(site);
      return;
    }
    parked += site.parked ? 0 : 1;
    site.parked = true;
    site.suspended = refusal.reason() == Reason.SUSPENDED;
    rounds.withdraw(site.retried);
    BacklogLane<D, M> fresh = site.freshIfAny();
    if (fresh != null) {
      rounds.withdraw(fresh);
    }
    long hint = refusal.nextTryNanos();
    long soonest = now + ASK_SITE_EVERY;
    schedule(site, hint != Refusal.NO_HINT && hint - soonest > 0 ? hint : soonest);
  }

  /** Lets a site take turns again. */
  void unpark(BacklogSite<D, M> site) {
    if (site.parked) {
      parked--;
      site.parked = false;
      site.suspended = false;
      wheel.cancel(site);
      rounds.offer(site.retried);
      BacklogLane<D, M> fresh = site.freshIfAny();
      if (fresh != null) {
        rounds.offer(fresh);
      }
    }
  }

  /** The lane was refused for want of what all share. */
  void shutOut(BacklogLane<D, M> lane, Refusal refusal, int toldBefore) {
    rounds.asked(lane, false);
    if (lane.next() == null || lane.site.parked) {
      tidy(lane.site);
    } else {
      rounds.shutOut(lane, refusal.reason(), rounds.told() != toldBefore);
    }
    if (rounds.shutOut() > 0 && !scoutAlarm.isScheduled()) {
      schedule(scoutAlarm, now + SCOUT_EVERY);
    }
  }

  // -- the list of sites

  private void append(BacklogSite<D, M> site) {
    BacklogSite<D, M> last = newest;
    site.before = last;
    if (last == null) {
      oldest = site;
    } else {
      last.behind = site;
    }
    newest = site;
  }

  private void remove(BacklogSite<D, M> site) {
    BacklogSite<D, M> before = site.before;
    BacklogSite<D, M> behind = site.behind;
    if (before == null) {
      oldest = behind;
    } else {
      before.behind = behind;
    }
    if (behind == null) {
      newest = before;
    } else {
      behind.before = before;
    }
    site.before = null;
    site.behind = null;
  }
}
