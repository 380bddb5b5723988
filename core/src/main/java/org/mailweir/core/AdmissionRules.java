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
 *   <li>In a local outage the mail of sites that were live is held.
 *   <li>A suspended site is refused, and a suspect one with an attempt open. All suspect ones
 *       together hold at most 0.1 M.
 *   <li>Unproven sites together hold at most 0.4 M, and retried mail at most 0.2 M of that; a new
 *       one at most 3. Unproven is a new site, and one that has answered before but fails now, or
 *       was not heard of for ten minutes.
 *   <li>A proven site is admitted while it has less than 2, or less than 4 times the free clients
 *       (a dynamic threshold: Choudhury and Hahne 1998; only after a final 2xx, or if its answers
 *       come quickly: one that turns everything down is not to be refused for that), or if the wait
 *       is short.
 *   <li>What cannot start now waits if its turn is expected within the patience.
 * </ol>
 *
 * <p>Thread safety: none; the gate's lock guards it.
 */
final class AdmissionRules<D> {
  static final int NEW_SITE_MOST = 3;
  static final int ALWAYS_FITS = 2;
  static final int DYNAMIC_FACTOR = 4;
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
  private final long patience;

  AdmissionRules(
      Shares shares, Counters counters, Turns<D> turns, LocalOutage<D> outage, long patience) {
    this.shares = shares;
    this.counters = counters;
    this.turns = turns;
    this.outage = outage;
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
    boolean held = outage.holds(site);
    Reason byStanding = held ? null : refusesByStanding(site);
    if (byStanding != null) {
      return byStanding;
    }
    Shares.Kind share = shareOf(site, attempt, now);
    if (!shares.hasRoom(share)) {
      return share == Shares.Kind.FAILING ? Reason.FAILING_SHARE : Reason.UNPROVEN_SHARE;
    }
    if (site.slow && counters.slow >= shares.slow) {
      return Reason.SLOW_SHARE;
    }
    if ((transaction == null || transaction.held == 0)
        && !shares.of(clientOf(site, attempt, now)).hasRoom()) {
      return Reason.CLIENTS;
    }
    return !held && turns.mayStart(site)
        ? null
        : refusesToWait(site, attempt, transaction, patience);
  }

  /** Returns in which part of the clients an admission would hold its client. */
  Shares.Client clientOf(Site<D> site, Attempt attempt, long now) {
    return Shares.Client.of(attempt, brief(site, attempt, now));
  }

  /**
   * Returns whether the client will be free again in a moment: a proven site, quick, with a short
   * queue, and few attempts anywhere that have yet to get through.
   */
  private boolean brief(Site<D> site, Attempt attempt, long now) {
    return site.standing == Standing.LIVE
        && !site.doubtful(now)
        && !outage.active()
        && site.meanTime() <= SHORT_DELIVERY
        && site.waitsAtMost(SHORT_WAIT, site.ahead(attempt))
        && counters.connecting < shares.connectingBriefly;
  }

  private static boolean isQuick(Site<?> site) {
    long mean = site.meanTime();
    return mean > 0 && mean <= SHORT_DELIVERY;
  }

  /**
   * Returns whether the site itself takes no more for now, whatever becomes free elsewhere. What is
   * refused else is refused for want of something that all sites share.
   */
  boolean isFull(Site<D> site) {
    return refusesByStanding(site) != null || site.waiting > 0 || !turns.hasRoom(site);
  }

  private @Nullable Reason refusesByStanding(Site<D> site) {
    return switch (site.standing) {
      case SUSPENDED -> Reason.SUSPENDED;
      case SUSPECT -> site.occupancy() + site.detached > 0 ? Reason.SUSPECT : null;
      case NEW -> site.occupancy() >= NEW_SITE_MOST ? Reason.UNPROVEN_SHARE : null;
      case LIVE, RECOVERING -> fits(site) ? null : Reason.DESTINATION_SHARE;
    };
  }

  private boolean fits(Site<D> site) {
    int occupancy = site.occupancy();
    boolean quick = isQuick(site);
    return occupancy < ALWAYS_FITS
        || ((site.delivered || quick) && occupancy < DYNAMIC_FACTOR * shares.freeClients())
        || (quick && site.waitsAtMost(SHORT_WAIT, site.waiting));
  }

  private @Nullable Reason refusesToWait(
      Site<D> site, Attempt attempt, @Nullable GateTransaction<D> transaction, long patience) {
    if (patience == 0) {
      return Reason.LONG_WAIT;
    }
    double longest = Math.min(patience, this.patience);
    if (!outage.holds(site) && !site.waitsAtMost(longest, site.ahead(attempt))) {
      return Reason.LONG_WAIT;
    }
    return turns.mayWait(transaction) ? null : Reason.WAITING_SHARE;
  }
}
