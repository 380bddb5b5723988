package org.mailweir.delivery;

import java.time.Duration;

/**
 * The times that a delivery keeps.
 *
 * @param patience longest wait of a transaction for its turns, from its first recipients on
 * @param hold how long a client is held for an attempt without a TCP connection
 * @param readyWithin how long a client is held for an attempt that is not ready for MAIL; less if
 *     it has waited for its turn: never longer than patience and hold together, or the hold alone
 * @param rcptLimit longest wait before recipients are answered, whatever the gate says; below
 *     Postfix's lmtp_rcpt_timeout of 300 s
 * @param deadline longest time from the client's final dot to the last reply; below Postfix's
 *     lmtp_data_done_timeout of 600 s
 */
public record DeliverySettings(
    Duration patience, Duration hold, Duration readyWithin, Duration rcptLimit, Duration deadline) {
  private static final Duration MOST = Duration.ofHours(4);

  /** Checks that each time is above zero and at most four hours. */
  public DeliverySettings {
    check(patience, "patience");
    check(hold, "hold");
    check(readyWithin, "readyWithin");
    check(rcptLimit, "rcptLimit");
    check(deadline, "deadline");
  }

  /** Returns the times of the policy: 30 s, 5 s, 20 s, 280 s, 540 s. */
  public static DeliverySettings standard() {
    return new DeliverySettings(
        Duration.ofSeconds(30),
        Duration.ofSeconds(5),
        Duration.ofSeconds(20),
        Duration.ofSeconds(280),
        Duration.ofSeconds(540));
  }

  /** Returns these settings with another patience. */
  public DeliverySettings withPatience(Duration newPatience) {
    return new DeliverySettings(newPatience, hold, readyWithin, rcptLimit, deadline);
  }

  /** Returns these settings with another hold, and four times as much until ready. */
  public DeliverySettings withHold(Duration newHold) {
    return new DeliverySettings(patience, newHold, newHold.multipliedBy(4), rcptLimit, deadline);
  }

  private static void check(Duration value, String name) {
    if (value.isNegative() || value.isZero() || value.compareTo(MOST) > 0) {
      throw new IllegalArgumentException(name + ": " + value + ", must be above 0, at most 4 h");
    }
  }
}
