package org.mailweir.core;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * A place for each message of a backlog: eight numbers in an array and one reference in another,
 * instead of an object.
 *
 * <p><b>Why.</b> A message is an element of two lists, its destination's and its timer's. As an
 * object it is linked by references, and the collector has to be told of each link that is set
 * between old objects, and has to follow them all: with G1 that was most of what a million messages
 * cost. Here a link is a number, which no collector looks at.
 *
 * <p><b>Memory.</b> 36 B a message, with compressed references: where its timer stands, two links
 * of its list, the tick of its timer, how many ticks later it expires, the place of its site, a
 * word of state, and the reference; one number is left over, as eight are half a line of the cache,
 * and seven would often be in two of them. Places are made 1,024 at a time, and given up again when
 * all of those are free and as many others are.
 *
 * <p><b>Blocks.</b> {@link BacklogSlots} keep their own numbers in places too, so that there is one
 * store that grows and shrinks.
 *
 * <p><b>Heads.</b> A list is circular; its head is a place of its own, which says nothing else. The
 * head of a site's waiting mail holds the site.
 *
 * <p><b>Generations.</b> A ticket names a place, and its generation: how often the place has been
 * used before, in 28 bits. A place that has used them up is never used again.
 *
 * <p>Thread safety: none; the backlog's lock guards it.
 */
final class BacklogPlaces {
  /** Where a message is. See {@link Backlog} for the transitions. */
  enum State {
    /** Handed out, or cancelled: the place is free, or a head. */
    GONE,
    /** In its site's list of those that wait for their own time; timed to be due, or to expire. */
    WAITING,
    /** Due: in a lane of its site; timed to expire. */
    QUEUED,
    /** In the list of those whose life is over. */
    EXPIRED
  }

  /** No place. */
  static final int NONE = -1;

  static final int CHUNK_SHIFT = 10;
  static final int CHUNK = 1 << CHUNK_SHIFT;

  private static final int INTS_SHIFT = 3;
  private static final int SPOT = 0;
  private static final int NEXT = 2;
  private static final int PREVIOUS = 3;
  private static final int TICK = 4;
  private static final int LIFE = 5;
  private static final int SITE = 6;
  private static final int WORD = 7;

  // The word: state in 2 bits, fresh, mortal, and the generation.
  private static final State[] STATES = State.values();
  private static final int STATE = 3;
  private static final int FRESH = 4;
  private static final int MORTAL = 8;
  private static final int GENERATION_SHIFT = 4;
  static final int LAST_GENERATION = -1 >>> GENERATION_SHIFT;

  /** The lists: which wait for the same. */
  final Links lists = new Links();

  private int[][] ints = {};
  private @Nullable Object[][] objects = {};

  // Of each chunk: how many places are in use, the first of those that are free, linked through
  // their tick, and the highest generation so far.
  private int[] used = {};
  private int[] firstFree = {};
  private int[] generations = {};

  private final BitSet roomy = new BitSet(); // chunks with free places
  private int
      current; // the chunk from which places are taken; the lowest, so that others get empty
  private int chunks;
  private int free;

  int fetched; // read by nobody; but what is never written need not be read from memory

  // -- places

  /** Takes a free place, and puts something there. */
  int take(@Nullable Object object) {
    if (free == 0) {
      current = makeChunk();
    } else if (firstFree[current] == NONE) {
      current = roomy.nextSetBit(0);
    }
    int place = firstFree[current];
    firstFree[current] = tick(place);
    if (++used[current] == CHUNK) {
      roomy.clear(current);
    }
    free--;
    objects[current][place & (CHUNK - 1)] = object;
    return place;
  }

  /** Takes a place for the head of an empty list. */
  int takeHead(Object object) {
    int head = take(object);
    lists.makeHead(head);
    return head;
  }

  /** Takes a place for {@link #number numbers}. */
  int takeBlock() {
    return take(null);
  }

  /** Makes a place free that is in no list; tickets for it are void. */
  void give(int place) {
    int chunk = place >>> CHUNK_SHIFT;
    objects[chunk][place & (CHUNK - 1)] = null;
    int generation = generation(place);
    if (generation == LAST_GENERATION) {
      set(place, WORD, generation << GENERATION_SHIFT);
      return; // used for ever
    }
    generations[chunk] = Math.max(generations[chunk], generation + 1);
    set(place, WORD, (generation + 1) << GENERATION_SHIFT);
    setTick(place, firstFree[chunk]);
    firstFree[chunk] = place;
    free++;
    if (used[chunk]-- == CHUNK) {
      roomy.set(chunk);
    }
    if (used[chunk] == 0 && free >= 2 * CHUNK) {
      dropChunk(chunk);
    }
  }

  private int makeChunk() {
    int chunk = 0;
    while (chunk < ints.length && ints[chunk].length > 0) {
      chunk++;
    }
    if (chunk == ints.length) {
      growTable();
    }
    ints[chunk] = new int[CHUNK << INTS_SHIFT];
    objects[chunk] = new Object[CHUNK];
    int first = chunk << CHUNK_SHIFT;
    for (int place = first; place < first + CHUNK; place++) {
      set(place, WORD, generations[chunk] << GENERATION_SHIFT);
      setTick(place, place + 1 < first + CHUNK ? place + 1 : NONE);
    }
    firstFree[chunk] = first;
    roomy.set(chunk);
    free += CHUNK;
    chunks++;
    return chunk;
  }

  private void growTable() {
    int length = ints.length;
    int more = Math.max(4, length + (length >> 1));
    ints = Arrays.copyOf(ints, more);
    objects = Arrays.copyOf(objects, more);
    Arrays.fill(ints, length, more, new int[0]);
    Arrays.fill(objects, length, more, new Object[0]);
    used = Arrays.copyOf(used, more);
    firstFree = Arrays.copyOf(firstFree, more);
    generations = Arrays.copyOf(generations, more);
  }

