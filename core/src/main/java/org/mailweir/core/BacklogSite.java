package org.mailweir.core;

import static java.util.Objects.requireNonNull;

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

  /** Those that wait for their own time, in the order in which they came. */
  final BacklogList<D, M> waiting = new BacklogList<>();

  final BacklogLane<D, M> retried = new BacklogLane<>(this, Attempt.RETRIED);
  private @Nullable BacklogLane<D, M> fresh; // made when first needed

  /** The last of those waiting that were flushed: it and all before it may go at once. */
  private @Nullable BacklogEntry<D, M> flushedTo;

  int pending;

  /** How often the gate has told. A refusal from before the last time says nothing. */
  int told;

  /** Whether the gate refused it for its own sake: no lane takes turns until it tells. */
  boolean parked;

  /** Whether it is parked as a suspended one. */
  boolean suspended;

  // The list of sites, oldest first but for those that a flush has visited; kept by BacklogStock.
  int flushes;
  @Nullable BacklogSite<D, M> before;
  @Nullable BacklogSite<D, M> behind;

  BacklogSite(GatedBacklog<D, M> backlog, D destination) {
    this.backlog = backlog;
    this.destination = destination;
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

  BacklogLane<D, M> laneOf(BacklogEntry<D, M> entry) {
    return entry.isFresh() ? fresh() : retried;
  }

  boolean isAsking() {
    return retried.asking || (fresh != null && fresh.asking);
  }

  void flush() {
    flushedTo = waiting.last();
  }

  @Nullable BacklogEntry<D, M> nextFlushed() {
    return flushedTo == null ? null : waiting.first();
  }

  /** Takes out one that waits. */
  void unlinkWaiting(BacklogEntry<D, M> entry) {
    if (entry == flushedTo) {
      flushedTo = entry.before;
    }
    waiting.unlink(entry);
  }

  /** Returns any message of it, those first that would go first. */
  BacklogEntry<D, M> any() {
    BacklogEntry<D, M> entry = fresh == null ? null : fresh.mail.first();
    entry = entry == null ? retried.mail.first() : entry;
    return requireNonNull(entry == null ? waiting.first() : entry);
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
