package org.mailweir.lmtp;

import com.google.common.base.Ascii;
import com.google.common.base.Splitter;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The values of the parameters by which a client asks for delivery status notifications (RFC 3461
 * section 4). Each method returns the value as it is sent on, and empty for a malformed one.
 */
final class DsnGrammar {
  private static final int MAX_ENVID = 100;
  private static final int MAX_ORCPT = 500;
  // Xtext that decodes to printable ASCII and nothing else, as sections 4.2 and 4.4 want it: what
  // is decoded from it stands in the header of a notification.
  private static final String XTEXT = "[!-*,-<>-~]|\\+(?:[2-6][0-9A-F]|7[0-9A-E])";
  private static final Pattern ENVID = Pattern.compile("(?:" + XTEXT + ")+");
  private static final Pattern ORCPT =
      Pattern.compile("[A-Za-z0-9!#$%&'*/?^_`{|}~-]+;(?:" + XTEXT + ")+");
  // RFC 6533 section 3: an address in UTF-8 may stand as it is.
  private static final Pattern UTF8_ORCPT =
      Pattern.compile("(?i:utf-8);(?:" + XTEXT + "|[^\\x00-\\x7f])+");
  private static final Splitter COMMAS = Splitter.on(',');
  private static final Set<String> EVENTS = Set.of("SUCCESS", "FAILURE", "DELAY");

  private DsnGrammar() {}

  /** Reads RET: {@code FULL} or {@code HDRS}. */
  static Optional<String> ret(String value) {
    return Optional.of(Ascii.toUpperCase(value)).filter(r -> r.equals("FULL") || r.equals("HDRS"));
  }

  static Optional<String> envid(String value) {
    return Optional.of(value).filter(id -> id.length() <= MAX_ENVID && ENVID.matcher(id).matches());
  }

  /** Reads NOTIFY: {@code NEVER}, or others with commas between. */
  static Optional<String> events(String value) {
    List<String> events = COMMAS.splitToList(Ascii.toUpperCase(value));
    if (events.equals(List.of("NEVER"))) {
      return Optional.of("NEVER");
    }
    return EVENTS.containsAll(events)
        ? Optional.of(String.join(",", new TreeSet<>(events)))
        : Optional.empty();
  }

  /** Reads ORCPT: the type of an address, and the address. */
  static Optional<String> orcpt(String value, boolean utf8) {
    return Optional.of(value)
        .filter(o -> o.length() <= MAX_ORCPT)
        .filter(o -> ORCPT.matcher(o).matches() || (utf8 && UTF8_ORCPT.matcher(o).matches()));
  }
}
