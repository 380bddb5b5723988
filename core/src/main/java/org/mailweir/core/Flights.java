package org.mailweir.core;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The attempts under way, in flight or detached, in the order in which they began.
 *
 * <p>An attempt is a place in some arrays, which its permit knows; a place is used again when the
 * attempt is settled. Nothing here points to a permit or a site, but for an audit: the garbage
 * collector has to be told of each reference that an old object gets, which costs as much as a
 * lock. Sites are known by their {@linkplain DestinationTable.Entry#id numbers}.
 *
 * <p>Behind the <em>mark</em> are those that {@link #pollBegunBy} has returned: as time goes by it
 * moves on over the list, and over each attempt once.
 *
 * <p>Thread safety: none; the gate's lock guards it.
 */
final class Flights<D> {
  private static final int FIRST_LENGTH = 128;
  private static final int MOST = 1 << 24;
  private static final byte IN_FLIGHT = 0;
  private static final byte OVERDUE = 1; // in flight for longer than a slow delivery takes
  private static final byte DETACHED = 2;

  /** Whether permits are kept for {@link GateAudit}: where assertions are on, as in tests. */
  private static final boolean AUDITED = Flights.class.desiredAssertionStatus();

  private final Order order = new Order(MOST);
  private long[] began = new long[FIRST_LENGTH];
  private int[] sites = new int[FIRST_LENGTH]; // of free places: the next free one
  private byte[] state = new byte[FIRST_LENGTH];
  private @Nullable GatePermit<D>[] audited = newArray(AUDITED ? FIRST_LENGTH : 0);
  private int free = Order.END;
  private int unused = 1; // places from here on have never been used
  private int mark = Order.END; // the last one behind the mark

  @SuppressWarnings("unchecked")
  private static <D> @Nullable GatePermit<D>[] newArray(int length) {
    return (GatePermit<D>[]) new GatePermit<?>[length];
  }

  /** Adds the newest, in flight. */
  void add(GatePermit<D> permit, long now) {
    int place = free;
    if (place == Order.END) {
      place = newPlace();
    } else {
      free = sites[place];
    }
    began[place] = now;
    sites[place] = permit.site.id;
    state[place] = IN_FLIGHT;
    order.append(place);
    permit.place = place;
    if (AUDITED) {
      audited[place] = permit;
    }
  }

  private int newPlace() {
    if (unused == began.length) {
      int length = 2 * unused;
      began = Arrays.copyOf(began, length);
      sites = Arrays.copyOf(sites, length);
      state = Arrays.copyOf(state, length);
      if (AUDITED) {
        audited = Arrays.copyOf(audited, length);
      }
    }
    return unused++;
  }

  void remove(GatePermit<D> permit) {
    int place = permit.place;
    if (mark == place) {
      mark = order.before(place);
    }
    order.remove(place);
    sites[place] = free;
    free = place;
    if (AUDITED) {
      audited[place] = null;
    }
  }

  /** Notes that an attempt goes on without its client. */
  void detached(GatePermit<D> permit) {
    state[permit.place] = DETACHED;
  }

  long began(GatePermit<D> permit) {
    return began[permit.place];
  }

  boolean isOverdue(GatePermit<D> permit) {
    return state[permit.place] == OVERDUE;
  }

  /**
   * Moves the mark over the oldest that is not behind it, if it began by then, and marks it as
   * overdue if it is in flight.
   *
   * @return the number of its site, 0 if it is detached, -1 if there is none
   */
  int pollBegunBy(long time) {
    int next = order.after(mark);
    if (next == Order.END || began[next] - time > 0) {
      return -1;
    }
    mark = next;
    if (state[next] == DETACHED) {
      return 0;
    }
    state[next] = OVERDUE;
    return sites[next];
  }

  /** Returns when the oldest that is not behind the mark began, if there is one. */
  @Nullable Long nextBegan() {
    int next = order.after(mark);
    return next == Order.END ? null : (Long) began[next];
  }

  /** Returns when the oldest in flight began, if any is; O(attempts detached). */
  Optional<Long> oldest() {
    for (int place = order.first(); place != Order.END; place = order.after(place)) {
      if (state[place] != DETACHED) {
        return Optional.of(began[place]);
      }
    }
    return Optional.empty();
  }

  /** Returns when the oldest in flight to a site began, if any is; O(attempts under way). */
  Optional<Long> oldestTo(Site<D> site) {
    if (site.inFlight > 0) {
      for (int place = order.first(); place != Order.END; place = order.after(place)) {
        if (sites[place] == site.id && state[place] != DETACHED) {
          return Optional.of(began[place]);
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Returns the permit that began after that one, or the oldest; null if there is none. For tests.
   */
  @Nullable GatePermit<D> next(@Nullable GatePermit<D> permit) {
    int next = permit == null ? order.first() : order.after(permit.place);
    return next == Order.END ? null : audited[next];
  }
}
