package org.mailweir.lmtp;

import java.util.ArrayList;
import java.util.List;

/**
 * What the server is told.
 *
 * @param protocol what its clients speak
 * @param dsn whether clients are offered DSN (RFC 3461). Then they leave the notifications to us:
 *     the transaction has to pass on, or to do, what sender and recipients ask for
 * @param hostname named in the greeting; printable ASCII without spaces
 * @param maxMessageSize in bytes, at least 1
 * @param maxRecipients of one message, at least 100 (RFC 5321 section 4.5.3.1.8)
 * @param maxConnections at once; more wait in the socket's backlog, none is refused; at least 1
 * @param timeouts how long clients are waited for
 */
public record LmtpSettings(
    Protocol protocol,
    boolean dsn,
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
   * Returns the defaults of LMTP for so many clients. Twice as many connections are taken, because
   * Postfix opens a new one before the old one is seen to be closed.
   */
  public static LmtpSettings of(String hostname, int clients) {
    return new LmtpSettings(
        Protocol.LMTP,
        false,
        hostname,
        DEFAULT_MAX_MESSAGE_SIZE,
        1000,
        2 * clients + 20,
        LmtpTimeouts.DEFAULT);
  }

  /** Returns these settings for clients that speak another protocol. */
  public LmtpSettings withProtocol(Protocol other) {
    return new LmtpSettings(
        other, dsn, hostname, maxMessageSize, maxRecipients, maxConnections, timeouts);
  }

  /** Returns these settings with DSN offered to clients, or not. */
  public LmtpSettings withDsn(boolean offered) {
    return new LmtpSettings(
        protocol, offered, hostname, maxMessageSize, maxRecipients, maxConnections, timeouts);
  }

  /** Returns these settings with another limit for a message, in bytes. */
  public LmtpSettings withMaxMessageSize(long bytes) {
    return new LmtpSettings(
        protocol, dsn, hostname, bytes, maxRecipients, maxConnections, timeouts);
  }

  /** Returns these settings with another limit for connections. */
  public LmtpSettings withMaxConnections(int connections) {
    return new LmtpSettings(
        protocol, dsn, hostname, maxMessageSize, maxRecipients, connections, timeouts);
  }

  /** Returns these settings with other timeouts. */
  public LmtpSettings withTimeouts(LmtpTimeouts others) {
    return new LmtpSettings(
        protocol, dsn, hostname, maxMessageSize, maxRecipients, maxConnections, others);
  }

  /** Returns the lines that tell a client what is offered. */
  List<String> offers() {
    List<String> words =
        new ArrayList<>(
            List.of(
                hostname,
                "PIPELINING",
                "ENHANCEDSTATUSCODES",
                "8BITMIME",
                "SMTPUTF8",
                "SIZE " + maxMessageSize));
    if (dsn) {
      words.add("DSN");
    }
    if (protocol.offersXforward()) {
      words.add("XFORWARD IDENT");
    }
    int last = words.size() - 1;
    words.replaceAll(word -> "250-" + word);
    words.set(last, "250 " + words.get(last).substring(4));
    return words;
  }

  private static void atLeast(long least, long value, String name) {
    if (value < least) {
      throw new IllegalArgumentException(name + ": " + value + ", must be at least " + least);
    }
  }
}
