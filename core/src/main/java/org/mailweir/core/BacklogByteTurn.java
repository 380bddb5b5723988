package org.mailweir.core;

import org.jspecify.annotations.Nullable;

/**
 * Which lane keeps its turn in a {@link Backlog} where bytes are short in all; {@link ByteTurns} is
 * the same for those that wait in the gate.
 *
 * <p>While a lane keeps its turn nobody else is asked for, or smaller messages would let a large
 * one wait for ever. After a second it stands aside, in the line of its size, and for some seconds
 * all that fits passes: a large message that waits for a tarpit's bytes holds up all other mail for
 * a second in ten, and no more.
 *
 * <p>Thread safety: none; the backlog's lock guards it.
 */
final class BacklogByteTurn<D, M> {
  static final long KEEPS_ITS_TURN = ByteTurns.KEEPS_ITS_TURN;
  static final long LETS_PASS = 9 * KEEPS_ITS_TURN;

  private @Nullable BacklogLane<D, M> keeper;
  private long keptSince;
  private long passingUntil;

  /** Begins at a reading of the backlog's time. */
  BacklogByteTurn(long now) {
    this.passingUntil = now;
  }

  /** Returns whether a lane whose message finds too few bytes keeps its turn. */
  boolean keeps(BacklogLane<D, M> lane, long now) {
    if (keeper != lane) {
      if (now - passingUntil < 0) {
        return false;
      }
      keeper = lane;
      keptSince = now;
    }
    if (now - end() < 0) {
      return true;
    }
    standAside(now);
    return false;
  }

  /** Returns when the turn that is kept is over. */
  long end() {
    return keptSince + KEEPS_ITS_TURN;
  }

  /** Ends the turn that was kept, in vain. */
  void standAside(long now) {
    keeper = null;
    passingUntil = now + LETS_PASS;
  }

  /** Notes that a lane asks: if it is another one, nobody keeps a turn any more. */
  void asks(BacklogLane<D, M> lane) {
    if (keeper != lane) {
      keeper = null;
    }
  }

  /** Ends the turn that a lane may have kept: it was admitted. */
  void hadTurn(BacklogLane<D, M> lane) {
    if (keeper == lane) {
      keeper = null;
    }
  }
}
