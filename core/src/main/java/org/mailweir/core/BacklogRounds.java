package org.mailweir.core;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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
 *
 * <p>Thread safety: none; the backlog's lock guards it.
 */
final class BacklogRounds<D, M> {
  static final int FRESH_IN_A_ROW = 4;

  private final Order<D, M> fresh = new Order<>();
  private final Order<D, M> retried = new Order<>();
  private int freshInARow;
  private int shutOut;

  /** Those who are shut out for the same reason, in the order of their refusals. */
  static final class Line<D, M> {
    private final Ring<D, M> lanes = new Ring<>();
    private final Reason reason;
    private final boolean briefly;
    private boolean hasScout;

    Line(Reason reason, boolean briefly) {
      this.reason = reason;
      this.briefly = briefly;
    }

    /**
     * Returns whether what a scout is refused for holds for all behind it: for what they wait for
     * themselves, or by a rule that comes after it. A rule that comes before it was never asked of
     * them, nor whether they may take the last clients.
     */
    boolean concerns(Reason refused, boolean refusedBriefly) {
      return refused == reason
          ? refusedBriefly || !briefly
          : rank(refused) > Math.min(rank(reason), rank(Reason.CLIENTS));
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
    final Ring<D, M> turns = new Ring<>();
    final Map<Reason, Line<D, M>> shut = new EnumMap<>(Reason.class);
    final Map<Reason, Line<D, M>> shutBriefly = new EnumMap<>(Reason.class);

    Line<D, M> line(Reason reason, boolean briefly) {
      return (briefly ? shutBriefly : shut)
          .computeIfAbsent(reason, first -> new Line<>(reason, briefly));
    }

    void sendScouts(BacklogRounds<D, M> rounds) {
      shutBriefly.values().forEach(line -> rounds.sendScout(this, line));
      shut.values().forEach(line -> rounds.sendScout(this, line));
    }
  }

  private Order<D, M> orderOf(BacklogLane<D, M> lane) {
    return lane.attempt == Attempt.FRESH ? fresh : retried;
  }

  /** Returns whether nobody has a turn. */
  boolean isEmpty() {
    return fresh.turns.isEmpty() && retried.turns.isEmpty();
  }

  /** Returns how many lanes are shut out. */
  int shutOut() {
    return shutOut;
  }

  /** Returns whether the next turn is one for fresh mail, where others want one too. */
  boolean isFreshTurn() {
    return !fresh.turns.isEmpty() && freshInARow < FRESH_IN_A_ROW;
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
      shutOut -= ring == orderOf(lane).turns ? 0 : 1;
      asked(lane, true);
    }
  }

  /** Returns the lane whose turn it is, out of its ring; null if there is none. */
  @Nullable BacklogLane<D, M> next() {
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
   */
  void shutOut(BacklogLane<D, M> lane, Reason reason, boolean briefly) {
    asked(lane, lane.scouts != null && !lane.scouts.concerns(reason, briefly));
    orderOf(lane).line(reason, briefly).lanes.append(lane);
    shutOut++;
  }

  /** Lets a lane that is shut out take turns again; the others of its line stay. */
  void recall(BacklogLane<D, M> lane) {
    if (lane.ring != null && lane.ring != orderOf(lane).turns) {
      withdraw(lane);
      offer(lane);
    }
  }

  /** Something that all share was given back, or might have been. */
  void open() {
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
      shut += count(order.shut, alarmed) + count(order.shutBriefly, alarmed);
    }
    if (shut != shutOut) {
      throw new AssertionError("shut out: counted " + shut + ", kept " + shutOut);
    }
  }

  private static <D, M> int count(Map<Reason, Line<D, M>> lines, boolean alarmed) {
    int shut = 0;
    for (Map.Entry<Reason, Line<D, M>> entry : lines.entrySet()) {
      Line<D, M> line = entry.getValue();
      int inLine = 0;
      for (BacklogLane<D, M> lane = line.lanes.first(); lane != null; lane = lane.behind) {
        inLine++;
      }
      if (inLine > 0 && !alarmed && !line.hasScout) {
        throw new AssertionError(inLine + " shut out for ever: " + entry.getKey());
      }
      shut += inLine;
    }
    return shut;
  }
}
