package org.mailweir.core;

import java.util.List;
import org.mailweir.core.Refusal.Reason;

/**
 * Learns from outcomes: moves a site along the edges of {@link Standing}, sizes its window, and
 * notices a local outage. Message fate is no concern of it.
 *
 * <p>Alive is whoever answers at or after MAIL, greylisting and rejections included; only connect,
 * banner, EHLO and TLS failures speak against a site. A site that has never answered is suspended
 * by its first failure, any other by the third without a success between.
 *
 * <p>Thread safety: none; the gate's lock guards it.
 */
final class Standings<D> {
  static final int FAILURES_TO_SUSPEND = 3;
  static final int DEFERRALS_TO_HALVE = 10;
  static final double DETACH_CUT = 0.7;

  /** A detached attempt is a failure only if the site has not answered for that long. */
  static final long QUIET = 5_000_000_000L;

  /** Lookup failures of one site count once in that time, and the first does not. */
  static final long UNRESOLVED_COUNTS_EVERY = 60_000_000_000L;

  /** A site that takes no connection of ours is left alone for that long. */
  static final long PAUSE = 1_000_000_000L;

  private static final String ANSWERS = "it answers";

  private final TimerWheel wheel;
  private final Shares shares;
  private final Counters counters;
  private final Callbacks callbacks;
  private final GateListener<D> listener;
  private final Flights<D> flights;
  private final Turns<D> turns;
  private final Probes<D> probes;
  private final LocalOutage<D> outage;

  Standings(
      TimerWheel wheel,
      Shares shares,
      Counters counters,
      Callbacks callbacks,
      GateListener<D> listener,
      Flights<D> flights,
      Turns<D> turns,
      Probes<D> probes,
      LocalOutage<D> outage) {
    this.wheel = wheel;
    this.shares = shares;
    this.counters = counters;
    this.callbacks = callbacks;
    this.listener = listener;
    this.flights = flights;
    this.turns = turns;
    this.probes = probes;
    this.outage = outage;
  }

  // -- outcomes of deliveries, detached attempts and probes

  /** Learns from a permit that is being settled; it is still counted in flight or detached. */
  void learn(GatePermit<D> permit, Outcome outcome, String detail, long now) {
    Site<D> site = permit.site;
    switch (outcome) {
      case DELIVERED -> {
        alive(site, now);
        delivered(permit, now);
      }
      case READY -> alive(site, now);
      case REJECTED -> answered(permit, now);
      case DEFERRED -> {
        answered(permit, now);
        if (++site.deferralsInRow >= DEFERRALS_TO_HALVE) {
          site.deferralsInRow = 0;
          site.cutWindow(0.5, flights.began(permit), now);
        }
      }
      case THROTTLED -> {
        answered(permit, now);
        site.cutWindow(0.5, flights.began(permit), now);
      }
      case PUSHED_BACK -> pushedBack(permit, detail, now);
      case UNREACHABLE -> failed(site, detail, !permit.failureCounted, now);
      case UNRESOLVED -> unresolved(site, detail, now);
      case UNKNOWN -> {}
    }
  }

  /** Learns from a probe. */
  void learn(Site<D> site, Outcome outcome, String detail, long now) {
    Trouble<D> trouble = site.trouble();
    trouble.probed = true;
    trouble.lastProbed = now;
    if (outcome.provesAlive()) {
      alive(site, now);
    } else if (outcome == Outcome.UNREACHABLE && site.standing != Standing.SUSPENDED) {
      failed(site, detail, true, now);
    } else if (outcome == Outcome.UNRESOLVED && site.standing != Standing.SUSPENDED) {
      unresolved(site, detail, now);
    }
    if (site.standing == Standing.SUSPENDED && !probes.planned(site)) {
      if (outcome == Outcome.UNREACHABLE) {
        trouble.probeFailures++;
        trouble.cause = detail.isEmpty() ? trouble.cause : detail;
        outage.failed(site, now);
      }
      planProbe(site, now);
    }
  }

  /** Learns that an attempt is not ready in time; it is still counted in flight. */
  void detaching(GatePermit<D> permit, long now) {
    Site<D> site = permit.site;
    outage.failed(site, now);
    switch (site.standing) {
      case NEW -> {
        become(site, Standing.SUSPECT, "not ready in time");
        turns.refuseAll(site, AdmissionRules.refusal(Reason.SUSPECT), now);
      }
      case LIVE, RECOVERING -> {
        if (outage.holds(site)) {
          break;
        }
        site.cutWindow(DETACH_CUT, flights.began(permit), now);
        if (!site.succeededSince(now - QUIET)) {
          permit.failureCounted = true;
          countFailure(site, "not ready in time", now);
        }
      }
      case SUSPECT, SUSPENDED -> {}
    }
    checkOutage(now);
  }