  private void dropChunk(int chunk) {
    ints[chunk] = new int[0];
    objects[chunk] = new Object[0];
    firstFree[chunk] = NONE;
    roomy.clear(chunk);
    free -= CHUNK;
    chunks--;
  }

  /** Returns how many places there are, free ones included. */
  int capacity() {
    return chunks << CHUNK_SHIFT;
  }

  /** Returns how many places are free. */
  int free() {
    return free;
  }

  // -- what is at a place

  private int get(int place, int field) {
    return ints[place >>> CHUNK_SHIFT][((place & (CHUNK - 1)) << INTS_SHIFT) + field];
  }

  private void set(int place, int field, int value) {
    ints[place >>> CHUNK_SHIFT][((place & (CHUNK - 1)) << INTS_SHIFT) + field] = value;
  }

  /** Numbers of a block that are its owner's; what is behind them is the place's own. */
  static final int BLOCK = WORD;

  /** Returns the number of the spot in a block that begins {@code 8 * place} on. */
  int number(int spot) {
    return ints[spot >>> (CHUNK_SHIFT + INTS_SHIFT)][spot & ((CHUNK << INTS_SHIFT) - 1)];
  }

  void setNumber(int spot, int number) {
    ints[spot >>> (CHUNK_SHIFT + INTS_SHIFT)][spot & ((CHUNK << INTS_SHIFT) - 1)] = number;
  }

  /** Returns the message, or of the head of a site's waiting mail, the site. */
  Object at(int place) {
    Object object = objects[place >>> CHUNK_SHIFT][place & (CHUNK - 1)];
    if (object == null) {
      throw new IllegalStateException("nothing at place " + place);
    }
    return object;
  }

  /**
   * Reads what will be needed when timers fire: of each place its own numbers, those of its
   * neighbours in its list, and where its message is kept. Nothing here waits for anything else, so
   * that the processor asks the memory for all of it together.
   */
  void fetch(int[] some, int count) {
    int seen = 0;
    for (int i = 0; i < count; i++) {
      seen += get(some[i], WORD);
    }
    for (int i = 0; i < count; i++) {
      int place = some[i];
      seen += get(get(place, NEXT), WORD) + get(get(place, PREVIOUS), WORD);
      seen += objects[place >>> CHUNK_SHIFT][place & (CHUNK - 1)] == null ? 1 : 0;
    }
    fetched = seen;
  }

  /** Notes what comes with a message. */
  void describe(int place, int site, boolean fresh) {
    set(place, SITE, site);
    set(place, WORD, (generation(place) << GENERATION_SHIFT) | (fresh ? FRESH : 0));
  }

  State state(int place) {
    return STATES[get(place, WORD) & STATE];
  }

  void become(int place, State next) {
    set(place, WORD, (get(place, WORD) & ~STATE) | next.ordinal());
  }

  boolean isFresh(int place) {
    return (get(place, WORD) & FRESH) != 0;
  }

  /** Returns whether its timer, while it waits, is its end. */
  boolean isToExpire(int place) {
    return (get(place, WORD) & MORTAL) != 0;
  }

  /** Notes that it expires before it is due. */
  void expiresFirst(int place) {
    set(place, WORD, get(place, WORD) | MORTAL);
  }

  int generation(int place) {
    return get(place, WORD) >>> GENERATION_SHIFT;
  }

  /** Returns whether what was there in that generation still is. */
  boolean isCurrent(int place, int generation) {
    return ints[place >>> CHUNK_SHIFT].length > 0
        && generation(place) == generation
        && state(place) != State.GONE;
  }

  /** Returns the place of the site. */
  int site(int place) {
    return get(place, SITE);
  }

  /** Returns where its timer stands. */
  int spot(int place) {
    return get(place, SPOT);
  }

  void setSpot(int place, int spot) {
    set(place, SPOT, spot);
  }

  /** Returns the tick of its timer. */
  int tick(int place) {
    return get(place, TICK);
  }

  void setTick(int place, int tick) {
    set(place, TICK, tick);
  }

  /** Returns how many ticks after it is due it expires. */
  int life(int place) {
    return get(place, LIFE);
  }

  void setLife(int place, int ticks) {
    set(place, LIFE, ticks);
  }

  /** Circular lists through the places: all operations are O(1). */
  final class Links {
    private Links() {}

    /** Makes a place the head of an empty list. */
    void makeHead(int head) {
      set(head, NEXT, head);
      set(head, PREVIOUS, head);
    }

    boolean isEmpty(int head) {
      return get(head, NEXT) == head;
    }

    /** Returns the first of a list, or {@link #NONE}. */
    int first(int head) {
      int first = get(head, NEXT);
      return first == head ? NONE : first;
    }

    /** Returns the last of a list, or {@link #NONE}. */
    int last(int head) {
      int last = get(head, PREVIOUS);
      return last == head ? NONE : last;
    }

    /** Returns the one behind another, which may be the head. */
    int after(int place) {
      return get(place, NEXT);
    }

    /** Returns the one before another, which may be the head. */
    int before(int place) {
      return get(place, PREVIOUS);
    }

    void append(int head, int place) {
      int before = get(head, PREVIOUS);
      set(place, PREVIOUS, before);
      set(place, NEXT, head);
      set(before, NEXT, place);
      set(head, PREVIOUS, place);
    }

    /** Takes one out of its list. */
    void unlink(int place) {
      int before = get(place, PREVIOUS);
      int after = get(place, NEXT);
      set(before, NEXT, after);
      set(after, PREVIOUS, before);
    }
  }
}
