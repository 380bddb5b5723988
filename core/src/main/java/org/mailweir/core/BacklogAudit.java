package org.mailweir.core;

import org.jspecify.annotations.Nullable;
import org.mailweir.core.BacklogPlaces.State;

/** Counts again what a backlog counts as it goes. For tests; under the backlog's lock. */
final class BacklogAudit {
  private BacklogAudit() {}

  static <D, M> void check(BacklogStock<D, M> stock) {
    stock.sites.assertConsistent();
    int waiting = 0;
    int queued = 0;
    int pending = 0;
    int parked = 0;
    int heads = 1; // of those whose life is over
    for (BacklogSite<D, M> site : stock.sites.all()) {
      heads += 2;
      int ownWaiting = count(stock, site.waiting, State.WAITING, site);
      int ownQueued = count(stock, site.retried.mail, State.QUEUED, site);
      check(site.retried, stock);
      BacklogLane<D, M> fresh = site.freshIfAny();
      if (fresh != null) {
        heads++;
        ownQueued += count(stock, fresh.mail, State.QUEUED, site);
        check(fresh, stock);
      }
      check(site.pending >= ownWaiting + ownQueued, "pending of " + site.destination);
      check(site.pending > 0, "no mail for " + site.destination);
      check(site.parked == site.isScheduled(), "timer of " + site.destination);
      check(site.parked || !site.suspended, "suspended, but not parked: " + site.destination);
      waiting += ownWaiting;
      queued += ownQueued;
      pending += site.pending;
      parked += one(site.parked);
    }
    equal("waiting", waiting, stock.waiting);
    equal("queued", queued, stock.queued);
    equal("expired", count(stock, stock.expired, State.EXPIRED, null), stock.lapsed);
    equal("pending", pending, stock.size());
    equal("parked", parked, stock.parked);
    equal("timers", waiting + queued, stock.wheel.size());
    equal("site timers", parked + one(stock.scoutAlarm.isScheduled()), stock.siteWheel.size());
    int used = stock.size() + heads + stock.wheel.slots.blocks();
    equal("places", stock.places.capacity(), stock.places.free() + used);
    stock.wheel.assertConsistent();
    stock.rounds.assertConsistent(stock.scoutAlarm.isScheduled());
  }

  private static <D, M> void check(BacklogLane<D, M> lane, BacklogStock<D, M> stock) {
    boolean inRound = lane.hasMail() && !lane.site.parked;
    check(inRound == (lane.ring != null), lane.attempt + " lane of " + lane.site.destination);
    check(lane.site == stock.sites.get(lane.site.destination), "site of " + lane.site.destination);
  }

  private static <D, M> int count(
      BacklogStock<D, M> stock, int head, State state, @Nullable BacklogSite<D, M> site) {
    BacklogPlaces places = stock.places;
    int count = 0;
    int before = head;
    for (int place = places.lists.after(head); place != head; place = places.lists.after(place)) {
      equal("state of " + place, state, places.state(place));
      check(site == null || stock.site(place) == site, "in the wrong list: " + place);
      check(places.lists.before(place) == before, "link of " + place);
      before = place;
      count++;
    }
    check(places.lists.before(head) == before, "end of a list");
    return count;
  }

  private static int one(boolean holds) {
    return holds ? 1 : 0;
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
