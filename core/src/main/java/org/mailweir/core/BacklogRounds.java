package org.mailweir.core;

import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.BacklogLane.Ring;
import org.mailweir.core.Refusal.Reason;

/**
 * Whose turn it is to ask the gate.
 *
 * <p>Lanes with due mail stand in a ring, fresh ones in one and retried ones in another, and take
 * turns, one message each. Fresh mail goes first, but after four turns in a row one is for the
 * others, so that a stream of fresh mail does not starve them; so too within each site, as others
 * may take the turns in between. A lane that is refused had no turn.
 *
 * <p>A lane that the gate refuses for want of what all sites share is <em>shut out</em>: it stands
 * in a line with those refused for the same reason, and asks no more. When something was given
 * back, the head of each line goes to the front of its ring as a <em>scout</em>. While scouts get
 * on, the next one follows; when one is shut out again, the others are left in peace. So the work
 * of an event is one question for each line, and one for each message that it lets through, however
 * many lanes are shut out.
 *
 * <p>What a scout hears has to hold for all behind it. So mail that is over in a moment, and may
 * take the last clients where other mail may not, stands in a line of its own: else a hundred slow
 * sites would stand before it, and their scouts be refused where it would be admitted. And a scout
 * that is refused for another reason, as its site is no longer what it was, goes into that line,
 * and the next one follows. A site that becomes what it was not is {@linkplain #recall recalled}.
 * Messages that want bytes have a line for each size, to a power of two: what a large one hears
 * says nothing of smaller ones. The larger ones' scouts go first. One that {@linkplain #keep keeps}
 * its turn stands before all others, and nobody else is asked for.
 *
 * <p>Thread safety: none; the backlog's lock guards it.
 */
final class BacklogRounds<D, M> {
  static final int FRESH_IN_A_ROW = 4;

  private final Order<D, M> fresh = new Order<>();
  private final Order<D, M> retried = new Order<>();
  private final Ring<D, M> keeping = new Ring<>(true); // one at most
  private long keepersBytes;
  private boolean keeperMayAsk;
  private int freshInARow;
  private int shutOut;

  /** Those who are shut out for the same reason, in the order of their refusals. */
  static final class Line<D, M> {
    private final Ring<D, M> lanes;
    private final Reason reason;
    private final boolean briefly;
    private final int magnitude;
    private boolean hasScout;

    Line(Reason reason, boolean briefly, int magnitude) {
      this.reason = reason;
      this.briefly = briefly;
      this.magnitude = magnitude;
      this.lanes = new Ring<>(reason == Reason.BYTES);
    }

    /**
     * Returns whether what a scout is refused for holds for all behind it: for what they wait for
     * themselves, or by a rule that comes after it. A rule that comes before it was never asked of
     * them, nor whether they may take the last clients, nor whether what is smaller would fit.
     */
    boolean concerns(Reason refused, boolean refusedBriefly, int refusedMagnitude) {
      if (refused == Reason.BYTES || refused == reason) {
        return refused == reason && (refusedBriefly || !briefly) && refusedMagnitude <= magnitude;
      }
      return rank(refused) > Math.min(rank(reason), rank(Reason.CLIENTS));
    }

    /** Returns where the rule stands in {@link AdmissionRules#refuses}. */
    private static int rank(Reason reason) {
      return switch (reason) {
        case TABLE_FULL, DESTINATION_SHARE -> 0;
        case FAILING_SHARE, UNPROVEN_SHARE -> 1;
        case SLOW_SHARE -> 2;
        case CLIENTS -> 3;
        default -> 4;
      };
    }
  }

  private static final class Order<D, M> {
    final Ring<D, M> turns = new Ring<>(false);
    final Map<Reason, Line<D, M>> shut = new EnumMap<>(Reason.class);
    final Map<Reason, Line<D, M>> shutBriefly = new EnumMap<>(Reason.class);
    final SortedMap<Integer, Line<D, M>> shutForBytes = new TreeMap<>();

    Line<D, M> line(Reason reason, boolean briefly, int magnitude) {
      return reason == Reason.BYTES
          ? shutForBytes.computeIfAbsent(magnitude, first -> new Line<>(reason, briefly, magnitude))
          : (briefly ? shutBriefly : shut)
              .computeIfAbsent(reason, first -> new Line<>(reason, briefly, 0));
    }

    void sendScouts(BacklogRounds<D, M> rounds) {
      shutForBytes.values().forEach(line -> rounds.sendScout(this, line));
      shutBriefly.values().forEach(line -> rounds.sendScout(this, line));
      shut.values().forEach(line -> rounds.sendScout(this, line));
    }
  }

  private Order<D, M> orderOf(BacklogLane<D, M> lane) {
    return lane.attempt == Attempt.FRESH ? fresh : retried;
  }

  private static int magnitude(long bytes) {
    return Long.SIZE - Long.numberOfLeadingZeros(bytes);
  }

  /** Returns whether nobody has a turn. */
  boolean isEmpty() {
    return keeping.isEmpty() ? fresh.turns.isEmpty() && retried.turns.isEmpty() : !keeperMayAsk;
  }

  /** Returns how many lanes are shut out, one that keeps its turn among them. */
  int shutOut() {
    return keeping.isEmpty() ? shutOut : shutOut + 1;
  }

  /** Returns whether the next turn is one for fresh mail, where others want one too. */
  boolean isFreshTurn() {
    return keeping.isEmpty() && !fresh.turns.isEmpty() && freshInARow < FRESH_IN_A_ROW;
  }

  /** Counts a turn that was given to something else than a lane. */
  void otherTurn() {
    freshInARow = 0;
  }

