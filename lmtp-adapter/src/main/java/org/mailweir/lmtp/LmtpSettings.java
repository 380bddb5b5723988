package org.mailweir.lmtp;

/**
 * What the LMTP server is told.
 *
 * @param hostname named in the greeting; printable ASCII without spaces
 * @param maxMessageSize in bytes, at least 1
 * @param maxRecipients of one message, at least 100 (RFC 5321 section 4.5.3.1.8)
 * @param maxConnections at once; more wait in the socket's backlog, none is refused; at least 1
 * @param timeouts how long clients are waited for
 */
public record LmtpSettings(
    String hostname,
    long maxMessageSize,
    int maxRecipients,
    int maxConnections,
    LmtpTimeouts timeouts) {
  /** Default of the largest message, in bytes: 30 MB, as chatmail relays have it. */
  public static final long DEFAULT_MAX_MESSAGE_SIZE = 31_457_280;

  /** Checks the arguments. */
  public LmtpSettings {
    if (hostname.isEmpty() || hostname.length() > 255 || !hostname.matches("[!-~]+")) {
      throw new IllegalArgumentException("hostname: must be printable ASCII without spaces");
    }
    atLeast(1, maxMessageSize, "maxMessageSize");
    atLeast(100, maxRecipients, "maxRecipients");
    atLeast(1, maxConnections, "maxConnections");
  }

  /**
   * Returns the defaults for so many clients. Twice as many connections are taken, because Postfix
   * opens a new one before the old one is seen to be closed.
   */
  public static LmtpSettings of(String hostname, int clients) {
    return new LmtpSettings(
        hostname, DEFAULT_MAX_MESSAGE_SIZE, 1000, 2 * clients + 20, LmtpTimeouts.DEFAULT);
  }

  /** Returns these settings with another limit for a message, in bytes. */
  public LmtpSettings withMaxMessageSize(long bytes) {
    return new LmtpSettings(hostname, bytes, maxRecipients, maxConnections, timeouts);
  }

  /** Returns these settings with another limit for connections. */
  public LmtpSettings withMaxConnections(int connections) {
    return new LmtpSettings(hostname, maxMessageSize, maxRecipients, connections, timeouts);
  }

  /** Returns these settings with other timeouts. */
  public LmtpSettings withTimeouts(LmtpTimeouts others) {
    return new LmtpSettings(hostname, maxMessageSize, maxRecipients, maxConnections, others);
  }

  private static void atLeast(long least, long value, String name) {
    if (value < least) {
      throw new IllegalArgumentException(name + ": " + value + ", must be at least " + least);
    }
  }
}
