package org.mailweir.lab.policy;

import org.mailweir.core.Outcome;
import org.mailweir.lab.world.Ending;

/** What the gate is told of an ending. */
final class Outcomes {
  private Outcomes() {}

  static Outcome of(Ending ending) {
    return switch (ending) {
      case DELIVERED -> Outcome.DELIVERED;
      case DEFERRED -> Outcome.DEFERRED;
      case READY -> Outcome.READY;
      case PUSHED_BACK -> Outcome.PUSHED_BACK;
      case REFUSED, TIMED_OUT -> Outcome.UNREACHABLE;
    };
  }
}
