package org.mailweir.core;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The attempts under way, in flight or detached, in the order in which they began.
 *
 * <p><b>Structure.</b> A log: an attempt is written at its end when it begins, and crossed out when
 * it is settled. The log is cut into chunks of {@value #CHUNK} places; a chunk of which all is
 * crossed out goes back to the stock, and the chunks in use stand in an {@link Order}. So to add
 * and to remove is to write a few numbers, and to link two neighbours once in a chunk. An attempt
 * that lasts keeps its chunk: at the worst {@value #CHUNK} places of 13 B each for one attempt.
 *
 * <p>Nothing here points to a permit or a site, but for an audit: the garbage collector has to be
 * told of each reference that an old object gets, which costs as much as a lock. A permit knows its
 * place; sites are known by their {@linkplain DestinationTable.Entry#id numbers}.
 *
 * <p>Before the <em>mark</em> are those that {@link #pollBegunBy} has returned: as time goes by it
 * moves on over the log, and over each place once.
 *
 * <p>Thread safety: none; the gate's lock guards it.
 */
final class Flights<D> {
  private static final int CHUNK_SHIFT = 6;
  private static final int CHUNK = 1 << CHUNK_SHIFT;
  private static final int FIRST_CHUNKS = 4;
  private static final int MOST_CHUNKS = 1 << 24;

  private static final byte FREE = 0;
  private static final byte IN_FLIGHT = 1;
  private static final byte OVERDUE = 2; // in flight for longer than a slow delivery takes
  private static final byte DETACHED = 3;

  /** Whether permits are kept for {@link GateAudit}: where assertions are on, as in tests. */
  private static final boolean AUDITED = Flights.class.desiredAssertionStatus();

  // By place: the chunk's number (from 1) and the place in it.
  private long[] began = new long[FIRST_CHUNKS * CHUNK];
  private int[] sites = new int[FIRST_CHUNKS * CHUNK];
  private byte[] state = new byte[FIRST_CHUNKS * CHUNK];
  private @Nullable GatePermit<D>[] audited = newArray(AUDITED ? FIRST_CHUNKS * CHUNK : 0);

  // By chunk.
  private final Order chunks = new Order(MOST_CHUNKS); // in use; the last one is written
  private byte[] live = new byte[FIRST_CHUNKS]; // places that are not crossed out
  private int[] nextSpare = new int[FIRST_CHUNKS];
  private int spare = Order.END;
  private int unused = 1; // chunks from here on have never been used

  private int end; // the next place to write
  private int mark; // the first place that was not polled; the end if all were

  Flights() {
    end = startOf(addChunk());
    mark = end;
  }

  @SuppressWarnings("unchecked")
  private static <D> @Nullable GatePermit<D>[] newArray(int length) {
    return (GatePermit<D>[]) new GatePermit<?>[length];
  }

  private static int chunkOf(int place) {
    return place >>> CHUNK_SHIFT;
  }

  private static int startOf(int chunk) {
    return chunk << CHUNK_SHIFT;
  }

  /** Adds the newest, in flight. */
  void add(GatePermit<D> permit, long now) {
    int place = end;
    began[place] = now;
    sites[place] = permit.site.id;
    state[place] = IN_FLIGHT;
    live[chunkOf(place)]++;
    permit.place = place;
    if (AUDITED) {
      audited[place] = permit;
    }
    end = place + 1;
    if ((end & (CHUNK - 1)) == 0) {
      end = startOf(addChunk()); // the mark is at that place or before it
    }
  }

  private int addChunk() {
    int chunk = spare;
    if (chunk == Order.END) {
      chunk = unused++;
      if (chunk == live.length) {
        grow();
      }
    } else {
      spare = nextSpare[chunk];
    }
    chunks.append(chunk);
    return chunk;
  }

  private void grow() {
    int count = 2 * live.length;
    live = Arrays.copyOf(live, count);
    nextSpare = Arrays.copyOf(nextSpare, count);
    began = Arrays.copyOf(began, count * CHUNK);
    sites = Arrays.copyOf(sites, count * CHUNK);
    state = Arrays.copyOf(state, count * CHUNK);
    if (AUDITED) {
      audited = Arrays.copyOf(audited, count * CHUNK);
    }
  }

  void remove(GatePermit<D> permit) {
    int place = permit.place;
    state[place] = FREE;
    if (AUDITED) {
      audited[place] = null;
    }
    int chunk = chunkOf(place);
    if (--live[chunk] == 0) {
      emptied(chunk);
    }
  }

  /** Uses a chunk anew of which all is crossed out: from its start, if it is the last one. */
  private void emptied(int chunk) {
    boolean last = chunk == chunkOf(end);
    if (chunkOf(mark) == chunk) {
      mark = startOf(last ? chunk : chunks.after(chunk));
    }
    if (last) {
      end = startOf(chunk);
    } else {
      chunks.remove(chunk);
      nextSpare[chunk] = spare;
      spare = chunk;
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
   * Moves the mark over the oldest that is not before it, if it began by then, and marks it as
   * overdue if it is in flight.
   *
   * @return the number of its site, 0 if it is detached, -1 if there is none
   */
  int pollBegunBy(long time) {
    mark = live(mark);
    if (mark == end || began[mark] - time > 0) {
      return -1;
    }
    int place = mark;
    mark = behind(place);
    if (state[place] == DETACHED) {
      return 0;
    }
    state[place] = OVERDUE;
    return sites[place];
  }

  /** Returns when the oldest that is not before the mark began, if there is one. */
  @Nullable Long nextBegan() {
    mark = live(mark);
    return mark == end ? null : (Long) began[mark];
  }

  /** Returns the place behind that one. */
  private int behind(int place) {
    int next = place + 1;
    return (next & (CHUNK - 1)) == 0 ? startOf(chunks.after(chunkOf(place))) : next;
  }

  /** Returns the first place from that one on that is not crossed out, or the end. */
  private int live(int place) {
    int next = place;
    while (next != end && state[next] == FREE) {
      next = behind(next);
    }
    return next;
  }

  private int first() {
    return live(startOf(chunks.first()));
  }

  /** Returns when the oldest in flight began, if any is; O(attempts under way). */
  Optional<Long> oldest() {
    for (int place = first(); place != end; place = live(behind(place))) {
      if (state[place] != DETACHED) {
        return Optional.of(began[place]);
      }
    }
    return Optional.empty();
  }

  /** Returns when the oldest in flight to a site began, if any is; O(attempts under way). */
  Optional<Long> oldestTo(Site<D> site) {
    if (site.inFlight > 0) {
      for (int place = first(); place != end; place = live(behind(place))) {
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
    int next = permit == null ? first() : live(behind(permit.place));
    return next == end ? null : audited[next];
  }
}
