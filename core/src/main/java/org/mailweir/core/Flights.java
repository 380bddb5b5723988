package org.mailweir.core;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The attempts under way, in flight or detached, in the order in which they began.
 *
 * <p>A doubly linked list in arrays: a permit knows its place, a small number that is used again
 * when it is settled. Links in the permits would make them half as large again, and would make old
 * objects point to the newest ones, which the garbage collector has to be told of each time.
 *
 * <p>Behind the <em>mark</em> are those that {@link #pollBegunBy} has returned: as time goes by it
 * moves on over the list, and over each attempt once.
 *
 * <p>Thread safety: none; the gate's lock guards it.
 */
final class Flights<D> {
  /** The place that is nobody's: before the oldest, and after the newest. */
  private static final int END = 0;

  private @Nullable GatePermit<D>[] permits = newArray(64);
  private long[] began = new long[64];
  private int[] before = new int[64];
  private int[] after = new int[64]; // of free places: the next free one
  private int free = END;
  private int unused = 1; // places from here on have never been used
  private int mark = END; // the last one behind the mark

  @SuppressWarnings("unchecked")
  private static <D> @Nullable GatePermit<D>[] newArray(int length) {
    return (GatePermit<D>[]) new GatePermit<?>[length];
  }

  /** Adds the newest. */
  void add(GatePermit<D> permit, long now) {
    int place = free;
    if (place == END) {
      place = newPlace();
    } else {
      free = after[place];
    }
    permits[place] = permit;
    began[place] = now;
    link(before[END], place);
    link(place, END);
    permit.place = place;
  }

  private int newPlace() {
    if (unused == began.length) {
      int length = 2 * unused;
      permits = Arrays.copyOf(permits, length);
      began = Arrays.copyOf(began, length);
      before = Arrays.copyOf(before, length);
      after = Arrays.copyOf(after, length);
    }
    return unused++;
  }

  void remove(GatePermit<D> permit) {
    int place = permit.place;
    if (mark == place) {
      mark = before[place];
    }
    link(before[place], after[place]);
    permits[place] = null;
    after[place] = free;
    free = place;
  }

  private void link(int first, int second) {
    after[first] = second;
    before[second] = first;
  }

  long began(GatePermit<D> permit) {
    return began[permit.place];
  }

  /** Returns the oldest that is not behind the mark, if it began by then, and moves the mark. */
  @Nullable GatePermit<D> pollBegunBy(long time) {
    int next = after[mark];
    if (next == END || began[next] - time > 0) {
      return null;
    }
    mark = next;
    return permits[next];
  }

  /** Returns the oldest that is not behind the mark. */
  @Nullable GatePermit<D> peek() {
    return permits[after[mark]];
  }

  /** Returns when the oldest in flight to a site began, if any is; O(attempts under way). */
  Optional<Long> oldestTo(Site<D> site) {
    if (site.inFlight > 0) {
      for (GatePermit<D> permit = next(null); permit != null; permit = next(permit)) {
        if (permit.site == site && permit.state() == GatePermit.State.IN_FLIGHT) {
          return Optional.of(began(permit));
        }
      }
    }
    return Optional.empty();
  }

  /** Returns the one that began after that one, or the oldest. */
  @Nullable GatePermit<D> next(@Nullable GatePermit<D> permit) {
    return permits[after[permit == null ? END : permit.place]];
  }
}
