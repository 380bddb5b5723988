package org.mailweir.loopback;

import java.util.List;

/**
 * A reply as it was read.
 *
 * @param code three digits
 * @param lines the text of each line, without code and separator; at least one
 */
record SmtpReply(int code, List<String> lines) {
  boolean positive() {
    return code / 100 == 2;
  }

  String text() {
    return lines.get(lines.size() - 1);
  }

  @Override
  public String toString() {
    return code + " " + text();
  }
}
