package org.mailweir.core;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.Refusal.Reason;

/**
 * The rules of admission, each O(1). They only look; whoever asks takes what they grant, under the
 * same lock.
 *
 * <ol start="0">
 *   <li>A tenth of the clients stays free to refuse, and retried mail holds at most 0.7 M; only
 *       what is {@linkplain #brief over in a moment} may take the last ones. At most half of the
 *       clients wait; deliveries to sites that take more than 30 s hold at most half.
 *   <li>A site that is suspended by hand is refused. In a local outage the mail of sites that were
 *       live is held.
 *   <li>A suspended site is refused, and a suspect one with an attempt open. All suspect ones
 *       together hold at most 0.1 M.
 *   <li>Unproven sites together hold at most 0.4 M, and retried mail at most 0.2 M of that; a new
 *       one at most 3. Unproven is a new site, and one that has answered before but fails now, or
 *       was not heard of for ten minutes.
 *   <li>A proven site is admitted while it has less than 2, or less than 4 times the free clients
 *       (a dynamic threshold: Choudhury and Hahne 1998; only after a final 2xx, or if its answers
 *       come quickly: one that turns everything down is not to be refused for that), or if the wait
 *       is short.
 *   <li>What cannot start now waits if its turn is expected within the patience, by the site's
 *       window and by its rate.
 * </ol>
 *
 * <p>Thread safety: none; the gate's lock guards it.
 */
final class AdmissionRules<D> {
  static final int NEW_SITE_MOST = 3;
  static final int ALWAYS_FITS = 2;
  static final long DYNAMIC_FACTOR = 4; // long: there may be more than 2^29 clients
  static final double SHORT_DELIVERY = 2e9;
  static final double SHORT_WAIT = 1e9;

  private static final Map<Reason, Refusal> REFUSALS = new EnumMap<>(Reason.class);

  static {
    for (Reason reason : Reason.values()) {
      REFUSALS.put(reason, new Refusal(reason, Refusal.NO_HINT, ""));
    }
  }

  private final Shares shares;
  private final Counters counters;
  private final Turns<D> turns;
  private final LocalOutage<D> outage;
  private final Limits<D> limits;
  private final long patience;

  AdmissionRules(
      Shares shares,
      Counters counters,
      Turns<D> turns,
      LocalOutage<D> outage,
      Limits<D> limits,
      long patience) {
    this.shares = shares;
    this.counters = counters;
    this.turns = turns;
    this.outage = outage;
    this.limits = limits;
    this.patience = patience;
  }

  /** Returns the one refusal of a reason that has nothing more to say. */
  static Refusal refusal(Reason reason) {
    Refusal refusal = REFUSALS.get(reason);
    if (refusal == null) {
      throw new AssertionError(reason);
    }
    return refusal;
  }

  /** Returns which share of the pairs an admission would count in. */
  Shares.Kind shareOf(Site<D> site, Attempt attempt, long now) {
    return switch (site.standing) {
      case SUSPECT -> Shares.Kind.FAILING;
      case NEW -> unproven(site, attempt);
      case LIVE, RECOVERING ->
          site.doubtful(now) && !outage.holds(site) ? unproven(site, attempt) : Shares.Kind.NONE;
      case SUSPENDED -> Shares.Kind.NONE;
    };
  }

  /**
   * Tells fresh mail from a herd's at an unproven site. A herd is not always old: it shows up at
   * each of its sites more than once. So mail that is not known as retried counts as fresh until
   * some of it was refused here; and mail of unknown age for one attempt at a time.
   */
  private static Shares.Kind unproven(Site<?> site, Attempt attempt) {
    boolean fresh =
        switch (attempt) {
          case FRESH -> !site.refusedYoung;
          case UNKNOWN -> !site.refusedYoung && !site.answered && site.occupancy() == 0;
          case RETRIED -> false;
        };
    return fresh ? Shares.Kind.UNPROVEN : Shares.Kind.UNPROVEN_RETRIED;
  }

