package org.mailweir.core;

/**
 * What is known of a destination.
 *
 * <p>The legal edges; every other one is a defect and fails an assertion:
 *
 * <pre>
 * NEW        -> LIVE        answered, or a probe got through
 *            -> SUSPECT     an attempt was detached before it was ready
 *            -> SUSPENDED   unreachable
 * SUSPECT    -> LIVE        answered, or the detached attempt got through
 *            -> SUSPENDED   unreachable
 * LIVE       -> SUSPENDED   three failures without a success between
 * SUSPENDED  -> RECOVERING  answered, or a probe got through
 *            -> NEW         unprobed for an hour
 *            -> any other   its former standing (NEW for a suspect one), when a local outage takes
 *                           the suspension back
 * RECOVERING -> LIVE        its window reached 20
 *            -> SUSPENDED   three failures without a success between
 * </pre>
 */
public enum Standing {
  /** Never heard of, or forgotten. */
  NEW,
  /** An attempt has hung; nothing has answered yet. */
  SUSPECT,
  /** Answers. */
  LIVE,
  /** Refused at once; only its probe is on a timer. */
  SUSPENDED,
  /** Was suspended and answers again; its window ramps up. */
  RECOVERING;

  /** Returns whether the edge to {@code next} is legal. */
  boolean mayBecome(Standing next) {
    return switch (this) {
      case NEW -> next == LIVE || next == SUSPECT || next == SUSPENDED;
      case SUSPECT -> next == LIVE || next == SUSPENDED;
      case LIVE -> next == SUSPENDED;
      case SUSPENDED -> next != SUSPENDED && next != SUSPECT;
      case RECOVERING -> next == LIVE || next == SUSPENDED;
    };
  }
}
