package org.mailweir.lmtp;

import com.google.common.base.Splitter;
import java.util.List;
import org.mailweir.message.AddressException;

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
