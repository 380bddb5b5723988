package org.mailweir.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.Refusal.Reason;

/**
 * Decides who may start, and whose turn it is among those that wait.
 *
 * <p>A site may start while it is in flight below its window and the gate below its limit. Sites
 * that could start one stand in a ring and take turns, one delivery each, so that a site with a
 * long queue does not go before the others; within a site fresh mail goes first. While a local
 * outage holds a site it has no turn; afterwards the turns are spread over a second. Who waits for
 * bytes is in {@link ByteTurns}.
 *
 * <p>Thread safety: none; the gate's lock guards it.
 */
final class Turns<D> {
  /** Longest that an outage holds a waiter: below Postfix's lmtp_rcpt_timeout of 300 s. */
  static final long LONGEST_HOLD = 240_000_000_000L;

  private final Shares shares;
  private final DestinationTable<D, Site<D>> table;
  private final TimerWheel wheel;
  private final Counters counters;
  private final Callbacks callbacks;
  private final Underway<D> underway;
  private final Limits<D> limits;
  private final Predicate<Site<D>> held;
  private final ArrayDeque<Site<D>> ring = new ArrayDeque<>();
  private final ByteTurns<D> byteTurns;

  /** Told once when something that all sites share was given back; see {@link Doorbell}. */
  @Nullable Runnable watch;

  private final Release release = new Release();

  Turns(
      Shares shares,
      DestinationTable<D, Site<D>> table,
      TimerWheel wheel,
      Counters counters,
      Callbacks callbacks,
      Underway<D> underway,
      Limits<D> limits,
      Predicate<Site<D>> held) {
    this.shares = shares;
    this.table = table;
    this.wheel = wheel;
    this.byteTurns = new ByteTurns<>(wheel);
    this.counters = counters;
    this.callbacks = callbacks;
    this.underway = underway;
    this.limits = limits;
    this.held = held;
  }

  // -- who may start

  /** Returns whether a newcomer of that size may start now without overtaking one that waits. */
  boolean mayStart(Site<D> site, long bytes) {
    return site.waiting == 0
        && ring.isEmpty()
        && hasRoom(site)
        && shares.inFlight.hasRoom()
        && limits.fit(site, bytes);
  }

  boolean hasRoom(Site<D> site) {
    return site.windowHasRoom() && !site.paused && !limits.hold(site) && !held.test(site);
  }

  /** Returns which limit is in the way of the next start there. */
  Reason inTheWay(Site<D> site, long bytes) {
    if (held.test(site)) {
      return Reason.LONG_WAIT;
    }
    if (limits.hold(site)) {
      return Reason.RATE;
    }
    boolean other = !hasRoom(site) || !shares.inFlight.hasRoom();
    return !other && lacksBytes(site, bytes) ? Reason.BYTES : Reason.LONG_WAIT;
  }

  /** Returns whether bytes are short for the next start there, or for one whose turn is before. */
  boolean lacksBytes(Site<D> site, long bytes) {
    if (!limits.limitBytes()) {
      return false;
    }
    Site<D> first = ring.peek();
    return !limits.fit(site, nextSize(site, bytes))
        || (first != null && !limits.bytes.fits(nextSize(first, 0)));
  }

  /** Returns the size of the message that is next there, which is the newcomer's if none waits. */
  static long nextSize(Site<?> site, long newcomer) {
    Waiter<?> next = site.nextWaiter();
    return next == null ? newcomer : next.permit.bytes();
  }

  // -- waiting

  /** Returns whether the transaction may have an admission that waits. */
  boolean mayWait(@Nullable GateTransaction<D> transaction) {
    return waits(transaction) || shares.waiting.hasRoom();
  }

  private static boolean waits(@Nullable GateTransaction<?> transaction) {
    return transaction != null && !transaction.waiters.isEmpty();
  }

  /** Lets a permit wait. Its client and its share are held already, and it {@link #mayWait}. */
  Waiter<D> await(GatePermit<D> permit, long deadline, boolean first, long now) {
    Site<D> site = permit.site;
    if (!waits(permit.transaction)) {
      shares.waiting.take();
    }
    Waiter<D> waiter = new Waiter<>(permit, now, this, new CompletableFuture<>());
    table.pin(site);
    site.waiting++;
    counters.waiting++;
    if (first) {
      site.queue().addFirst(waiter);
    } else {
      site.queue().add(waiter);
    }
    if (permit.transaction != null) {
      permit.transaction.waiters.add(waiter);
    }
    wheel.schedule(waiter, deadline);
    offer(site); // the site may have room, and only the gate be full
    return waiter;
  }

  private void leaveQueue(Waiter<D> waiter, long now) {
    GatePermit<D> permit = waiter.permit;
    Site<D> site = permit.site;
    waiter.queued = false;
    WaitQueue<D> queue = site.queue();
    queue.remove(waiter);
    site.waiting--;
    if (queue.isIdle()) {
      site.queue = null;
    }
    counters.waiting--;
    wheel.cancel(waiter);
    GateTransaction<D> transaction = permit.transaction;
    if (transaction == null) {
      shares.waiting.give();
    } else {
      transaction.waiters.remove(waiter);
      if (transaction.waiters.isEmpty()) {
        shares.waiting.give();
      }
    }
    table.unpin(site, now);
  }

