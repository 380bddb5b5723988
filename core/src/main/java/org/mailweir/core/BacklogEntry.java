package org.mailweir.core;

import org.jspecify.annotations.Nullable;

/**
 * One message of a backlog, and the ticket for it. It is the timer of its own time, and an element
 * of one {@link BacklogList}: linked twice, so that both are left in constant time.
 *
 * <p>48 B (JDK 17 to 25, compressed references): header 12, timer 8 + 8, links of the list 8,
 * message 4, site 4, word 4. The word holds the state, whether it is fresh, and how long after it
 * is due it expires; a second time would take 8 B more, and the object 56.
 *
 * <p>Thread safety: the backlog's lock guards it.
 */
final class BacklogEntry<D, M> extends TimerWheel.Timer implements Ticket {
  /** Where it is. See {@link Backlog} for the transitions. */
  enum State {
    /** In its site's list of those that wait for their own time; timed to be due, or to expire. */
    WAITING,
    /** Due: in a lane of its site; timed to expire. */
    QUEUED,
    /** In the list of those whose life is over. */
    EXPIRED,
    /** Handed out, or cancelled. */
    GONE
  }

  // The word: state in 2 bits, fresh, mortal, and in 28 bits the units of 0.27 s beyond due.
  private static final State[] STATES = State.values();
  private static final int STATE = 3;
  private static final int FRESH = 4;
  private static final int MORTAL = 8;
  private static final int LIFE_SHIFT = 4;
  private static final int UNIT_SHIFT = 28; // 2^28 units of 2^28 ns: 2.3 years

  final BacklogSite<D, M> site;
  @Nullable BacklogEntry<D, M> before;
  @Nullable BacklogEntry<D, M> behind;
  private @Nullable M message;
  private int word;

  BacklogEntry(BacklogSite<D, M> site, M message, boolean fresh) {
    this.site = site;
    this.message = message;
    this.word = State.GONE.ordinal() | (fresh ? FRESH : 0);
  }

  State state() {
    return STATES[word & STATE];
  }

  void become(State next) {
    word = (word & ~STATE) | next.ordinal();
  }

  boolean isFresh() {
    return (word & FRESH) != 0;
  }

  /**
   * Notes how long after it is due it expires, rounded up to 0.27 s.
   *
   * @param nanos not negative, at most 2 years
   */
  void lives(long nanos) {
    long units = (nanos + (1L << UNIT_SHIFT) - 1) >>> UNIT_SHIFT;
    word = (word & ((1 << LIFE_SHIFT) - 1)) | ((int) units << LIFE_SHIFT);
  }

  /** Returns how long after it is due it expires, in nanoseconds. */
  long lifeAfterDue() {
    return (long) (word >>> LIFE_SHIFT) << UNIT_SHIFT;
  }

  /** Notes that it expires before it is due. */
  void expiresFirst() {
    word |= MORTAL;
  }

  /** Returns whether its timer, while it waits, is its end. */
  boolean isToExpire() {
    return (word & MORTAL) != 0;
  }

  M message() {
    M present = message;
    if (present == null) {
      throw new IllegalStateException("gone");
    }
    return present;
  }

  /** Returns what to hand out if it is given up without a permit. */
  Dispatch<D, M> unpermitted() {
    return state() == State.EXPIRED
        ? new Dispatch.Expired<>(site.destination, message())
        : new Dispatch.Returned<>(site.destination, message());
  }

  /** Lets go of the message: tickets may be kept for long. */
  void forget() {
    message = null;
  }

  @Override
  void fire(long now) {
    site.backlog.stock.timeHasCome(this);
  }

  @Override
  public boolean cancel() {
    return site.backlog.cancel(this);
  }

  @Override
  public boolean isPending() {
    return site.backlog.isPending(this);
  }

  @Override
  public String toString() {
    return "Ticket[" + site.destination + "]";
  }
}
