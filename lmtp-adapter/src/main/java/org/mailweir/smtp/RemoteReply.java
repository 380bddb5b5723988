package org.mailweir.smtp;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A reply of the remote as it came: every line without its code, printable ASCII only.
 *
 * <p>Thread safety: immutable.
 *
 * @param code three digits, 100 to 599
 * @param lines at least one; each at most {@link ReplyParser#KEPT} characters
 */
record RemoteReply(int code, List<String> lines) {
  private static final Pattern STATUS = Pattern.compile("([245])\\.\\d{1,3}\\.\\d{1,3}(?= |$)");
  private static final Pattern CONNECTIONS =
      Pattern.compile(
          "\\btoo many\\b.{0,40}\\b(connections?|sessions?)\\b"
              + "|\\b(connections?|sessions?)\\b.{0,20}\\b(limit|rate)\\b.{0,20}\\bexceeded\\b"
              + "|\\bexceeded\\b.{0,40}\\bconnections?\\b.{0,20}\\blimit\\b",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern SLOWER =
      Pattern.compile("\\btoo many\\b|\\brate\\b|\\brate-?limit", Pattern.CASE_INSENSITIVE);
  private static final Pattern GREYLISTED =
      Pattern.compile("\\bgr[ae]y-?\\s?list", Pattern.CASE_INSENSITIVE);

  RemoteReply {
    requireNonNull(lines);
    lines = List.copyOf(lines);
  }

  boolean isPositive() {
    return code / 100 == 2;
  }

  boolean isTransient() {
    return code / 100 == 4;
  }

  boolean isPermanent() {
    return code / 100 == 5;
  }

  /** Returns whether the remote refuses, for now or for good. */
  boolean isRefusal() {
    return isTransient() || isPermanent();
  }

  /** Returns the enhanced status code; empty where there is none or its class is not the code's. */
  String status() {
    Matcher matcher = STATUS.matcher(lines.get(0));
    return matcher.lookingAt() && matcher.group(1).charAt(0) == '0' + code / 100
        ? matcher.group()
        : "";
  }

  /** Returns the lines in one, the enhanced status code only once, in front. */
  String text() {
    StringBuilder text = new StringBuilder();
    for (String line : lines) {
      String part = line;
      if (text.length() > 0) {
        Matcher matcher = STATUS.matcher(line);
        part = matcher.lookingAt() ? line.substring(matcher.end()).strip() : line.strip();
        if (!part.isEmpty()) {
          text.append(' ');
        }
      }
      text.append(part);
    }
    return text.toString().strip();
  }

  /** Returns whether this says that we hold or open too many connections, or "not now" (421). */
  boolean pushesBack() {
    return code == 421 || (isTransient() && CONNECTIONS.matcher(text()).find());
  }

  /**
   * Returns whether the remote asks for less mail. Greylisting is none of that, though much of it
   * is said with 4.7.1: it speaks of one message, not of the pace.
   */
  boolean throttles() {
    if (!isTransient()) {
      return false;
    }
    String text = text();
    String status = status();
    return SLOWER.matcher(text).find()
        || ((status.startsWith("4.7.") || status.equals("4.3.2"))
            && !GREYLISTED.matcher(text).find());
  }
}
