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
  final Window window = new Window();

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

  /** Null unless some wait. */
  @Nullable WaitQueue<D> queue;

  // What it answered.
  boolean answered;
  boolean delivered;
  long lastSuccess;
  long meanDelivery; // ns, 0 before the first
  long meanAnswer; // ns, of those that ended with 4xx or 5xx; 0 before the first
  byte deferralsInRow; // up to 10
  byte growthOwed; // deliveries that its window has not grown by yet

  // What it did not.
  int failures; // since it last answered
  boolean refusedYoung; // mail that is not known as retried, since it last answered
  private long refused; // the same, all mail; but for repeated refusals
  private byte lastRefusal; // why the last of it: the reason's ordinal, from 1; 0 if there is none

  /** Null until it fails. Read without the lock by {@link RepeatedRefusals}. */
  @Nullable Trouble<D> trouble;

  /** What the embedder has set for it; null if nothing. */
  @Nullable SiteLimits<D> limits;

  /** Told once when mail of it that was refused may be asked for again; see {@link Doorbell}. */
  @Nullable Runnable watch;

  // The list of sites by their last success, kept by Successes.
  @Nullable Site<D> successBefore;
  @Nullable Site<D> successAfter;

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
    refused++;
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
    return (ahead + 1) * (mean == 0 ? DEFAULT_MEAN : mean) <= nanos * window.limit();
  }

  /**
   * Returns how long a delivery takes: one with 2xx, or if there was none yet, one that the site
   * turned down; 0 before any.
   */
  long meanTime() {
    return meanDelivery == 0 ? meanAnswer : meanDelivery;
  }

  /** Counts the time of a delivery that ended with 4xx or 5xx. */
  void answeredAfter(long took) {
    meanAnswer = smoothed(meanAnswer, took);
  }

  /** Counts the time of a delivery that ended with 2xx. */
  void deliveredAfter(long took) {
    meanDelivery = smoothed(meanDelivery, took);
  }

  private static long smoothed(long mean, long took) {
    long positive = Math.max(1, took);
    return mean == 0 ? positive : mean + (positive - mean) / 8;
  }

  /**
   * Assumed time of a delivery before the first was measured: the median of real sites is lower.
   */
  private static final double DEFAULT_MEAN = 1e9;
}
