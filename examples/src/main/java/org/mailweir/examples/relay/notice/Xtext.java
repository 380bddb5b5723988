package org.mailweir.examples.relay.notice;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Text with hexadecimal digits for what may not stand in a parameter (RFC 3461 section 4). */
final class Xtext {
  private static final Pattern HEX = Pattern.compile("\\+([0-9A-F]{2})");

  private Xtext() {}

  /** Returns the text that is meant; what is not printable ASCII in it stays encoded. */
  static String decoded(String xtext) {
    return HEX.matcher(xtext).replaceAll(Xtext::character);
  }

  private static String character(MatchResult hex) {
    char c = (char) Integer.parseInt(hex.group(1), 16);
    boolean printable = c >= ' ' && c <= '~';
    String text = printable ? String.valueOf(c) : hex.group();
    return text.equals("\\") || text.equals("$") ? "\\" + text : text;
  }
}
