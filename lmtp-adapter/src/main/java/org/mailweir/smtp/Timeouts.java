package org.mailweir.smtp;

import java.time.Duration;

/**
 * How long each step may take. RFC 5321 section 4.5.3.2 would wait 5 minutes for a greeting; a
 * relay that holds its client meanwhile should not.
 *
 * @param connect of one TCP connection
 * @param greeting of the banner, of EHLO, and of STARTTLS with its handshake, each
 * @param mail of the replies to MAIL and RCPT, each
 * @param data of the reply to DATA
 * @param progress of each chunk of the body to be taken by the peer
 * @param dot of the reply to the final dot
 */
public record Timeouts(
    Duration connect,
    Duration greeting,
    Duration mail,
    Duration data,
    Duration progress,
    Duration dot) {
  /** What a relay starts with: 60 s, 60 s, 300 s, 120 s, 180 s, 600 s. */
  public static final Timeouts DEFAULT =
      new Timeouts(
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          Duration.ofSeconds(300),
          Duration.ofSeconds(120),
          Duration.ofSeconds(180),
          Duration.ofSeconds(600));

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if one is zero, negative, or over a day
   */
  public Timeouts {
    for (Duration each : new Duration[] {connect, greeting, mail, data, progress, dot}) {
      if (each.isNegative() || each.isZero() || each.compareTo(Duration.ofDays(1)) > 0) {
        throw new IllegalArgumentException("not a time-out between 0 and a day: " + each);
      }
    }
  }

  /** Returns these with another limit for one TCP connection. */
  public Timeouts withConnect(Duration limit) {
    return new Timeouts(limit, greeting, mail, data, progress, dot);
  }
}
