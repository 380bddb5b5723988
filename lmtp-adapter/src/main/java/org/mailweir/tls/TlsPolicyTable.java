package org.mailweir.tls;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mailweir.message.AddressException;
import org.mailweir.message.Destination;

/**
 * Exceptions from the TLS mode, by destination; the first line that fits decides. The form is that
 * of Postfix's smtp_tls_policy_maps, of which both kinds may be mixed:
 *
 * <pre>
 * # comment
 * example.org      verify
 * .example.org     encrypt                     all names below example.org
 * [192.0.2.1]      encrypt                     an address literal
 * bank.example     fingerprint match=AB:CD:..|01:23:..
 * /^_/             encrypt                     a regular expression (RE2 syntax)
 * </pre>
 *
 * <p>A line that begins with a space goes on with the one before. Expressions are matched in time
 * linear to the name, which a stranger may have chosen.
 *
 * <p>Thread safety: immutable.
 */
public final class TlsPolicyTable {
  private static final int LONGEST_FILE = 1 << 20;
  private static final int MOST_LINES = 10_000;
  private static final TlsPolicyTable EMPTY = new TlsPolicyTable();

  private record Line(int number, TlsRule rule) {}

  private record Expression(Pattern pattern, boolean negated, Line line) {}

  /** By name, and by the part after the first dot with the dot before it. */
  private final Map<String, Line> byName = new HashMap<>();

  private final List<Expression> expressions = new ArrayList<>();

  /** As they were read, for comparison. */
  private final List<String> lines = new ArrayList<>();

  private TlsPolicyTable() {}

  /** Returns a table without exceptions. */
  public static TlsPolicyTable empty() {
    return EMPTY;
  }

  /**
   * Returns the exceptions that chatmail relays make: certificates of address literals and of test
   * domains are not verified, as no authority signs them, and nauta.cu has no TLS at all.
   */
  public static TlsPolicyTable chatmail() {
    try (InputStream lines = TlsPolicyTable.class.getResourceAsStream("chatmail-policy")) {
      if (lines == null) {
        throw new IllegalStateException("the program is not complete: chatmail-policy");
      }
      return parse(new String(lines.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException broken) {
      throw new IllegalStateException("the program cannot be read", broken);
    }
  }

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException with one line that names the file, the line and what is wrong
   */
  public static TlsPolicyTable read(Path file) {
    String text;
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LONGEST_FILE + 1);
      if (bytes.length > LONGEST_FILE) {
        throw new IllegalArgumentException(file + ": more than " + LONGEST_FILE + " bytes");
      }
      text = new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new IllegalArgumentException(file + ": cannot be read: " + unreadable.getMessage());
    }
    try {
      return parse(text);
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException(file + ", " + wrong.getMessage());
    }
  }

  /**
   * Parses the text of a table.
   *
   * @throws IllegalArgumentException with one line that names the line and what is wrong
   */
  public static TlsPolicyTable parse(String text) {
    TlsPolicyTable table = new TlsPolicyTable();
    int number = 0;
    int first = 0;
    StringBuilder logical = new StringBuilder();
    for (String line : text.lines().toList()) {
      number++;
      if (number > MOST_LINES) {
        throw new IllegalArgumentException("line " + number + ": more than " + MOST_LINES);
      }
      if (line.isBlank() || line.stripLeading().startsWith("#")) {
        continue;
      }
      if (Character.isWhitespace(line.charAt(0)) && !logical.isEmpty()) {
        logical.append(' ').append(line.strip());
        continue;
      }
      table.add(first, logical.toString());
      first = number;
      logical.setLength(0);
      logical.append(line.strip());
    }
    table.add(first, logical.toString());
    return table;
  }

  /** Returns what the first line that fits says. */
  Optional<TlsRule> find(Destination destination) {
    String name = destination.name();
    Line best = byName.get(name);
    for (int dot = name.indexOf('.'); dot >= 0 && !destination.isLiteral(); ) {
      best = earlier(best, byName.get(name.substring(dot)));
      dot = name.indexOf('.', dot + 1);
    }
    for (Expression each : expressions) {
      if (best != null && best.number() < each.line().number()) {
        break; // expressions are in the order of their lines
      }
      if (each.pattern().matcher(name).find() != each.negated()) {
        best = each.line();
        break;
      }
    }
    return Optional.ofNullable(best).map(Line::rule);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TlsPolicyTable table && table.lines.equals(lines);
  }

  @Override
  public int hashCode() {
    return lines.hashCode();
  }

  /** Returns the number of its entries, in words. */
  @Override
  public String toString() {
    return lines.size() + " exceptions";
  }

  private static @Nullable Line earlier(@Nullable Line one, @Nullable Line other) {
    return one == null || (other != null && other.number() < one.number()) ? other : one;
  }

  private void add(int number, String line) {
    if (line.isEmpty()) {
      return;
    }
    lines.add(line);
    try {
      if (line.startsWith("/") || line.startsWith("!/")) {
        addExpression(number, line);
      } else {
        String[] words = line.split("\\s+");
        byName.putIfAbsent(key(words[0]), new Line(number, rule(words)));
      }
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException("line " + number + ": " + wrong.getMessage());
    }
  }

  private void addExpression(int number, String line) {
    int from = line.indexOf('/') + 1;
    int to = endOf(line, from);
    String[] words = line.substring(to + 1).split("\\s+", -1);
    // Postfix's flags: i turns the default off, to ignore case. Names are in lower case here.
    if (!words[0].isEmpty() && !words[0].equals("i")) {
      throw new IllegalArgumentException("unknown flags '" + words[0] + "' of the expression");
    }
    try {
      Pattern pattern = Pattern.compile(line.substring(from, to), Pattern.CASE_INSENSITIVE);
      Line result = new Line(number, rule(words));
      expressions.add(new Expression(pattern, line.startsWith("!"), result));
    } catch (PatternSyntaxException wrong) {
      throw new IllegalArgumentException("not a regular expression: " + wrong.getDescription());
    }
  }

  private static int endOf(String line, int from) {
    for (int i = from; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '/') {
        return i;
      }
    }
    throw new IllegalArgumentException("the regular expression has no end");
  }

  private static TlsRule rule(String[] words) {
    if (words.length < 2) {
      throw new IllegalArgumentException("no level after '" + words[0] + "'");
    }
    String[] level = new String[words.length - 1];
    System.arraycopy(words, 1, level, 0, level.length);
    return TlsRule.parse(level);
  }

  private static String key(String name) {
    boolean below = name.startsWith(".");
    try {
      Destination destination = Destination.of(below ? name.substring(1) : name);
      return below ? "." + destination.name() : destination.name();
    } catch (AddressException wrong) {
      throw new IllegalArgumentException("'" + name + "': " + wrong.getMessage());
    }
  }
}
