package org.mailweir.lmtp;

import com.google.common.base.Ascii;
import com.google.common.base.Splitter;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.mailweir.message.AddressException;
import org.mailweir.message.Reply;

/**
 * The argument of MAIL and RCPT: a path in angle brackets and parameters (RFC 5321 section 4.1.2).
 *
 * @param address the mailbox without brackets; a source route is left out, as appendix C asks for;
 *     empty for the null path
 * @param parameters those behind the path
 */
record PathArgument(String address, List<String> parameters) {
  private static final int MAX_PARAMETERS = 16;
  private static final Splitter SPACES = Splitter.on(' ').omitEmptyStrings();

  /**
   * Parses what stands behind {@code MAIL FROM:} or {@code RCPT TO:}.
   *
   * @throws AddressException if the brackets are missing or there is too much behind them
   */
  static PathArgument parse(String text) {
    String path = text.stripLeading();
    int close = path.startsWith("<") ? closingBracket(path) : -1;
    if (close < 0) {
      throw new AddressException("The path needs angle brackets");
    }
    String rest = path.substring(close + 1);
    List<String> parameters = SPACES.splitToList(rest);
    if ((!rest.isEmpty() && rest.charAt(0) != ' ') || parameters.size() > MAX_PARAMETERS) {
      throw new AddressException("Malformed parameters");
    }
    return new PathArgument(withoutRoute(path.substring(1, close)), parameters);
  }

  /** Takes a parameter, and returns the reply to it if it is wrong. */
  interface Taker {
    Optional<Reply> take(String key, String value);
  }

  /**
   * Hands over one parameter after the other, the key in upper case, the value empty where there is
   * none; returns the reply to the first that is wrong.
   */
  Optional<Reply> eachParameter(Taker taker) {
    Set<String> seen = new HashSet<>();
    for (String parameter : parameters) {
      int equals = parameter.indexOf('=');
      String key = Ascii.toUpperCase(equals < 0 ? parameter : parameter.substring(0, equals));
      String value = equals < 0 ? "" : parameter.substring(equals + 1);
      boolean good = seen.add(key) && (equals < 0 || !value.isEmpty());
      Optional<Reply> refusal = good ? taker.take(key, value) : Optional.of(Replies.BAD_PARAMETER);
      if (refusal.isPresent()) {
        return refusal;
      }
    }
    return Optional.empty();
  }

  private static int closingBracket(String path) {
    boolean quoted = false;
    for (int i = 1; i < path.length(); i++) {
      char c = path.charAt(i);
      if (quoted && c == '\\') {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == '>' && !quoted) {
        return i;
      }
    }
    return -1;
  }

  private static String withoutRoute(String path) {
    if (!path.startsWith("@")) {
      return path;
    }
    int colon = path.indexOf(':');
    if (colon < 0) {
      throw new AddressException("The source route has no end");
    }
    return path.substring(colon + 1);
  }
}
