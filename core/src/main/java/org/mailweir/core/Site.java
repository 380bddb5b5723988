package org.mailweir.core;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything the gate knows of one destination: its depth (inherited, so that a destination is one
 * object), standing, window, waiting queue and trouble. The rules are elsewhere: {@link
 * AdmissionRules} reads it, {@link Standings} changes it.
 *
 * <p>About 160 B, its window included: what few sites need is in objects of its own, made when
 * first needed.
 *
 * <p>Thread safety: none; the gate's lock guards it.
 */
final class Site<D> extends DestinationTable.Entry<D> {
  /** A success within this time makes a site proven, and one that an outage holds mail for. */
  static final long RECENT = 600_000_000_000L;

  private static final Refusal.Reason[] REASONS = Refusal.Reason.values();

  final PolicyGate<D> gate;
  private final Window window = new Window();
  private int room = (int) window.limit(); // its whole part, here to be read with all the rest

  Standing standing = Standing.NEW;

  // Depth beyond in flight and waiting.
  int connecting; // in flight and not ready
  int overdue; // in flight for longer than a slow delivery takes
  byte detached; // at most 2
  boolean slow;
  boolean inTurnRing;
  boolean paused; // shortly, while it takes none of our connections
  boolean probeQueued;
  boolean probing;

  /** Null unless some wait, or somebody watches. */
  @Nullable WaitQueue<D> queue;

  // What it answered.
  boolean answered;
  boolean delivered;
  long lastSuccess;
  private long mean; // ns, of deliveries; before the first one, of those turned down; or 0
  private boolean meanOfDeliveries;
  byte deferralsInRow; // up to 10
  private byte growthOwed; // deliveries by which its window has not grown yet

  // What it did not.
  int failures; // since it last answered
  boolean refusedYoung; // mail that is not known as retried, since it last answered
  private int refused; // the same, all mail; but for repeated refusals
  private byte lastRefusal; // why the last of it: the reason's ordinal, from 1; 0 if there is none

  /** Null until it fails. Read without the lock by {@link RepeatedRefusals}. */
  @Nullable Trouble<D> trouble;

  /** What the embedder has set for it; null if nothing. */
  @Nullable SiteLimits<D> limits;

  Site(D destination, PolicyGate<D> gate) {
    super(destination);
    this.gate = gate;
  }

  /** Returns how it failed, made if need be. */
  Trouble<D> trouble() {
    Trouble<D> known = trouble;
    if (known == null) {
      known = new Trouble<>(this);
      trouble = known;
    }
    return known;
  }

  /** Returns the last failure in words; empty if there was none. */
  String cause() {
    return trouble == null ? "" : trouble.cause;
  }

  /** Returns those that wait, to add one. */
  WaitQueue<D> queue() {
    WaitQueue<D> known = queue;
    if (known == null) {
      known = new WaitQueue<>();
      queue = known;
    }
    return known;
  }

  /** Returns whose turn is next, null if nobody waits. */
  @Nullable Waiter<D> nextWaiter() {
    return queue == null ? null : queue.peek();
  }

  /** Returns how many wait that would be served before a newcomer of that kind. */
  int ahead(Attempt attempt) {
    return queue == null ? 0 : queue.ahead(attempt);
  }

  /** Counts mail that was refused. */
  void countRefused(Refusal.Reason reason) {
    lastRefusal = (byte) (reason.ordinal() + 1);
    refused += refused < Integer.MAX_VALUE ? 1 : 0;
  }

  /** Returns why mail was last refused since it last answered. */
  Optional<Refusal.Reason> lastRefusal() {
    return lastRefusal == 0 ? Optional.empty() : Optional.of(REASONS[lastRefusal - 1]);
  }

  /** Returns how much mail was refused since it last answered. */
  long refused() {
    return trouble == null ? refused : refused + trouble.repeated();
  }

