package org.mailweir.core;

import static org.mailweir.core.BacklogPlaces.NONE;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.BacklogPlaces.Links;
import org.mailweir.core.BacklogPlaces.State;
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

  private final GatedBacklog<D, M> backlog;
  private final Wakeup wakeup;
  final BacklogPlaces places = new BacklogPlaces();
  private final Links lists = places.lists;

  /** The timers of the messages. */
  final BacklogWheel wheel;

  /** The timers of the sites, and of the scouts. */
  final TimerWheel siteWheel;

  final BacklogSites<D, M> sites = new BacklogSites<>(this::newSite);

  final BacklogRounds<D, M> rounds = new BacklogRounds<>();

  /** The head of those whose life is over. */
  final int expired = places.takeHead(this);

  final Alarm scoutAlarm = new Alarm(fired -> rounds.open());
  private final BacklogByteTurn<D, M> byteTurn;
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
    this.byteTurn = new BacklogByteTurn<>(now);
    this.wheel = new BacklogWheel(places, now);
    this.siteWheel = new TimerWheel(now, BacklogWheel.TICK_SHIFT);
  }

  int size() {
    return waiting + queued + lapsed;
  }

  /** Returns whether a call for the next message has something to do. */
  boolean hasWork() {
    return !lists.isEmpty(expired) || !rounds.isEmpty();
  }

  // -- coming in

  BacklogSite<D, M> siteOf(D destination) {
    return sites.getOrMake(destination);
  }

  private BacklogSite<D, M> newSite(D destination) {
    BacklogSite<D, M> site = new BacklogSite<>(backlog, destination);
    site.flushes = flushes;
    return site;
  }

  /** Adds a message that is due at once; returns its place. */
  int addDue(BacklogSite<D, M> site, M message, boolean fresh, long life) {
    int place = add(site, message, fresh);
    if (life > 0) {
      queue(site, place, BacklogWheel.tickFrom(now + life));
    } else {
      lapse(place);
    }
    return place;
  }

  /** Adds a message that waits for its own time, longer than 0; returns its place. */
  int addWaiting(BacklogSite<D, M> site, M message, long delay, long life) {
    int place = add(site, message, false);
    if (life <= 0) {
      lapse(place);
      return place;
    }
    places.become(place, State.WAITING);
    waiting++;
    lists.append(site.waiting, place);
    int end = BacklogWheel.tickFrom(now + life);
    if (life > delay) {
      int due = BacklogWheel.tickFrom(now + delay);
      places.setLife(place, end - due);
      schedule(place, due);
    } else {
      places.expiresFirst(place);
      schedule(place, end);
    }
    return place;
  }

  private int add(BacklogSite<D, M> site, M message, boolean fresh) {
    site.pending++;
    int place = places.take(message);
    places.describe(place, site.waiting, fresh);
    return place;
  }

  private void queue(BacklogSite<D, M> site, int place, int end) {
    BacklogLane<D, M> lane = site.laneOf(place);
    places.become(place, State.QUEUED);
    queued++;
    lists.append(lane.mail, place);
    schedule(place, end);
    rounds.offer(lane);
  }

  private void lapse(int place) {
    places.become(place, State.EXPIRED);
    lapsed++;
    lists.append(expired, place);
  }

  // -- what is at a place

  @SuppressWarnings("unchecked") // only messages are put there
  M message(int place) {
    return (M) places.at(place);
  }

  @SuppressWarnings("unchecked") // only a site is put there
  BacklogSite<D, M> site(int place) {
    return (BacklogSite<D, M>) places.at(places.site(place));
  }

  /** Returns what to hand out if a message is given up without a permit. */
  Dispatch<D, M> unpermitted(int place) {
    D destination = site(place).destination;
    return places.state(place) == State.EXPIRED
        ? new Dispatch.Expired<>(destination, message(place))
        : new Dispatch.Returned<>(destination, message(place));
  }

  // -- time

  /** Moves the time, and fires what is due in at most that many steps; returns how many. */
  int advance(long reading, int limit) {
    if (reading - now > 0) {
      now = reading;
    }
    if (rounds.isTurnKept() && now - byteTurn.end() >= 0) { // exact: the wheel's ticks are longer
      byteTurn.standAside(now);
      rounds.standAside();
      sendScoutsSoon();
    }
    int steps = siteWheel.advance(now, limit); // so few that mail has its steps soon
    return steps + wheel.advance(now, limit - steps, this::timeHasCome);
  }

  /** Returns the reading at which the next advance has work. */
  long nextDue() {
    long mail = wheel.nextDue();
    long site = siteWheel.nextDue();
    long timer = mail - site < 0 ? mail : site;
    return rounds.isTurnKept() && byteTurn.end() - timer < 0 ? byteTurn.end() : timer;
  }

  /** Called by the wheel: a message is due, or its life is over. */
  private void timeHasCome(int place) {
    BacklogSite<D, M> site = site(place);
    boolean due = places.state(place) == State.WAITING && !places.isToExpire(place);
    unlink(site, place);
    if (due) {
      queue(site, place, places.tick(place) + places.life(place));
    } else {
      lapse(place);
      tidy(site);
    }
  }

  private void schedule(int place, int tick) {
    wheel.schedule(place, tick);
    wakeup.planned(wheel.reading(tick));
  }

  private void schedule(TimerWheel.Timer timer, long deadline) {
    siteWheel.schedule(timer, deadline);
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
      BacklogSite<D, M> site = sites.first();
      if (site == null || site.flushes - flush >= 0) {
        return false;
      }
      sites.moveToEnd(site);
      site.flushes = flush;
      flush(site);
      flushed.accept(site.destination);
    }
    return true;
  }

  // -- going out

  /** Returns the expired message whose turn it is, {@code NONE} if it is another one's. */
  int nextExpired() {
    int place = lists.first(expired);
    if (place == NONE || rounds.isFreshTurn()) {
      return NONE;
    }
    expiredHadTurn = !expiredHadTurn;
    if (!expiredHadTurn && !rounds.isEmpty()) {
      return NONE;
    }
    rounds.otherTurn();
    return place;
  }

  /** Returns the lane that may ask, if there is one. */
  @Nullable BacklogLane<D, M> nextLane() {
    BacklogLane<D, M> lane = rounds.next();
    if (lane != null) {
      byteTurn.asks(lane);
    }
    return lane;
  }

  /** Returns any message, or {@code NONE}: expired ones first, then site by site. */
  int any() {
    if (!lists.isEmpty(expired)) {
      return lists.first(expired);
    }
    BacklogSite<D, M> site = sites.first();
    return site == null ? NONE : site.any();
  }

  /** Takes a message out for good. */
  void takeOut(int place) {
    BacklogSite<D, M> site = site(place);
    remove(site, place);
    tidy(site);
  }

  private void remove(BacklogSite<D, M> site, int place) {
    if (places.state(place) != State.EXPIRED) {
      wheel.cancel(place);
    }
    unlink(site, place);
    places.give(place);
    site.pending--;
  }

  private void unlink(BacklogSite<D, M> site, int place) {
    switch (places.state(place)) {
      case WAITING -> {
        boolean wasNext = site.retried.next() == place;
        waiting--;
        site.unlinkWaiting(place);
        nextIsAnother(site.retried, wasNext);
      }
      case QUEUED -> {
        BacklogLane<D, M> lane = site.laneOf(place);
        boolean wasNext = lane.next() == place;
        queued--;
        lists.unlink(place);
        nextIsAnother(lane, wasNext);
      }
      case EXPIRED -> {
        lapsed--;
        lists.unlink(place);
      }
      case GONE -> throw new IllegalStateException("gone: " + place);
    }
  }

  private void nextIsAnother(BacklogLane<D, M> lane, boolean indeed) {
    if (indeed) {
      rounds.nextIsAnother(lane);
    }
  }

  /** Takes lanes without due mail out of the rounds, and forgets a site without mail. */
  private void tidy(BacklogSite<D, M> site) {
    BacklogLane<D, M> fresh = site.freshIfAny();
    if (fresh != null && !fresh.hasMail()) {
      rounds.withdraw(fresh);
    }
    if (!site.retried.hasMail()) {
      rounds.withdraw(site.retried);
    }
    forgetIfEmpty(site);
  }

  /** Forgets a site without mail. */
  void forgetIfEmpty(BacklogSite<D, M> site) {
    if (site.pending == 0) {
      forget(site);
    }
  }

  private void forget(BacklogSite<D, M> site) {
    unpark(site);
    sites.remove(site);
    site.end();
  }

  // -- the gate's answers

  /** The lane was admitted: takes out the message whose turn it was, and returns it. */
  M admitted(BacklogLane<D, M> lane) {
    rounds.asked(lane, true);
    rounds.hadTurn(lane);
    byteTurn.hadTurn(lane);
    int place = lane.next();
    M message = message(place);
    remove(lane.site, place);
    if (lane.site.pending > 0) {
      rounds.offer(lane);
    } else {
      forget(lane.site);
    }
    return message;
  }

  /** The lane was refused for its site's sake. */
  void park(BacklogLane<D, M> lane, Refusal refusal) {
    rounds.asked(lane, true);
    BacklogSite<D, M> site = lane.site;
    site.parked = true;
    parked++;
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
      siteWheel.cancel(site);
      rounds.offer(site.retried);
      BacklogLane<D, M> fresh = site.freshIfAny();
      if (fresh != null) {
        rounds.offer(fresh);
      }
    }
  }

  /** What shut a site's lanes out holds for it no more, maybe, though it does for others. */
  void recall(BacklogSite<D, M> site) {
    rounds.recall(site.retried);
    BacklogLane<D, M> fresh = site.freshIfAny();
    if (fresh != null) {
      rounds.recall(fresh);
    }
  }

  /**
   * The lane was refused for want of what all share.
   *
   * @param bytes size of the message whose turn it is, 0 if that is not known
   */
  void shutOut(BacklogLane<D, M> lane, Refusal refusal, boolean briefly, long bytes) {
    if (refusal.reason() == Reason.BYTES && byteTurn.keeps(lane, now)) {
      rounds.keep(lane, bytes);
      return;
    }
    rounds.shutOut(lane, refusal.reason(), briefly, bytes);
    sendScoutsSoon();
  }

  private void sendScoutsSoon() {
    if (!scoutAlarm.isScheduled()) {
      schedule(scoutAlarm, now + SCOUT_EVERY);
    }
  }
}