  /** Ends a wait without a turn, and gives back all that it held. */
  void refuse(Waiter<D> waiter, Refusal refusal, long now) {
    leaveQueue(waiter, now);
    GatePermit<D> permit = waiter.permit;
    permit.become(GatePermit.State.SETTLED);
    giveBack(permit);
    permit.site.countRefused(refusal.reason());
    counters.refused(refusal.reason());
    callbacks.add(() -> waiter.answer.complete(refusal));
    if (byteTurns.leave(permit.site)) {
      permit.site.inTurnRing = false; // the next one may be smaller
    }
    offer(permit.site);
  }

  void refuseAll(Site<D> site, Refusal refusal, long now) {
    for (Waiter<D> next = site.nextWaiter(); next != null; next = site.nextWaiter()) {
      refuse(next, refusal, now);
    }
  }

  void refuseAll(GateTransaction<D> transaction, Refusal refusal, long now) {
    for (Waiter<D> waiter : List.copyOf(transaction.waiters)) {
      refuse(waiter, refusal, now);
    }
  }

  void patienceOver(Waiter<D> waiter, long now) {
    run(now); // its turn may have come in the same step of the time
    if (!waiter.queued) {
      return;
    }
    long longest = waiter.since + LONGEST_HOLD;
    if (held.test(waiter.permit.site) && longest - now > 0) {
      wheel.schedule(waiter, longest);
    } else {
      refuse(waiter, timedOut(waiter, now), now);
    }
  }

  private Refusal timedOut(Waiter<D> waiter, long now) {
    Site<D> site = waiter.permit.site;
    long size = nextSize(site, 0);
    Reason reason = inTheWay(site, size);
    if (reason == Reason.LONG_WAIT) {
      return AdmissionRules.refusal(Reason.TIMED_OUT);
    }
    int others = site.ahead(waiter.permit.attempt()) - 1; // it stands there itself
    return limits.refusal(site, reason, Math.max(0, others), size, now);
  }

  /**
   * Gives back the client (unless its transaction needs it still) and the share of a permit. An
   * {@link #offer} of its site has to follow, which tells of it.
   */
  void giveBack(GatePermit<D> permit) {
    shares.give(permit.share());
    GateTransaction<D> transaction = permit.transaction;
    if (transaction == null) {
      shares.of(permit.client()).give();
    } else if (--transaction.held == 0) {
      shares.of(transaction.client).give();
    }
  }

  // -- turns

  /** Tells that a site might have a turn now, or that it gave something back that all share. */
  void offer(Site<D> site) {
    if (site.waiting > 0 && !site.inTurnRing && mayHaveTurn(site)) {
      site.inTurnRing = true;
      ring.add(site);
    }
    WaitQueue<D> queue = site.queue;
    if (queue != null && queue.watch != null && hasRoom(site)) {
      callbacks.add(queue.watch);
      queue.watch = null;
      site.queue = queue.isIdle() ? null : queue;
    }
    ring();
  }

  /** Tells that something that all sites share was given back. */
  void ring() {
    Runnable watcher = watch;
    if (watcher != null) {
      watch = null;
      callbacks.add(watcher);
    }
  }

  private boolean mayHaveTurn(Site<D> site) {
    return hasRoom(site) && limits.fitSite(site, nextSize(site, 0));
  }

  /** Gives turns until nobody can start any more. */
  void run(long now) {
    if (byteTurns.areSomeAside()) {
      giveTurnsAside(now);
    }
    int passing = 0; // so many go before the next one that keeps its turn
    while (!ring.isEmpty() && canStart(now)) {
      Site<D> site = ring.element();
      boolean lacksBytes = lacksBytesForItsTurn(site);
      boolean passed = lacksBytes && passing > 0;
      if (lacksBytes && !passed && byteTurns.keepsItsTurn(site, now)) {
        return;
      }
      ring.remove();
      passing--;
      if (passed) {
        ring.add(site);
      } else if (lacksBytes) {
        passing = ring.size(); // it stands aside
      } else {
        byteTurns.hasTurn(site);
        giveTurn(site, now);
      }
    }
  }

  private void giveTurnsAside(long now) {
    for (Site<D> site : byteTurns.aside()) {
      if (canStart(now) && !lacksBytesForItsTurn(site)) {
        byteTurns.leave(site);
        giveTurn(site, now);
      }
    }
  }

  private boolean canStart(long now) {
    return shares.inFlight.hasRoom() && release.allows(now);
  }

  private boolean lacksBytesForItsTurn(Site<D> site) {
    return mayHaveTurn(site) && !limits.bytes.fits(nextSize(site, 0));
  }

  private void giveTurn(Site<D> site, long now) {
    site.inTurnRing = false;
    Waiter<D> waiter = site.nextWaiter();
    if (waiter == null || !mayHaveTurn(site)) {
      return;
    }
    leaveQueue(waiter, now);
    release.gaveTurn();
    GatePermit<D> permit = waiter.permit;
    underway.start(permit, now);
    callbacks.add(() -> hand(waiter, permit));
    offer(site);
  }

  /** Hands a permit out; one that nobody can take any more is given back, not lost. */
  private static <D> void hand(Waiter<D> waiter, GatePermit<D> permit) {
    if (!waiter.answer.complete(permit)) {
      permit.close();
    }
  }

  /** Spreads the turns of the next second over that second: an outage is over. */
  void release(Iterable<Site<D>> sites, long now) {
    release.begin(counters.waiting, now);
    List<Site<D>> all = new ArrayList<>();
    sites.forEach(all::add);
    all.forEach(this::offer);
  }

  /** Returns whether turns are held up only by the spreading after an outage. */
  boolean releasing() {
    return release.isActive() && !ring.isEmpty() && shares.inFlight.hasRoom();
  }
}
