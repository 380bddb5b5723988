package org.mailweir.core;

/**
 * A backlog's totals; they never go backwards.
 *
 * <p>Thread safety: none; the backlog's lock guards it.
 */
final class BacklogTotals {
  long accepted;
  long turnedAway;
  long permitted;
  long expired;
  long cancelled;
  long returned;

  /** Counts a message that is given up. */
  void countGivenUp(Dispatch<?, ?> dispatch) {
    if (dispatch instanceof Dispatch.Expired<?, ?>) {
      expired++;
    } else {
      returned++;
    }
  }

  BacklogStats with(BacklogStock<?, ?> stock) {
    return new BacklogStats(
        stock.waiting,
        stock.queued,
        stock.lapsed,
        stock.sites.size(),
        stock.parked,
        stock.rounds.shutOut(),
        accepted,
        turnedAway,
        permitted,
        expired,
        cancelled,
        returned);
  }
}
