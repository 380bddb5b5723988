package org.mailweir.lmtp;

import java.time.Duration;

/**
 * How long the server waits for its clients. All are above zero.
 *
 * @param idle between two commands; counted from the end of the one to the end of the next
 * @param bodyProgress for the next byte of a message
 * @param bodyTotal for a whole message, from 354 to its dot
 * @param write for a client to take a reply; then the connection is closed
 * @param batch for more RCPT lines where the last read seems to have been cut off by the network
 * @param bodyLate until {@link MailTransaction#bodyLate} is called, from 354 on
 */
public record LmtpTimeouts(
    Duration idle,
    Duration bodyProgress,
    Duration bodyTotal,
    Duration write,
    Duration batch,
    Duration bodyLate) {
  /** What fits Postfix, whose own timeouts are 300 s and more. */
  public static final LmtpTimeouts DEFAULT =
      new LmtpTimeouts(
          Duration.ofSeconds(300),
          Duration.ofSeconds(300),
          Duration.ofMinutes(30),
          Duration.ofSeconds(60),
          Duration.ofMillis(5),
          Duration.ofSeconds(1));

  /** Checks the arguments. */
  public LmtpTimeouts {
    positive(idle, "idle");
    positive(bodyProgress, "bodyProgress");
    positive(bodyTotal, "bodyTotal");
    positive(write, "write");
    positive(batch, "batch");
    positive(bodyLate, "bodyLate");
  }

  private static void positive(Duration value, String name) {
    if (value.isNegative() || value.isZero() || value.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(name + ": " + value + ", must be above 0, at most a day");
    }
  }
}
