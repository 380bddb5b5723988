package org.mailweir.core;

import java.util.Optional;

/**
 * One destination as the gate saw it at one moment. Times are readings of the gate's {@link
 * TimeSource}, in nanoseconds.
 *
 * @param destination the key
 * @param standing its standing
 * @param inFlight deliveries under way with a client
 * @param waiting admissions that wait for a turn
 * @param detached attempts under way without a client
 * @param probing whether a probe is under way
 * @param probeDue whether one is due and was not handed out: it waits for the budget, or for {@link
 *     DestinationGate#pollProbe}
 * @param window deliveries that may be in flight at once (may have a fraction)
 * @param ceiling connections it accepted when it last pushed back, while that is remembered; else 0
 * @param meanDeliveryNanos smoothed time of deliveries that ended with 2xx, or before the first of
 *     those, of the ones it turned down; 0 before any
 * @param failures failures since the last success that count towards a suspension; 0 for a
 *     destination that has never answered, as its first one suspends it
 * @param refused admissions refused since it last answered
 * @param lastRefusal why the last one of them was, if any
 * @param lastSuccess when it last proved alive, if ever
 * @param suspendedSince when it was suspended, if it is
 * @param nextProbe when its next probe is due, if one is planned; empty once it is due
 * @param oldestInFlight when the oldest delivery under way with a client began, if any
 * @param oldestWaiting since when the one waits that has waited longest, if any does
 * @param cause the last failure in words; may be empty
 * @param rate the rate that was set for it, if any
 * @param bytesInFlight bytes of deliveries under way; counted only where there is a limit, else 0
 * @param maxBytes the limit on them, if any was set
 * @param suspendedByHandUntil when a suspension by hand ends, if there is one
 * @param obstacle what fresh mail of unknown size would be told now that does not wait: which rule
 *     is in its way, and until when; empty if it would start
 * @param <D> destination
 */
public record DestinationStatus<D>(
    D destination,
    Standing standing,
    int inFlight,
    int waiting,
    int detached,
    boolean probing,
    boolean probeDue,
    double window,
    int ceiling,
    long meanDeliveryNanos,
    int failures,
    long refused,
    Optional<Refusal.Reason> lastRefusal,
    Optional<Long> lastSuccess,
    Optional<Long> suspendedSince,
    Optional<Long> nextProbe,
    Optional<Long> oldestInFlight,
    Optional<Long> oldestWaiting,
    String cause,
    Optional<Rate> rate,
    long bytesInFlight,
    Optional<Long> maxBytes,
    Optional<Long> suspendedByHandUntil,
    Optional<Refusal> obstacle) {}
