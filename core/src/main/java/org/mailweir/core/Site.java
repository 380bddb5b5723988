package org.mailweir.core;

import org.jspecify.annotations.Nullable;

/**
 * Everything the gate knows of one destination: its depth (inherited, so that a destination is one
 * object), standing, window, waiting queue and failures. The rules are elsewhere: {@link
 * AdmissionRules} reads it, {@link Standings} changes it.
 *
 * <p>Thread safety: none; the gate's lock guards it.
 */
final class Site<D> extends DestinationTable.Entry<D> {
  /** A success within this time makes a site proven, and one that an outage holds mail for. */
  static final long RECENT = 600_000_000_000L;

  final Window window = new Window();
  final WaitQueue<D> queue = new WaitQueue<>();

  Standing standing = Standing.NEW;

  // Depth beyond in flight and waiting.
  int connecting; // in flight and not ready
  int detached;
  @Nullable GatePermit<D> oldestInFlight;
  @Nullable GatePermit<D> newestInFlight;
  boolean slow;
  boolean inTurnRing;

  // What it answered.
  boolean answered;
  boolean delivered;
  long lastSuccess;
  long meanDelivery; // ns, 0 before the first
  long meanAnswer; // ns, of those that ended with 4xx or 5xx; 0 before the first
  int deferralsInRow;

  // How it failed.
  int failures;
  long refused; // since it last answered
  boolean refusedYoung; // the same, of mail that is not known as retried
  String cause = "";
  boolean unresolved;
  long unresolvedCountedAt;
  long failedInRound; // the outage round in which it last failed

  // Suspension.
  Standing former = Standing.NEW;
  int probeFailures; // exponent of the next suspension
  long suspendedAt;
  @Nullable Refusal refusal;
  boolean refusedLately;
  long lastRefused;

  // Probes.
  boolean probeQueued;
  boolean probing;
  boolean probed;
  long lastProbed;

  /** Told once when mail of it that was refused may be asked for again; see {@link Doorbell}. */
  @Nullable Runnable watch;

  // A short pause between turns, while it takes none of our connections.
  boolean paused;

  // Timers, made when first needed.
  @Nullable Alarm probeAlarm;
  @Nullable Alarm slowAlarm;
  @Nullable Alarm pauseAlarm;

  // The list of sites by their last success, kept by Successes.
  @Nullable Site<D> successBefore;
  @Nullable Site<D> successAfter;

  Site(D destination) {
    super(destination);
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

  /** Returns the expected wait behind {@code ahead} others, in nanoseconds. */
  double expectedWait(int ahead) {
    long mean = meanTime();
    return (ahead + 1) * (mean == 0 ? DEFAULT_MEAN : mean) / window.limit();
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
