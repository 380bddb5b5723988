package org.mailweir.lmtp;

import com.google.common.base.Ascii;
import java.util.Optional;
import org.mailweir.message.MailDsn;
import org.mailweir.message.Reply;

/**
 * The parameters of MAIL: SIZE (RFC 1870), BODY (RFC 6152), SMTPUTF8 (RFC 6531), and where DSN is
 * offered RET and ENVID (RFC 3461).
 */
final class MailParameters {
  // RFC 1870 section 3: at most 20 digits.
  private static final int MAX_SIZE_DIGITS = 20;

  private final boolean offersDsn;
  private long size = -1;
  private boolean eightBit;
  private boolean utf8;
  private String ret = "";
  private String envid = "";

  MailParameters(boolean offersDsn) {
    this.offersDsn = offersDsn;
  }

  /** Takes all parameters, and returns the reply to the first that is wrong. */
  Optional<Reply> takeAll(PathArgument path) {
    return path.eachParameter(this::take);
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

  MailDsn dsn() {
    return ret.isEmpty() && envid.isEmpty() ? MailDsn.NONE : new MailDsn(ret, envid);
  }

  private Optional<Reply> take(String key, String value) {
    boolean good;
    switch (key) {
      case "SIZE" -> good = takeSize(value);
      case "BODY" -> good = takeBody(value);
      case "SMTPUTF8" -> {
        utf8 = true;
        good = value.isEmpty();
      }
      case "RET", "ENVID" -> {
        if (!offersDsn) {
          return Optional.of(Replies.UNKNOWN_PARAMETER);
        }
        good = takeDsn(key, value);
      }
      default -> {
        return Optional.of(Replies.UNKNOWN_PARAMETER);
      }
    }
    return good ? Optional.empty() : Optional.of(Replies.BAD_PARAMETER);
  }

  private boolean takeDsn(String key, String value) {
    if (key.equals("RET")) {
      ret = DsnGrammar.ret(value).orElse("");
      return !ret.isEmpty();
    }
    envid = DsnGrammar.envid(value).orElse("");
    return !envid.isEmpty();
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
