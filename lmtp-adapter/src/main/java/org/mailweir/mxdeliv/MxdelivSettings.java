package org.mailweir.mxdeliv;

import java.time.Duration;

/**
 * The limits of delivery over HTTPS.
 *
 * @param port of HTTPS, 1 to 65535
 * @param headStart how long HTTPS is alone before SMTP is tried beside it
 * @param readyWithin after which a host that does not say whether it takes mail is taken not to
 * @param lacksTime for which a host without HTTPS delivery is remembered, after a delivery by SMTP
 * @param provenTime for which a host that took a message is taken to be ready for the next one
 */
public record MxdelivSettings(
    int port, Duration headStart, Duration readyWithin, Duration lacksTime, Duration provenTime) {
  /** Returns the usual limits: port 443, 1 s, 20 s, 30 min, 10 s. */
  public static MxdelivSettings standard() {
    return new MxdelivSettings(
        443,
        Duration.ofSeconds(1),
        Duration.ofSeconds(20),
        Duration.ofMinutes(30),
        Duration.ofSeconds(10));
  }
}
