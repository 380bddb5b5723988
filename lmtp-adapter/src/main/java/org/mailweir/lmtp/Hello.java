package org.mailweir.lmtp;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How a client introduced itself (RFC 5321 section 4.1.1.1).
 *
 * @param verb LHLO, EHLO or HELO
 * @param name the domain or address literal that it gave itself, unverified; only of characters
 *     that stand in such names
 */
record Hello(String verb, String name) {
  // It is written into the message, so that nothing but a name is let through.
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._:\\[\\]-]{1,255}");

  /** Returns empty if the argument is no name. */
  static Optional<Hello> parse(String verb, String argument) {
    return NAME.matcher(argument).matches()
        ? Optional.of(new Hello(verb, argument))
        : Optional.empty();
  }

  /** Returns whether the client wants to hear of extensions. */
  boolean extended() {
    return !verb.equals("HELO");
  }

  /** Names the protocol as trace lines do (RFC 3848, RFC 6531 section 4.3). */
  String with(boolean utf8) {
    if (verb.equals("LHLO")) {
      return utf8 ? "UTF8LMTP" : "LMTP";
    }
    return utf8 ? "UTF8SMTP" : extended() ? "ESMTP" : "SMTP";
  }
}
