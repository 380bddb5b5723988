package org.mailweir.core;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether it is our own network that is down, and not the destinations.
 *
 * <pre>
 * NONE       -> CONFIRMING  no success anywhere for 8 s, and four sites that answered within the last
 *                           ten minutes have failed since: the one that answered last, of those that
 *                           have not failed and are not suspended, is tried at once, and again every
 *                           2 s while that teaches nothing
 *            -> ACTIVE      the same, and there is none left to try
 * CONFIRMING -> ACTIVE      it failed, or its probe has not ended within 5 s
 * ACTIVE                    every 2 s one site that answered lately is tried
 * any        -> NONE        a success anywhere
 * </pre>
 *
 * <p>So four dead destinations flushed on a quiet relay are no outage: a fifth one answers. A
 * success begins a new <em>round</em>; a site has failed lately if it has failed in this round, so
 * that nothing has to be reset per site.
 *
 * <p>Thread safety: none; the gate's lock guards it.
 */
final class LocalOutage<D> {
  static final long SILENCE = 8_000_000_000L;
  static final int SITES = 4;
  static final long CONFIRM_WITHIN = 5_000_000_000L;
  static final long TRY_EVERY = 2_000_000_000L;

  private enum State {
    NONE,
    CONFIRMING,
    ACTIVE
  }

  private final Successes<D> successes;
  private State state = State.NONE;
  private long round = 1;
  private int failedSites;
  private long lastSuccess;
  private long stateSince;
  private long lastTry;
  private @Nullable Site<D> tried;

  /** Sites suspended since the last success; they get their former standing back. */
  private final Set<Site<D>> suspended = new LinkedHashSet<>();

  LocalOutage(Successes<D> successes) {
    this.successes = successes;
  }

  boolean active() {
    return state == State.ACTIVE;
  }

  /**
   * Returns whether mail for that site is held rather than started or refused. One that was
   * suspended before the silence has failed by itself, and is refused as usual.
   */
  boolean holds(Site<D> site) {
    return state == State.ACTIVE
        && site.standing != Standing.SUSPENDED
        && site.succeededSince(heldSince());
  }

  void suspended(Site<D> site) {
    suspended.add(site);
  }

  /** Returns the suspensions to take back, and forgets them. */
  List<Site<D>> takeSuspended() {
    List<Site<D>> result = List.copyOf(suspended);
    suspended.clear();
    return result;
  }

  /** Counts a success; returns whether it ended an outage. Take {@link #takeSuspended} before. */
  boolean succeeded(Site<D> site, long now) {
    boolean ended = state == State.ACTIVE;
    if (state != State.NONE) {
      state = State.NONE;
      tried = null;
    }
    round++;
    failedSites = 0;
    lastSuccess = now;
    if (!suspended.isEmpty()) {
      suspended.clear();
    }
    successes.succeeded(site, now);
    return ended;
  }

  /**
   * Begins with sites that have answered another gate, in the order of their last success. Silence
   * counts from now: nothing was heard since because nobody listened.
   */
  void restore(List<Site<D>> answered, long now) {
    for (Site<D> site : answered) {
      successes.restore(site);
    }
    lastSuccess = now;
  }

  void failed(Site<D> site, long now) {
    if (!failedThisRound(site) && site.succeededSince(now - Site.RECENT)) {
      site.trouble().failedInRound = round;
      failedSites++;
    }
  }

  private boolean failedThisRound(Site<D> site) {
    return site.trouble != null && site.trouble.failedInRound == round;
  }

  void forget(Site<D> site) {
    successes.remove(site);
    suspended.remove(site);
    if (tried == site) {
      tried = null;
      // The question is open again: without an answer from it nothing was confirmed.
      state = state == State.CONFIRMING ? State.NONE : state;
    }
  }

  /** What {@link #check} asks for. */
  enum Step {
    NOTHING,
    /** Probe the site {@link #toTry}. */
    TRY,
    /** The outage has begun: take back the suspensions. */
    BEGUN
  }

  /** Moves the state on. Call after failures, and when {@link #nextCheck} is reached. */
  Step check(long now) {
    return switch (state) {
      case NONE -> {
        if (failedSites < SITES || now - lastSuccess < SILENCE) {
          yield Step.NOTHING;
        }
        tried = newestNotFailed(now);
        yield tried == null ? begin(now) : enter(State.CONFIRMING, now, Step.TRY);
      }
      case CONFIRMING -> {
        Site<D> asked = requireNonNull(tried);
        if (failedThisRound(asked)) {
          yield begin(now);
        }
        if (!asked.probing) {
          // Not handed out yet, or it came back without a verdict: the time begins with the probe.
          stateSince = now;
          if (!tryAgain(now)) {
            yield Step.NOTHING;
          }
          tried = newestNotFailed(now); // its success may be too long ago by now
          yield tried == null ? begin(now) : Step.TRY;
        }
        yield now - stateSince >= CONFIRM_WITHIN ? begin(now) : Step.NOTHING;
      }
      case ACTIVE -> {
        if (!tryAgain(now)) {
          yield Step.NOTHING;
        }
        tried = nextToTry();
        yield tried == null ? Step.NOTHING : Step.TRY;
      }
    };
  }

  /** Returns whether the time for the next try has come, and notes that one is made. */
  private boolean tryAgain(long now) {
    if (now - lastTry < TRY_EVERY) {
      return false;
    }
    lastTry = now;
    return true;
  }

  private Step begin(long now) {
    return enter(State.ACTIVE, now, Step.BEGUN);
  }

  private Step enter(State next, long now, Step step) {
    state = next;
    stateSince = now;
    lastTry = now;
    return step;
  }

  /** Returns the site that {@link Step#TRY} asks to probe. */
  Site<D> toTry() {
    return requireNonNull(tried);
  }

  /** Returns when {@link #check} has something to do, if anything is foreseen. */
  @Nullable Long nextCheck() {
    return switch (state) {
      case NONE -> failedSites < SITES ? null : (Long) (lastSuccess + SILENCE);
      case CONFIRMING -> toTry().probing ? stateSince + CONFIRM_WITHIN : lastTry + TRY_EVERY;
      case ACTIVE -> lastTry + TRY_EVERY;
    };
  }

  private @Nullable Site<D> newestNotFailed(long now) {
    Site<D> site = successes.newest();
    while (site != null && (failedThisRound(site) || site.standing == Standing.SUSPENDED)) {
      site = successes.before(site);
    }
    return site != null && site.succeededSince(now - Site.RECENT) ? site : null;
  }

  /** Returns the sites that answered lately, one after the other, newest success first. */
  private @Nullable Site<D> nextToTry() {
    Site<D> last = tried;
    Site<D> next = last == null ? null : successes.before(last);
    return next != null && next.succeededSince(heldSince()) ? next : successes.newest();
  }

  /** Returns all sites that mail is held for, or was until just now. */
  List<Site<D>> recentlyLive(long since) {
    List<Site<D>> result = new ArrayList<>();
    for (Site<D> site = successes.newest();
        site != null && site.succeededSince(since);
        site = successes.before(site)) {
      result.add(site);
    }
    return result;
  }

  /** Returns since when a site must have answered to be held in the present outage. */
  long heldSince() {
    return stateSince - Site.RECENT;
  }
}
