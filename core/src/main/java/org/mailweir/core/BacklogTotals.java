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