  /** Forgets what was refused and what failed: the site has answered. */
  void forgetFailures() {
    failures = 0;
    refused = 0;
    lastRefusal = 0;
    refusedYoung = false;
    if (trouble != null) {
      trouble.unresolved = false;
      trouble.forgetRepeated();
    }
  }

  int occupancy() {
    return inFlight + waiting;
  }

  /** Returns whether it answered within the last ten minutes. */
  boolean succeededSince(long time) {
    return answered && lastSuccess - time >= 0;
  }

  /**
   * Returns whether a site that once answered is unproven all the same: not heard of for ten
   * minutes, or failing now.
   */
  boolean doubtful(long now) {
    return failures > 0 || !succeededSince(now - RECENT);
  }

  /** Returns whether the wait behind {@code ahead} others is expected to be at most that long. */
  boolean waitsAtMost(double nanos, int ahead) {
    long mean = meanTime();
    double wait = (ahead + 1) * (mean == 0 ? DEFAULT_MEAN : mean);
    return wait <= nanos * room || wait <= nanos * window.limit();
  }

  /**
   * Returns how long a delivery takes: one with 2xx, or if there was none yet, one that the site
   * turned down; 0 before any.
   */
  long meanTime() {
    return mean;
  }

  /** Returns how long a delivery with 2xx takes, 0 before the first. */
  long meanDelivery() {
    return meanOfDeliveries ? mean : 0;
  }

  /** Counts the time of a delivery that ended with 4xx or 5xx. */
  void answeredAfter(long took) {
    if (!meanOfDeliveries) {
      mean = smoothed(mean, took);
    }
  }

  /** Counts the time of a delivery that ended with 2xx. */
  void deliveredAfter(long took) {
    mean = smoothed(meanDelivery(), took);
    meanOfDeliveries = true;
  }

  private static long smoothed(long mean, long took) {
    long positive = Math.max(1, took);
    return mean == 0 ? positive : mean + (positive - mean) / 8;
  }

  // -- the window

  boolean windowHasRoom() {
    return inFlight < room;
  }

  double window() {
    return window.limit();
  }

  /** See {@link Window#ceiling}. */
  int ceiling(long now) {
    return window.ceiling(now);
  }

  /** See {@link Window#startAt}. */
  void startWindowAt(double start, long now) {
    growthOwed = 0;
    window.startAt(start, now);
    room = (int) window.limit();
  }

  /** See {@link Window#atLeast}. */
  void raiseWindowTo(double start, long now) {
    window.atLeast(start, now);
    room = (int) window.limit();
  }

  /** See {@link Window#cut}. */
  void cutWindow(double factor, long attemptBegan, long now) {
    growthOwed = 0;
    window.cut(factor, attemptBegan, now);
    room = (int) window.limit();
  }

  /** See {@link Window#pushedBack}. */
  void pushedBack(int accepted, long now) {
    growthOwed = 0;
    window.pushedBack(accepted, now);
    room = (int) window.limit();
  }

  /** Counts a delivery with 2xx, which is in flight still. See {@link Window#delivered}. */
  void growWindow(long now, double most) {
    if (inFlight >= room - 1) { // else it is not used up, and stays
      if (connecting <= Window.MOST_CONNECTING) {
        window.delivered(now, inFlight, connecting, most);
        room = (int) window.limit();
      } else if (growthOwed < Byte.MAX_VALUE) {
        growthOwed++;
      }
    }
  }

  /** Returns whether its window may grow now by what it is owed. */
  boolean isOwedGrowth() {
    return growthOwed > 0 && connecting <= Window.MOST_CONNECTING && inFlight >= room - 1;
  }

  /** See {@link Window#pay}. */
  void payGrowth(long now, double most) {
    growthOwed = (byte) window.pay(growthOwed, now, most);
    room = (int) window.limit();
  }

  /**
   * Assumed time of a delivery before the first was measured: the median of real sites is lower.
   */
  private static final double DEFAULT_MEAN = 1e9;
}