  private void alive(Site<D> site, long now) {
    site.forgetFailures();
    switch (site.standing) {
      case NEW, SUSPECT -> {
        site.raiseWindowTo(Window.LIVE_SITE, now);
        become(site, Standing.LIVE, ANSWERS);
      }
      case SUSPENDED -> recover(site, now);
      case RECOVERING, LIVE -> {}
    }
    List<Site<D>> takenBack = outage.active() ? outage.takeSuspended() : List.of();
    long heldSince = outage.heldSince();
    if (outage.succeeded(site, now)) {
      takeBack(takenBack, now);
      turns.release(outage.recentlyLive(heldSince), now);
      callbacks.add(listener::onOutageOver);
    }
    turns.offer(site);
  }

  private void answered(GatePermit<D> permit, long now) {
    alive(permit.site, now);
    if (permit.state() == GatePermit.State.IN_FLIGHT) {
      permit.site.answeredAfter(now - flights.began(permit));
    }
  }

  private void delivered(GatePermit<D> permit, long now) {
    Site<D> site = permit.site;
    site.delivered = true;
    site.deferralsInRow = 0;
    if (site.trouble != null) {
      site.trouble.probeFailures = 0;
    }
    if (permit.state() == GatePermit.State.IN_FLIGHT) {
      site.deliveredAfter(now - flights.began(permit));
      Underway.updateSlow(site, counters);
    }
    site.growWindow(now, mostWindow(site));
    liveIfOpen(site);
  }

  /** Learns that an attempt is ready: the window may grow by what it is owed. */
  void ready(Site<D> site, long now) {
    if (site.isOwedGrowth()) {
      site.payGrowth(now, mostWindow(site));
      liveIfOpen(site);
      turns.offer(site);
    }
  }

  private int mostWindow(Site<D> site) {
    int most = shares.perDestinationWindow;
    return site.standing == Standing.RECOVERING ? Math.min(Window.SLOW_START_END, most) : most;
  }

  private void liveIfOpen(Site<D> site) {
    if (site.standing == Standing.RECOVERING && site.window() >= mostWindow(site)) {
      become(site, Standing.LIVE, "its window is open again");
    }
  }

  private void pushedBack(GatePermit<D> permit, String detail, long now) {
    Site<D> site = permit.site;
    int accepted = site.inFlight - site.connecting;
    if (permit.state() == GatePermit.State.IN_FLIGHT && permit.isReady) {
      accepted--;
    }
    if (accepted > 0) {
      site.pushedBack(accepted, now);
    } else if (!site.answered) {
      failed(site, detail, true, now);
    } else if (site.standing != Standing.SUSPENDED) {
      // It takes none of our connections: wait a little, or five tries are over in a moment.
      site.pushedBack(1, now);
      pause(site, now);
      if (!site.succeededSince(now - QUIET)) {
        failed(site, detail, true, now);
      }
    }
  }

  private void pause(Site<D> site, long now) {
    site.paused = true;
    Alarm alarm = site.trouble().pauseAlarm;
    if (alarm == null) {
      alarm =
          new Alarm(
              fired -> {
                site.paused = false;
                turns.offer(site);
              });
      site.trouble().pauseAlarm = alarm;
    }
    wheel.schedule(alarm, now + PAUSE);
  }

  private void unresolved(Site<D> site, String detail, long now) {
    Trouble<D> trouble = site.trouble();
    if (!trouble.unresolved) {
      trouble.unresolved = true;
      trouble.unresolvedCountedAt = now;
    } else if (now - trouble.unresolvedCountedAt >= UNRESOLVED_COUNTS_EVERY) {
      trouble.unresolvedCountedAt = now;
      failed(site, detail, true, now);
    }
  }

  private void failed(Site<D> site, String detail, boolean counts, long now) {
    outage.failed(site, now);
    if (site.standing != Standing.SUSPENDED && !outage.holds(site)) {
      if (!site.answered) {
        suspend(site, detail, now);
      } else if (counts) {
        countFailure(site, detail, now);
      }
    }
    checkOutage(now);
  }

  /** Counts a failure of a site that is neither suspended nor held by an outage. */
  private void countFailure(Site<D> site, String detail, long now) {
    site.trouble().cause = detail;
    if (++site.failures >= FAILURES_TO_SUSPEND) {
      suspend(site, detail, now);
    }
  }

  // -- standings

  private void become(Site<D> site, Standing next, String cause) {
    Standing from = site.standing;
    if (!from.mayBecome(next)) {
      throw new IllegalStateException(site.destination + ": " + from + " -> " + next);
    }
    site.standing = next;
    counters.standings[from.ordinal()]--;
    counters.standings[next.ordinal()]++;
    counters.transitions++;
    callbacks.add(() -> listener.onTransition(site.destination, from, next, cause));
  }

