package org.mailweir.tls;

import static java.util.Objects.requireNonNull;

import java.util.Locale;
import java.util.Optional;

/**
 * What one line of a policy table asks for.
 *
 * @param mode how strict
 * @param pins the only certificates that are taken; with {@link TlsMode#ENCRYPT} alone
 */
record TlsRule(TlsMode mode, Optional<Pins> pins) {
  private static final String MATCH = "match=";

  TlsRule {
    requireNonNull(mode);
    requireNonNull(pins);
  }

  /**
   * Parses a level of Postfix's smtp_tls_policy_maps and its attributes.
   *
   * @param words the level first; not empty
   * @throws IllegalArgumentException with one line on what is wrong
   */
  static TlsRule parse(String[] words) {
    String level = words[0].toLowerCase(Locale.ROOT);
    if (level.equals("fingerprint")) {
      return new TlsRule(TlsMode.ENCRYPT, Optional.of(pins(words)));
    }
    if (words.length > 1) {
      throw new IllegalArgumentException("'" + words[1] + "': " + level + " takes no attributes");
    }
    TlsMode mode =
        switch (level) {
          case "none" -> TlsMode.NONE;
          case "may" -> TlsMode.MAY;
          case "encrypt" -> TlsMode.ENCRYPT;
          case "verify", "secure" -> TlsMode.VERIFY;
          default ->
              throw new IllegalArgumentException(
                  "unknown level '"
                      + words[0]
                      + "': not one of none, may, encrypt, verify, fingerprint");
        };
    return new TlsRule(mode, Optional.empty());
  }

  private static Pins pins(String[] words) {
    StringBuilder all = new StringBuilder();
    for (int i = 1; i < words.length; i++) {
      if (!words[i].startsWith(MATCH)) {
        throw new IllegalArgumentException("'" + words[i] + "': fingerprint takes match= alone");
      }
      all.append(all.isEmpty() ? "" : "|").append(words[i].substring(MATCH.length()));
    }
    if (all.isEmpty()) {
      throw new IllegalArgumentException("fingerprint needs match= and a fingerprint");
    }
    return Pins.parse(all.toString());
  }
}
