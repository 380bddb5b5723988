package org.mailweir.core;

import org.jspecify.annotations.Nullable;
import org.mailweir.core.BacklogEntry.State;

/** Counts again what a backlog counts as it goes. For tests; under the backlog's lock. */
final class BacklogAudit {
  private BacklogAudit() {}

  static <D, M> void check(BacklogStock<D, M> stock) {
    int waiting = 0;
    int queued = 0;
    int pending = 0;
    int parked = 0;
    for (BacklogSite<D, M> site : stock.sites.values()) {
      int ownWaiting = count(site.waiting, State.WAITING, site);
      int ownQueued = count(site.retried.mail, State.QUEUED, site);
      check(site.retried, stock);
      BacklogLane<D, M> fresh = site.freshIfAny();
      if (fresh != null) {
        ownQueued += count(fresh.mail, State.QUEUED, site);
        check(fresh, stock);
      }
      check(site.pending >= ownWaiting + ownQueued, "pending of " + site.destination);
      check(site.pending > 0 || site.isAsking(), "no mail for " + site.destination);
      check(site.parked == site.isScheduled(), "timer of " + site.destination);
      check(site.parked || !site.suspended, "suspended, but not parked: " + site.destination);
      waiting += ownWaiting;
      queued += ownQueued;
      pending += site.pending;
      parked += site.parked ? 1 : 0;
    }
    equal("waiting", waiting, stock.waiting);
    equal("queued", queued, stock.queued);
    equal("expired", count(stock.expired, State.EXPIRED, null), stock.lapsed);
    equal("pending", pending, stock.size());
    equal("parked", parked, stock.parked);
    int timers = waiting + queued + parked + (stock.scoutAlarm.isScheduled() ? 1 : 0);
    equal("timers", timers, stock.wheel.size());
    stock.rounds.assertConsistent(stock.scoutAlarm.isScheduled());
  }

  private static <D, M> void check(BacklogLane<D, M> lane, BacklogStock<D, M> stock) {
    boolean inRound = lane.next() != null && !lane.asking && !lane.site.parked;
    check(inRound == (lane.ring != null), lane.attempt + " lane of " + lane.site.destination);
    check(lane.site == stock.sites.get(lane.site.destination), "site of " + lane.site.destination);
  }

  private static <D, M> int count(
      BacklogList<D, M> list, State state, @Nullable BacklogSite<D, M> site) {
    int count = 0;
    BacklogEntry<D, M> before = null;
    for (BacklogEntry<D, M> entry = list.first(); entry != null; entry = entry.behind) {
      equal("state of " + entry, state, entry.state());
      check(site == null || entry.site == site, "in the wrong list: " + entry);
      check(entry.before == before, "link of " + entry);
      check(entry.isScheduled() == (state != State.EXPIRED), "timer of " + entry);
      before = entry;
      count++;
    }
    check(list.last() == before, "end of a list");
    return count;
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  private static void equal(String what, Object counted, Object kept) {
    if (!counted.equals(kept)) {
      throw new AssertionError(what + ": counted " + counted + ", kept " + kept);
    }
  }
}