  private void suspend(Site<D> site, String cause, long now) {
    Trouble<D> trouble = site.trouble();
    trouble.former = site.standing == Standing.SUSPECT ? Standing.NEW : site.standing;
    trouble.suspendedAt = now;
    trouble.cause = cause;
    if (site.standing == Standing.RECOVERING) {
      trouble.probeFailures++;
    }
    become(site, Standing.SUSPENDED, cause);
    site.startWindowAt(1, now);
    // The message that failed is mail that waits for this site: a probe is wanted.
    trouble.lastRefused = now - 1; // not in this tick, or the next one would not be decided
    trouble.lastRefusedYoung = trouble.lastRefused;
    outage.suspended(site);
    Refusal refusal = AdmissionRules.refusal(Reason.SUSPENDED);
    try {
      refusal = planProbe(site, now);
    } finally { // the embedder's random may throw
      turns.refuseAll(site, refusal, now);
    }
  }

  /** Notes that a rule refuses, and asks for the probe that may change it. */
  void refusing(Site<D> site, Reason reason, Attempt attempt, long now) {
    boolean ended =
        reason == Reason.CANCELLED || reason == Reason.CLOSED; // says nothing of the mail
    site.refusedYoung |= attempt != Attempt.RETRIED && !ended;
    if (reason == Reason.SUSPENDED) {
      Trouble<D> trouble = site.trouble();
      trouble.lastRefused = now;
      if (attempt != Attempt.RETRIED) {
        trouble.lastRefusedYoung = now;
      }
      ensurePlanned(site, now);
    } else if (reason == Reason.BY_HAND && site.standing == Standing.SUSPENDED) {
      site.trouble().lastRefused = now - 1; // not in this tick, or the next one would be told less
      ensurePlanned(site, now);
    } else if (reason == Reason.UNPROVEN_SHARE) {
      probes.want(site, attempt == Attempt.FRESH);
    }
  }

  /** Forgets a suspension that was not probed for an hour: it says nothing any more. */
  void forgetIfUnprobed(Site<D> site, long now) {
    if (isUnprobed(site, now)) {
      forget(site, now);
    }
  }

  /** Returns whether a site is suspended, and was not probed for an hour. */
  boolean isUnprobed(Site<D> site, long now) {
    if (site.standing != Standing.SUSPENDED || site.probing) {
      return false;
    }
    Trouble<D> trouble = site.trouble();
    return now - trouble.suspendedAt >= Probes.FORGOTTEN_AFTER
        && (!trouble.probed || now - trouble.lastProbed >= Probes.FORGOTTEN_AFTER);
  }

  /**
   * Sees to it that a suspended site has a probe planned, and mail is told no time that is over.
   */
  void ensurePlanned(Site<D> site, long now) {
    Refusal known = site.trouble().refusal;
    if (known == null) {
      planProbe(site, now);
    } else if (known.isOver(now)) { // the probe is due or under way
      site.trouble().refuseWithoutHint();
    }
  }

  /** Plans the next probe, and says so in the refusal that all mail gets until then. */
  private Refusal planProbe(Site<D> site, long now) {
    site.trouble().refusal = null; // if nothing can be planned, the next one who is refused asks
    Refusal refusal = new Refusal(Reason.SUSPENDED, probes.plan(site, now), site.cause());
    site.trouble().refusal = refusal;
    return refusal;
  }

  private void recover(Site<D> site, long now) {
    endSuspension(site, Standing.RECOVERING, ANSWERS);
    site.startWindowAt(Math.min(Window.RECOVERING_SITE, shares.perDestinationWindow), now);
    site.deferralsInRow = 0;
  }

  private void forget(Site<D> site, long now) {
    endSuspension(site, Standing.NEW, "not probed for an hour");
    site.startWindowAt(Window.NEW_SITE, now);
    site.answered = false;
    site.delivered = false;
    site.trouble().probeFailures = 0;
  }

  private void endSuspension(Site<D> site, Standing next, String cause) {
    become(site, next, cause);
    site.trouble().refusal = null;
    site.failures = 0;
    probes.cancelPlan(site);
  }

  // -- local outage

  /** Moves the outage's state on and does what it asks for. */
  void checkOutage(long now) {
    switch (outage.check(now)) {
      case NOTHING -> {}
      case TRY -> probes.demand(outage.toTry());
      case BEGUN -> {
        callbacks.add(listener::onOutage);
        takeBack(outage.takeSuspended(), now);
      }
    }
  }

  private void takeBack(List<Site<D>> suspensions, long now) {
    for (Site<D> site : suspensions) {
      if (site.standing == Standing.SUSPENDED) {
        Standing former = site.trouble().former;
        endSuspension(site, former, "local outage");
        site.startWindowAt(
            switch (former) {
              case LIVE -> Window.LIVE_SITE;
              default -> Window.NEW_SITE;
            },
            now);
        turns.offer(site);
      }
    }
  }
}
