package org.mailweir.core;

import static java.util.Objects.requireNonNull;

/**
 * Says that a delivery may not start now, why, and when the next try makes sense. One immutable
 * object per suspension or reason: refusing allocates nothing. How much was refused is in {@link
 * DestinationGate#status}.
 *
 * @param reason which rule refused
 * @param nextTryNanos reading of the gate's {@link TimeSource} at which the next try, or the next
 *     probe, makes sense; {@link #NO_HINT} where there is none
 * @param detail the remote's failure behind a suspension, such as {@code connect to 192.0.2.1:25
 *     timed out}; empty where there is none
 */
public record Refusal(Reason reason, long nextTryNanos, String detail) implements Admission {
  /** The value of {@link #nextTryNanos} where nothing is known of the next try. */
  public static final long NO_HINT = Long.MIN_VALUE;

  /** Checks the arguments. */
  public Refusal {
    requireNonNull(reason);
    requireNonNull(detail);
  }

  /** Why a delivery was refused. Each one is one rule of the policy. */
  public enum Reason {
    /** The destination is suspended: it has failed, and only its probe tries it. */
    SUSPENDED,
    /** The destination hangs: one attempt at it is open, and no second one is started. */
    SUSPECT,
    /** All failing destinations together hold their share of the clients. */
    FAILING_SHARE,
    /** All unproven destinations together, or this one, hold their share of the clients. */
    UNPROVEN_SHARE,
    /**
     * This destination holds as many clients as the free ones allow, and the wait would be long.
     */
    DESTINATION_SHARE,
    /** All clients but the reserve that is kept free to refuse are held. */
    CLIENTS,
    /** Waiting clients hold their share. */
    WAITING_SHARE,
    /** Deliveries that take longer than 30 s hold their share of the clients. */
    SLOW_SHARE,
    /** A turn is expected only after the patience is over. */
    LONG_WAIT,
    /** The patience was over before a turn came. */
    TIMED_OUT,
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
