package org.mailweir.core;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;

/**
 * What a {@link DestinationGate} knows of one destination and would be sorry to lose at a restart.
 * Times are ages and delays, as of the moment when it was taken: readings of a {@link TimeSource}
 * mean nothing to the next process. Who keeps it tells with {@link #aged} how long that was.
 *
 * <p>Thread safety: immutable.
 *
 * @param destination the key
 * @param standing its standing; {@link Standing#NEW} only if it is suspended by hand
 * @param unused for how long it was not asked for
 * @param sinceSuccess for how long it has not proved alive; present if it is live or recovering
 * @param delivered whether it has taken a message
 * @param meanDelivery smoothed time of a delivery, 0 before the first
 * @param window deliveries that may be in flight at once; at least 1
 * @param failures failures since the last success that count towards a suspension
 * @param cause the last failure in words; may be empty
 * @param failedProbes the step of its probes' schedule: how many have failed in a row
 * @param suspension present if it is suspended, and only then
 * @param byHand a suspension by hand, if there is one
 * @param <D> destination
 */
public record DestinationMemory<D>(
    D destination,
    Standing standing,
    Duration unused,
    Optional<Duration> sinceSuccess,
    boolean delivered,
    Duration meanDelivery,
    double window,
    int failures,
    String cause,
    int failedProbes,
    Optional<Suspension> suspension,
    Optional<HandSuspension> byHand) {

  private static final Duration LONGEST = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);

  /**
   * Checks that it is what a gate could know.
   *
   * @param destination see {@link #destination}
   * @param standing see {@link #standing}
   * @param unused see {@link #unused}
   * @param sinceSuccess see {@link #sinceSuccess}
   * @param delivered see {@link #delivered}
   * @param meanDelivery see {@link #meanDelivery}
   * @param window see {@link #window}
   * @param failures see {@link #failures}
   * @param cause see {@link #cause}
   * @param failedProbes see {@link #failedProbes}
   * @param suspension see {@link #suspension}
   * @param byHand see {@link #byHand}
   * @throws IllegalArgumentException if it contradicts itself, or a number is out of its range
   */
  public DestinationMemory {
    requireNonNull(destination);
    requireNonNull(standing);
    requireNonNull(cause);
    requireNonNull(byHand);
    notNegative(unused, "unused");
    notNegative(meanDelivery, "meanDelivery");
    sinceSuccess.ifPresent(age -> notNegative(age, "sinceSuccess"));
    boolean answers = standing == Standing.LIVE || standing == Standing.RECOVERING;
    require(!answers || sinceSuccess.isPresent(), standing + " without a success");
    require(
        suspension.isPresent() == (standing == Standing.SUSPENDED),
        standing + (suspension.isPresent() ? " with a suspension" : " without a suspension"));
    require(
        standing != Standing.NEW || byHand.isPresent(),
        "NEW and not suspended by hand: there is nothing to remember");
    require(
        window >= 1 && window <= Integer.MAX_VALUE,
        "window: " + window + ", must be 1 to " + Integer.MAX_VALUE);
    require(failures >= 0, "failures: " + failures + ", must not be negative");
    require(failedProbes >= 0, "failedProbes: " + failedProbes + ", must not be negative");
  }

  /**
   * A suspension, and what is planned to end it.
   *
   * @param since how long ago it began
   * @param sinceRefused how long ago mail was last refused for it
   * @param sinceProbe how long ago the last probe ended, if any was made
   * @param nextProbe how long until the next one, 0 if it is due; absent if no mail asks for one
   */
  public record Suspension(
      Duration since,
      Duration sinceRefused,
      Optional<Duration> sinceProbe,
      Optional<Duration> nextProbe) {
    /**
     * Checks that no time is negative.
     *
     * @param since see {@link #since}
     * @param sinceRefused see {@link #sinceRefused}
     * @param sinceProbe see {@link #sinceProbe}
     * @param nextProbe see {@link #nextProbe}
     * @throws IllegalArgumentException if one is
     */
    public Suspension {
      notNegative(since, "since");
      notNegative(sinceRefused, "sinceRefused");
      sinceProbe.ifPresent(age -> notNegative(age, "sinceProbe"));
      nextProbe.ifPresent(delay -> notNegative(delay, "nextProbe"));
    }

    private Suspension aged(Duration time) {
      return new Suspension(
          sum(since, time),
          sum(sinceRefused, time),
          sinceProbe.map(age -> sum(age, time)),
          nextProbe.map(delay -> left(delay, time)));
    }
  }

  /**
   * A suspension by hand.
   *
   * @param remaining how long until it ends
   * @param reason in words; may be empty
   */
  public record HandSuspension(Duration remaining, String reason) {
    /**
     * Checks that it is not negative.
     *
     * @param remaining see {@link #remaining}
     * @param reason see {@link #reason}
     * @throws IllegalArgumentException if it is
     */
    public HandSuspension {
      notNegative(remaining, "remaining");
      requireNonNull(reason);
    }
  }

  /**
   * Returns the same after some time in which nothing was learned: ages are longer by it, delays
   * shorter, and a suspension by hand may be over.
   *
   * @param time not negative; no age grows beyond the longest {@code Duration}
   * @return what is left of it, if anything
   * @throws IllegalArgumentException if the time is negative
   */
  public Optional<DestinationMemory<D>> aged(Duration time) {
    notNegative(time, "time");
    Optional<HandSuspension> hand =
        byHand
            .map(was -> new HandSuspension(left(was.remaining, time), was.reason))
            .filter(still -> !still.remaining.isZero());
    return standing == Standing.NEW && hand.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new DestinationMemory<>(
                destination,
                standing,
                sum(unused, time),
                sinceSuccess.map(age -> sum(age, time)),
                delivered,
                meanDelivery,
                window,
                failures,
                cause,
                failedProbes,
                suspension.map(was -> was.aged(time)),
                hand));
  }

  private static Duration sum(Duration age, Duration time) {
    return age.compareTo(LONGEST.minus(time)) < 0 ? age.plus(time) : LONGEST;
  }

  private static Duration left(Duration delay, Duration time) {
    return delay.compareTo(time) > 0 ? delay.minus(time) : Duration.ZERO;
  }

  private static void notNegative(Duration time, String name) {
    require(!time.isNegative(), name + ": " + time + ", must not be negative");
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalArgumentException(what);
    }
  }
}
