package org.mailweir.smtp;

import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * What a host offers in its reply to EHLO (RFC 5321 section 4.1.1.1).
 *
 * <p>Thread safety: immutable.
 *
 * @param size the largest message in bytes (RFC 1870); 0 where the host names no limit, empty where
 *     it does not know SIZE
 */
record Capabilities(
    boolean pipelining,
    boolean eightBitMime,
    boolean smtpUtf8,
    boolean startTls,
    boolean dsn,
    OptionalLong size) {
  /** Of a host that was greeted with HELO. */
  static final Capabilities NONE =
      new Capabilities(false, false, false, false, false, OptionalLong.empty());

  /** Reads the lines of a reply to EHLO; what is not known or not well-formed is passed over. */
  static Capabilities of(RemoteReply reply) {
    boolean pipelining = false;
    boolean eightBitMime = false;
    boolean smtpUtf8 = false;
    boolean startTls = false;
    boolean dsn = false;
    OptionalLong size = OptionalLong.empty();
    List<String> lines = reply.lines();
    for (String line : lines.subList(1, lines.size())) {
      String[] words = line.strip().split(" +", 3);
      switch (words[0].toUpperCase(Locale.ROOT)) {
        case "PIPELINING" -> pipelining = true;
        case "8BITMIME" -> eightBitMime = true;
        case "SMTPUTF8" -> smtpUtf8 = true;
        case "STARTTLS" -> startTls = true;
        case "DSN" -> dsn = true;
        case "SIZE" -> size = OptionalLong.of(words.length > 1 ? limit(words[1]) : 0);
        default -> {}
      }
    }
    return new Capabilities(pipelining, eightBitMime, smtpUtf8, startTls, dsn, size);
  }

  /** Returns whether a message of so many bytes may be offered. */
  boolean admits(long bytes) {
    long limit = size.orElse(0);
    return limit == 0 || bytes <= limit;
  }

  private static long limit(String digits) {
    try {
      return Math.max(0, Long.parseLong(digits));
    } catch (NumberFormatException notANumber) {
      return 0;
    }
  }
}
