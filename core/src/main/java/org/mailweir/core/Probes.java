package org.mailweir.core;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Plans probes: when a suspended site is due, and within which budget.
 *
 * <p>The wait before a probe is max(schedule, N / B) with equal jitter: N suspended sites never ask
 * for more than B probes a second together. A site for which no mail came for two hours is not
 * probed; the next refusal asks again. Due sites stand in two queues: urgent ones (unproven sites
 * with fresh mail), and the others, whose is every tenth probe at least: names that come once must
 * not keep suspended sites from being probed. Handing out is paced to B a second by the generic
 * cell rate algorithm (ITU-T I.371), with a burst of one second's worth.
 *
 * <p>The tries of a local outage are outside the budget B, and have a place of their own among the
 * probes under way: they are one every 2 s.
 *
 * <p>Thread safety: none; the gate's lock guards it.
 */
final class Probes<D> {
  static final long WANTED_FOR = 2 * 3600 * 1_000_000_000L;
  static final long FORGOTTEN_AFTER = 3600 * 1_000_000_000L;

  /** A budget of less than one in a year is one in a year: readings of the time must not wrap. */
  private static final double LONGEST_INTERVAL = 1e9 * 86_400 * 365;

  /** So many urgent ones in a row, at most, while others are due. */
  private static final int URGENT_IN_ROW = 9;

  private final RetrySchedule schedule;
  private final RandomGenerator random;
  private final TimerWheel wheel;
  private final Counters counters;
  private final Shares shares;
  private final double perSecond;
  private final long interval;
  private final Set<Site<D>> demanded = new LinkedHashSet<>();
  private final Set<Site<D>> urgent = new LinkedHashSet<>();
  private final Set<Site<D>> due = new LinkedHashSet<>();
  private int urgentInRow;
  private long nextSlot;

  Probes(GateBuilder<D> builder, TimerWheel wheel, Counters counters, Shares shares, long now) {
    this.schedule = builder.probeSchedule();
    this.random = builder.random();
    this.wheel = wheel;
    this.counters = counters;
    this.shares = shares;
    this.perSecond = builder.probesPerSecond;
    this.interval = (long) Math.min(1e9 / perSecond, LONGEST_INTERVAL);
    this.nextSlot = now;
  }

  /** Plans the next probe of a suspended site and returns when it is due. */
  long plan(Site<D> site, long now) {
    Trouble<D> trouble = site.trouble();
    long wait = schedule.nextNanos(trouble.probeFailures + 1, 0, random);
    if (wait < 0) {
      wait = WANTED_FOR;
    }
    int suspended = counters.standings[Standing.SUSPENDED.ordinal()];
    double spread = suspended / perSecond * 1e9 * (0.5 + random.nextDouble() / 2);
    long time = now + Math.max(wait, (long) spread);
    wheel.schedule(trouble, time);
    return time;
  }

  /**
   * Plans a probe again that another gate had planned, and returns when it is due. One whose time
   * has passed meanwhile is due within the time that the budget needs for all suspended sites.
   */
  long resume(Trouble<D> trouble, long delay, long now) {
    double all = counters.standings[Standing.SUSPENDED.ordinal()] / perSecond * 1e9;
    long wait = delay > 0 ? Math.min(delay, WANTED_FOR) : (long) (all * random.nextDouble());
    wheel.schedule(trouble, now + wait);
    return now + wait;
  }

  /** Queues a suspended site whose probe has come due, if there is mail for it. */
  void dueNow(Site<D> site, long now) {
    Trouble<D> trouble = site.trouble();
    if (now - trouble.lastRefused < WANTED_FOR) {
      queue(site, due);
    } else if (!planned(site)) {
      trouble.refusal = null; // no probe is planned: the next one who is refused asks for it
    }
  }

  /** Returns whether the next probe of a site is planned, due or under way. */
  boolean planned(Site<D> site) {
    return site.probeQueued || site.probing || site.trouble().isScheduled();
  }

  /**
   * Asks for a probe, of an unproven site whose mail was refused say.
   *
   * @param soon before those that are due, though it be due itself
   */
  void want(Site<D> site, boolean soon) {
    queue(site, soon ? urgent : due);
  }

  /** Asks for a probe outside the budget: is our own network up? */
  void demand(Site<D> site) {
    if (!site.probing) {
      demanded.add(site);
    }
  }

  /** Returns how many sites are due. */
  int due() {
    return demanded.size() + urgent.size() + due.size();
  }

  private void queue(Site<D> site, Set<Site<D>> queue) {
    if (site.probeQueued && queue == urgent && due.remove(site)) {
      urgent.add(site);
    } else if (!site.probeQueued && !site.probing) {
      site.probeQueued = true;
      queue.add(site);
    }
  }

  void cancelPlan(Site<D> site) {
    if (site.trouble != null) {
      wheel.cancel(site.trouble);
    }
  }

  /** Drops a site that leaves the table, or names that come once would pile up in the queues. */
  void forget(Site<D> site) {
    cancelPlan(site);
    if (site.trouble != null && site.trouble.pauseAlarm != null) {
      wheel.cancel(site.trouble.pauseAlarm);
    }
    demanded.remove(site);
    urgent.remove(site);
    due.remove(site);
  }

  /** Returns the next site to probe, if one is due and the budget allows it. */
  @Nullable Site<D> poll(long now) {
    for (Site<D> site = shares.probes.hasRoom() ? first(demanded) : null;
        site != null;
        site = first(demanded)) {
      if (!site.probing) {
        return site;
      }
    }
    if (!shares.probesPlanned.hasRoom()) {
      return null;
    }
    long earliest = now - 1_000_000_000L;
    if (earliest - nextSlot > 0) {
      nextSlot = earliest;
    }
    while (nextSlot - now <= 0) {
      Site<D> site = first(isUrgentNext() ? urgent : due);
      if (site == null) {
        return null;
      }
      site.probeQueued = false;
      if (!site.probing && useful(site, now)) {
        nextSlot += interval;
        return site;
      }
    }
    return null;
  }

  private boolean isUrgentNext() {
    boolean others = urgent.isEmpty() || (urgentInRow == URGENT_IN_ROW && !due.isEmpty());
    urgentInRow = others ? 0 : Math.min(urgentInRow + 1, URGENT_IN_ROW);
    return !others;
  }

  private static <D> @Nullable Site<D> first(Set<Site<D>> queue) {
    Iterator<Site<D>> sites = queue.iterator();
    if (!sites.hasNext()) {
      return null;
    }
    Site<D> site = sites.next();
    sites.remove();
    return site;
  }

  private static boolean useful(Site<?> site, long now) {
    return switch (site.standing) {
      case SUSPENDED, NEW -> true;
      case SUSPECT -> site.occupancy() + site.detached == 0;
      case LIVE, RECOVERING -> site.doubtful(now);
    };
  }

  /** Returns when {@link #poll} may have something, if sites are due. */
  @Nullable Long nextPoll(long now) {
    if (!demanded.isEmpty() && shares.probes.hasRoom()) {
      return now;
    }
    if (!shares.probesPlanned.hasRoom()) {
      return null;
    }
    return urgent.isEmpty() && due.isEmpty() ? null : (Long) nextSlot;
  }
}
