package org.mailweir.core;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * Says that a delivery may not start now, why, and when the next try makes sense. One immutable
 * object per suspension or reason (for rates and bytes, as long as its words stay the same):
 * refusing allocates nothing. How much was refused is in {@link DestinationGate#status}.
 *
 * @param reason which rule refused
 * @param nextTryNanos reading of the gate's {@link TimeSource} at which the next try, or the next
 *     probe, makes sense, or a suspension by hand ends; never before the gate's time when it
 *     refused, which is that of the last advance. {@link #NO_HINT} where nothing is known; so too
 *     while the probe of a suspended destination is due or under way, as nobody knows how long that
 *     takes, and all that were told "now" would come at once
 * @param detail the remote's failure behind a suspension, such as {@code connect to 192.0.2.1:25
 *     timed out}; the reason given by hand; the limit and its use, such as {@code 20 messages in
 *     1m}; empty where the reason says it all. What is in use of the gate's own limits is in {@link
 *     GateStats#limits}
 */
public record Refusal(Reason reason, long nextTryNanos, String detail) implements Admission {
  /** The value of {@link #nextTryNanos} where nothing is known of the next try. */
  public static final long NO_HINT = Long.MIN_VALUE;

  /**
   * Checks the arguments.
   *
   * @param reason see {@link #reason}
   * @param nextTryNanos see {@link #nextTryNanos}
   * @param detail see {@link #detail}
   */
  public Refusal {
    requireNonNull(reason);
    requireNonNull(detail);
  }

  /** {@return {@link #nextTryNanos}, or empty where nothing is known} */
  public Optional<Long> nextTry() {
    return nextTryNanos == NO_HINT ? Optional.empty() : Optional.of(nextTryNanos);
  }

  /** Returns whether the time it names has come. */
  boolean isOver(long now) {
    return nextTryNanos != NO_HINT && nextTryNanos - now <= 0;
  }

  /**
   * Why a delivery was refused. Each one is one rule of the policy. M are the {@linkplain
   * GateBuilder#clients clients}; a part of them is rounded down, and at least 1.
   */
  public enum Reason {
    /** The destination is suspended: it has failed, and only its probe tries it. */
    SUSPENDED,
    /** The destination hangs: one attempt at it is open, and no second one is started. */
    SUSPECT,
    /** All failing (suspect) destinations together hold their share of the clients, 0.1 M. */
    FAILING_SHARE,
    /**
     * All unproven destinations together hold their share of the clients, 0.4 M (for retried mail
     * 0.2 M of it), or this one, never heard of, has three deliveries under way or waiting.
     */
    UNPROVEN_SHARE,
    /**
     * This destination holds as many clients as the free ones allow, and the wait would be long.
     */
    DESTINATION_SHARE,
    /**
     * All clients but the reserve that is kept free to refuse, 0.1 M, are held; or retried mail
     * holds 0.7 M. Only what is expected to be over in a moment may take the reserve.
     */
    CLIENTS,
    /** Waiting clients hold their share, 0.5 M. */
    WAITING_SHARE,
    /** Deliveries that take longer than 30 s hold their share of the clients, 0.5 M. */
    SLOW_SHARE,
    /**
     * A turn is expected only after the patience is over. Without patience, as with {@link
     * Admitter#tryAdmit}: it cannot start at once, for its window is full, others wait before it,
     * as many are in flight as {@link GateBuilder#maxInFlight} allows, or a local outage holds it.
     */
    LONG_WAIT,
    /** The patience was over before a turn came, for none of the reasons that follow. */
    TIMED_OUT,
    /** By the destination's {@link Rate} its time has not come, or not within the patience. */
    RATE,
    /**
     * The message does not fit into the bytes that may be in flight, in all or to the destination;
     * or one does not whose turn is before.
     */
    BYTES,
    /** The destination was suspended by hand, see {@link DestinationGate#suspend}. */
    BY_HAND,
    /** Pushed back by the destination more often than a message is tried in one go. */
    PUSHED_BACK,
    /** The table of destinations is full, and each one in it is busy. */
    TABLE_FULL,
    /** The transaction was closed, or the wait cancelled, while it waited. */
    CANCELLED,
    /** The gate was closed. */
    CLOSED
  }
}
