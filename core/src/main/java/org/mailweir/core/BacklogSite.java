package org.mailweir.core;

import static org.mailweir.core.BacklogPlaces.NONE;

import org.jspecify.annotations.Nullable;

/**
 * The mail of one destination. It exists while there is any.
 *
 * <p>It is the watch that the gate's {@link Doorbell} tells, and the timer after which the gate is
 * asked again though nobody told.
 *
 * <p>Thread safety: the backlog's lock guards it.
 */
final class BacklogSite<D, M> extends TimerWheel.Timer implements Runnable {
  final GatedBacklog<D, M> backlog;
  final D destination;

  final BacklogPlaces places;

  /** The head of those that wait for their own time, in the order in which they came. */
  final int waiting;

  final BacklogLane<D, M> retried;
  private @Nullable BacklogLane<D, M> fresh; // made when first needed

  /** The last of those waiting that were flushed: it and all before it may go at once. */
  private int flushedTo = NONE;

  // Its neighbours in the order of sites; kept by BacklogSites.
  @Nullable BacklogSite<D, M> before;
  @Nullable BacklogSite<D, M> behind;

  int pending;

  /** Turns of its fresh mail since the last one of its retried mail; see {@link BacklogRounds}. */
  int freshInARow;

  /** The gate's site, as far as we have met it: spares looking it up for each message. */
  @Nullable Site<D> known;

  /** Whether the gate refused it for its own sake: no lane takes turns until it tells. */
  boolean parked;

  /** Whether it is parked as a suspended one. */
  boolean suspended;

  /** The last flush that has visited it. */
  int flushes;

  BacklogSite(GatedBacklog<D, M> backlog, D destination) {
    this.backlog = backlog;
    this.destination = destination;
    this.places = backlog.stock.places;
    this.waiting = places.takeHead(this);
    this.retried = new BacklogLane<>(this, Attempt.RETRIED);
  }

  BacklogLane<D, M> fresh() {
    if (fresh == null) {
      fresh = new BacklogLane<>(this, Attempt.FRESH);
    }
    return fresh;
  }

  /** Returns the lane of fresh mail, if there was ever any. */
  @Nullable BacklogLane<D, M> freshIfAny() {
    return fresh;
  }

  BacklogLane<D, M> laneOf(int place) {
    return places.isFresh(place) ? fresh() : retried;
  }

  void flush() {
    flushedTo = places.lists.last(waiting);
  }

  int nextFlushed() {
    return flushedTo == NONE ? NONE : places.lists.first(waiting);
  }

  /** Takes out one that waits. */
  void unlinkWaiting(int place) {
    if (place == flushedTo) {
      int before = places.lists.before(place);
      flushedTo = before == waiting ? NONE : before;
    }
    places.lists.unlink(place);
  }

  /** Returns any message of it, those first that would go first. */
  int any() {
    int place = fresh == null ? NONE : fresh.next();
    place = place == NONE ? places.lists.first(retried.mail) : place;
    return place == NONE ? places.lists.first(waiting) : place;
  }

  /** Gives its own places back: it has no mail any more. */
  void end() {
    places.give(waiting);
    places.give(retried.mail);
    if (fresh != null) {
      places.give(fresh.mail);
    }
  }

  /** Told by the gate, outside its lock: ask again. */
  @Override
  public void run() {
    backlog.told(this);
  }

  /** Nobody told for long: ask again. */
  @Override
  void fire(long now) {
    backlog.stock.unpark(this);
  }
}
