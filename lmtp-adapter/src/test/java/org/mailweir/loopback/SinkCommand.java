package org.mailweir.loopback;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mailweir.loopback.Violation.Rule;

/**
 * One command line, read by the letter of RFC 5321 section 4.1.
 *
 * @param verb in upper case; {@code MAIL} and {@code RCPT} include {@code FROM:} and {@code TO:}
 * @param argument the domain of EHLO, the path of MAIL and RCPT without angle brackets, else the
 *     rest
 * @param parameters of MAIL and RCPT, in upper case
 * @param nonAscii whether a byte is above 127
 * @param wellFormed whether verb and argument are as the grammar wants them
 */
record SinkCommand(
    String verb, String argument, List<String> parameters, boolean nonAscii, boolean wellFormed) {
  /** Bytes without CRLF; RFC 5321 wants 510, its extensions add to MAIL, RFC 6531 to addresses. */
  static final int MAX_LENGTH = 1000;

  private static final Pattern PATH =
      Pattern.compile(
          "(?i:(?<verb>MAIL FROM|RCPT TO)):<(?<path>(?:\"(?:[^\"\\\\]|\\\\.)*\"|[^<>\\s\"])*)>"
              + "(?<parameters>(?: [A-Za-z0-9][A-Za-z0-9-]*(?:=[^\\s=]+)?)*)");
  private static final Pattern HELLO =
      Pattern.compile("(?i:(?<verb>EHLO|HELO)) (?<domain>[A-Za-z0-9.-]+|\\[[0-9A-Za-z.:]+])");
  private static final Pattern BARE = Pattern.compile("(?i:DATA|RSET|QUIT)");
  private static final Pattern OPTIONAL = Pattern.compile("(?i:NOOP|HELP)( .+)?");
  private static final Pattern STRING = Pattern.compile("(?i:VRFY|EXPN) .+");

  /** Returns the first rule that the bytes of a line, without CRLF, breach already. */
  static Optional<Rule> breach(byte[] line, boolean endsWithCrLf) {
    if (!endsWithCrLf) {
      return Optional.of(Rule.BARE_LF_IN_COMMAND);
    }
    if (line.length > MAX_LENGTH) {
      return Optional.of(Rule.LONG_COMMAND);
    }
    for (byte b : line) {
      if (b == '\r') {
        return Optional.of(Rule.BARE_CR_IN_COMMAND);
      }
      if (b >= 0 && b < ' ' || b == 127) {
        return Optional.of(Rule.CONTROL_IN_COMMAND);
      }
    }
    return Optional.empty();
  }

  static SinkCommand parse(byte[] bytes) {
    String line = new String(bytes, UTF_8);
    boolean nonAscii = !line.chars().allMatch(c -> c < 128);
    Matcher path = PATH.matcher(line);
    if (path.matches()) {
      String parameters = path.group("parameters").strip();
      return new SinkCommand(
          upper(path.group("verb")),
          path.group("path"),
          parameters.isEmpty() ? List.of() : List.of(upper(parameters).split(" ")),
          nonAscii,
          true);
    }
    Matcher hello = HELLO.matcher(line);
    if (hello.matches()) {
      return new SinkCommand(
          upper(hello.group("verb")), hello.group("domain"), List.of(), nonAscii, true);
    }
    int space = line.indexOf(' ');
    String verb = upper(space < 0 ? line : line.substring(0, space));
    String rest = space < 0 ? "" : line.substring(space + 1);
    boolean wellFormed =
        BARE.matcher(line).matches()
            || OPTIONAL.matcher(line).matches()
            || STRING.matcher(line).matches();
    return new SinkCommand(verb, rest, List.of(), nonAscii, wellFormed);
  }

  /** Returns whether RFC 2920 section 3.1 wants this to be the last command of a group. */
  boolean endsGroup() {
    return switch (verb) {
      case "EHLO", "HELO", "DATA", "VRFY", "EXPN", "QUIT", "NOOP" -> true;
      default -> false;
    };
  }

  private static String upper(String verb) {
    return verb.toUpperCase(Locale.ROOT);
  }
}
