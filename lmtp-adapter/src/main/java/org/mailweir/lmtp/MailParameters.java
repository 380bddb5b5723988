package org.mailweir.lmtp;

import com.google.common.base.Ascii;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.mailweir.message.Reply;

/** The parameters of MAIL: SIZE (RFC 1870), BODY (RFC 6152) and SMTPUTF8 (RFC 6531). */
final class MailParameters {
  // RFC 1870 section 3: at most 20 digits.
  private static final int MAX_SIZE_DIGITS = 20;

  private long size = -1;
  private boolean eightBit;
  private boolean utf8;
  private final Set<String> seen = new HashSet<>();

  /** Takes all parameters, and returns the reply to the first that is wrong. */
  Optional<Reply> takeAll(List<String> parameters) {
    for (String parameter : parameters) {
      Optional<Reply> refusal = take(parameter);
      if (refusal.isPresent()) {
        return refusal;
      }
    }
    return Optional.empty();
  }

  long size() {
    return size;
  }

  boolean eightBit() {
    return eightBit;
  }

  boolean utf8() {
    return utf8;
  }

  private Optional<Reply> take(String parameter) {
    int equals = parameter.indexOf('=');
    String key = Ascii.toUpperCase(equals < 0 ? parameter : parameter.substring(0, equals));
    String value = equals < 0 ? "" : parameter.substring(equals + 1);
    if (!seen.add(key)) {
      return Optional.of(Replies.BAD_PARAMETER);
    }
    boolean good;
    switch (key) {
      case "SIZE" -> good = takeSize(value);
      case "BODY" -> good = takeBody(value);
      case "SMTPUTF8" -> {
        utf8 = true;
        good = equals < 0;
      }
      default -> {
        return Optional.of(Replies.UNKNOWN_PARAMETER);
      }
    }
    return good ? Optional.empty() : Optional.of(Replies.BAD_PARAMETER);
  }

  private boolean takeBody(String value) {
    eightBit = Ascii.equalsIgnoreCase(value, "8BITMIME");
    return eightBit || Ascii.equalsIgnoreCase(value, "7BIT");
  }

  private boolean takeSize(String value) {
    if (value.isEmpty() || value.length() > MAX_SIZE_DIGITS || !value.matches("[0-9]+")) {
      return false;
    }
    try {
      size = Long.parseLong(value);
    } catch (NumberFormatException beyondLong) {
      size = Long.MAX_VALUE;
    }
    return true;
  }
}