  /** Lets a lane take turns, if it has due mail and nothing is in its way. */
  void offer(BacklogLane<D, M> lane) {
    if (lane.ring == null && !lane.site.parked && lane.hasMail()) {
      orderOf(lane).turns.append(lane);
    }
  }

  /** Takes a lane out, whatever it waits for. */
  void withdraw(BacklogLane<D, M> lane) {
    Ring<D, M> ring = lane.ring;
    if (ring != null) {
      ring.remove(lane);
      shutOut -= ring == orderOf(lane).turns || ring == keeping ? 0 : 1;
      asked(lane, true);
    }
  }

  /** Returns the lane whose turn it is, out of its ring; null if there is none. */
  @Nullable BacklogLane<D, M> next() {
    if (!keeping.isEmpty()) {
      return keeperMayAsk ? keeping.poll() : null;
    }
    boolean freshTurn = isFreshTurn() || retried.turns.isEmpty();
    BacklogLane<D, M> lane = (freshTurn ? fresh : retried).turns.poll();
    return lane != null && freshTurn ? ofSite(lane) : lane;
  }

  /** Returns the lane of a site whose fresh one has a turn: its other one, if that is due one. */
  private BacklogLane<D, M> ofSite(BacklogLane<D, M> lane) {
    BacklogLane<D, M> other = lane.site.retried;
    if (lane.site.freshInARow < FRESH_IN_A_ROW || other.ring != retried.turns) {
      return lane;
    }
    fresh.turns.append(lane);
    retried.turns.remove(other);
    return other;
  }

  /** Counts a turn of a lane that was admitted; one that is refused has none. */
  void hadTurn(BacklogLane<D, M> lane) {
    boolean isFresh = lane.attempt == Attempt.FRESH;
    freshInARow = isFresh ? Math.min(freshInARow + 1, FRESH_IN_A_ROW) : 0;
    BacklogSite<D, M> site = lane.site;
    site.freshInARow = isFresh ? Math.min(site.freshInARow + 1, FRESH_IN_A_ROW) : 0;
  }

  /** Ends a lane's question; if it got on, the next one that was shut out may follow. */
  void asked(BacklogLane<D, M> lane, boolean gotOn) {
    Line<D, M> line = lane.scouts;
    if (line != null) {
      lane.scouts = null;
      line.hasScout = false;
      if (gotOn) {
        sendScout(orderOf(lane), line);
      }
    }
  }

  /**
   * Shuts a lane out.
   *
   * @param briefly whether it may take the last clients, where others may not
   * @param bytes size of its message, where that was too large
   */
  void shutOut(BacklogLane<D, M> lane, Reason reason, boolean briefly, long bytes) {
    int magnitude = reason == Reason.BYTES ? magnitude(bytes) : 0;
    asked(lane, lane.scouts != null && !lane.scouts.concerns(reason, briefly, magnitude));
    orderOf(lane).line(reason, briefly, magnitude).lanes.append(lane);
    shutOut++;
  }

  /**
   * Lets a lane whose message was too large keep its turn: it asks when something is given back.
   */
  void keep(BacklogLane<D, M> lane, long bytes) {
    keeping.append(lane);
    keepersBytes = bytes;
    keeperMayAsk = false;
  }

  boolean isTurnKept() {
    return !keeping.isEmpty();
  }

  /** Shuts the lane out that keeps its turn, if there is one. */
  void standAside() {
    BacklogLane<D, M> lane = keeping.poll();
    if (lane != null) {
      shutOut(lane, Reason.BYTES, false, keepersBytes);
    }
  }

  /** Lets a lane that is shut out take turns again; the others of its line stay. */
  void recall(BacklogLane<D, M> lane) {
    if (lane.ring == keeping) {
      keeperMayAsk = true;
    } else if (lane.ring != null && lane.ring != orderOf(lane).turns) {
      withdraw(lane);
      offer(lane);
    }
  }

  /** The next message of a lane was taken away: the one behind it may be smaller. */
  void nextIsAnother(BacklogLane<D, M> lane) {
    Ring<D, M> ring = lane.ring;
    if (ring != null && ring.forSize) {
      recall(lane);
    }
  }

  /** Something that all share was given back, or might have been. */
  void open() {
    keeperMayAsk = true;
    fresh.sendScouts(this);
    retried.sendScouts(this);
  }

  private void sendScout(Order<D, M> order, Line<D, M> line) {
    BacklogLane<D, M> head = line.lanes.first();
    if (head != null && !line.hasScout) {
      line.hasScout = true;
      line.lanes.remove(head);
      shutOut--;
      head.scouts = line;
      order.turns.prepend(head);
    }
  }

  /** Fails if lanes that are shut out could be forgotten. For tests. */
  void assertConsistent(boolean alarmed) {
    int shut = 0;
    for (Order<D, M> order : List.of(fresh, retried)) {
      shut += count(order.shut.values(), alarmed);
      shut += count(order.shutBriefly.values(), alarmed);
      shut += count(order.shutForBytes.values(), alarmed);
    }
    if (shut != shutOut) {
      throw new AssertionError("shut out: counted " + shut + ", kept " + shutOut);
    }
  }

  private static <D, M> int count(Collection<Line<D, M>> lines, boolean alarmed) {
    int shut = 0;
    for (Line<D, M> line : lines) {
      int inLine = 0;
      for (BacklogLane<D, M> lane = line.lanes.first(); lane != null; lane = lane.behind) {
        inLine++;
      }
      if (inLine > 0 && !alarmed && !line.hasScout) {
        throw new AssertionError(inLine + " shut out for ever: " + line.reason);
      }
      shut += inLine;
    }
    return shut;
  }
}