  /** Returns the rule that refuses, or null if the admission may start or wait. */
  @Nullable Reason refuses(
      Site<D> site,
      Attempt attempt,
      @Nullable GateTransaction<D> transaction,
      long patience,
      long now) {
    if (limits.byHand(site) != null) {
      return Reason.BY_HAND;
    }
    boolean held = outage.holds(site);
    Reason byStanding = held ? null : refusesByStanding(site, now);
    if (byStanding != null) {
      return byStanding;
    }
    long bytes = GateTransaction.bytesOf(transaction);
    Shares.Kind share = shareOf(site, attempt, now);
    if (!shares.hasRoom(share)) {
      return share == Shares.Kind.FAILING ? Reason.FAILING_SHARE : Reason.UNPROVEN_SHARE;
    }
    if (site.slow && counters.slow >= shares.slow) {
      return Reason.SLOW_SHARE;
    }
    if ((transaction == null || transaction.held == 0)
        && !shares.of(clientOf(site, attempt, bytes, now)).hasRoom()) {
      return Reason.CLIENTS;
    }
    return turns.mayStart(site, bytes) // not if it is held
        ? null
        : refusesToWait(site, attempt, transaction, patience, now);
  }

  /** Returns in which part of the clients an admission would hold its client. */
  Shares.Client clientOf(Site<D> site, Attempt attempt, long bytes, long now) {
    return Shares.Client.of(attempt, brief(site, attempt, bytes, now));
  }

  /**
   * Returns whether the client will be free again in a moment: a proven site, quick, with a short
   * queue, and few attempts anywhere that have yet to get through.
   */
  boolean brief(Site<D> site, Attempt attempt, long bytes, long now) {
    return mayBeBrief(site, attempt, bytes, now)
        && !outage.active()
        && counters.connecting < shares.connectingBriefly;
  }

  /** Returns whether the site itself is such a one, whatever others do at the moment. */
  boolean mayBeBrief(Site<D> site, Attempt attempt, long bytes, long now) {
    return site.standing == Standing.LIVE
        && !site.doubtful(now)
        && site.meanTime() <= SHORT_DELIVERY
        && waitsAtMost(SHORT_WAIT, site, site.ahead(attempt), now)
        && !turns.lacksBytes(site, bytes);
  }

  private static boolean isQuick(Site<?> site) {
    long mean = site.meanTime();
    return mean > 0 && mean <= SHORT_DELIVERY;
  }

  /**
   * Returns whether the site itself takes no more for now, whatever becomes free elsewhere. What is
   * refused else is refused for want of something that all sites share.
   */
  boolean isFull(Site<D> site, long bytes, long now) {
    return limits.byHand(site) != null
        || refusesByStanding(site, now) != null
        || site.waiting > 0
        || !turns.hasRoom(site)
        || !limits.fitSite(site, bytes);
  }

  private boolean waitsAtMost(double nanos, Site<D> site, int others, long now) {
    return site.waitsAtMost(nanos, others) && limits.beginsWithin(nanos, site, others, now);
  }

  private @Nullable Reason refusesByStanding(Site<D> site, long now) {
    return switch (site.standing) {
      case SUSPENDED -> Reason.SUSPENDED;
      case SUSPECT -> site.occupancy() + site.detached > 0 ? Reason.SUSPECT : null;
      case NEW -> holdsEnough(site) ? Reason.UNPROVEN_SHARE : null;
      case LIVE, RECOVERING -> fits(site, now) ? null : Reason.DESTINATION_SHARE;
    };
  }

  /** Returns whether a site is new and holds all that a new one may. */
  boolean holdsEnough(Site<D> site) {
    return site.standing == Standing.NEW && site.occupancy() >= NEW_SITE_MOST;
  }

  private boolean fits(Site<D> site, long now) {
    int occupancy = site.occupancy();
    boolean quick = isQuick(site);
    return occupancy < ALWAYS_FITS
        || ((site.delivered || quick) && occupancy < DYNAMIC_FACTOR * shares.freeClients())
        || (quick && waitsAtMost(SHORT_WAIT, site, site.waiting, now));
  }

  private @Nullable Reason refusesToWait(
      Site<D> site,
      Attempt attempt,
      @Nullable GateTransaction<D> transaction,
      long patience,
      long now) {
    if (patience == 0) {
      return turns.inTheWay(site, GateTransaction.bytesOf(transaction));
    }
    double longest = Math.min(patience, this.patience);
    int others = site.ahead(attempt);
    if (!outage.holds(site)) {
      if (!site.waitsAtMost(longest, others)) {
        return Reason.LONG_WAIT;
      }
      if (!limits.beginsWithin(longest, site, others, now)) {
        return Reason.RATE;
      }
    }
    return turns.mayWait(transaction) ? null : Reason.WAITING_SHARE;
  }
}
