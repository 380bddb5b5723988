package org.mailweir.smtp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes replies (RFC 5321 section 4.2) of bytes, free of I/O. Lines may end with CRLF or a bare LF;
 * whatever is not printable ASCII becomes a question mark. Of each line {@link #KEPT} characters
 * are kept; a line of more than {@link #MAX_LINE} bytes, or more than {@link #MAX_LINES} lines, end
 * the conversation, so that an endless reply costs nothing. Memory: at most 64 KB.
 *
 * <p>Thread safety: none; one parser for each connection. After a {@link BadReply} it is of no use.
 */
final class ReplyParser {
  /** RFC 5321 allows 512 bytes with the line end; what is found in the wild is longer. */
  static final int MAX_LINE = 4096;

  static final int MAX_LINES = 128;
  static final int KEPT = 512;

  private final StringBuilder line = new StringBuilder();
  private List<String> lines = new ArrayList<>();
  private int lineBytes;
  private int code;
  private boolean afterCr;

  /** Takes the next byte, and returns the reply that it completes. */
  Optional<RemoteReply> accept(byte next) throws BadReply {
    if (next == '\n') {
      afterCr = false;
      return endOfLine();
    }
    if (++lineBytes > MAX_LINE) {
      throw new BadReply("a reply line of more than " + MAX_LINE + " bytes");
    }
    if (afterCr) {
      keep('?');
    }
    afterCr = next == '\r';
    if (!afterCr) {
      keep(next >= ' ' && next < 127 ? (char) next : next == '\t' ? ' ' : '?');
    }
    return Optional.empty();
  }

  private void keep(char c) {
    if (line.length() < KEPT + 4) {
      line.append(c);
    }
  }

  private Optional<RemoteReply> endOfLine() throws BadReply {
    int lineCode = codeOf(line);
    if (!lines.isEmpty() && lineCode != code) {
      throw new BadReply("a reply whose lines have different codes, " + code + " and " + lineCode);
    }
    if (lines.size() == MAX_LINES) {
      throw new BadReply("a reply of more than " + MAX_LINES + " lines");
    }
    boolean last = line.length() == 3 || line.charAt(3) == ' ';
    code = lineCode;
    lines.add(line.length() > 4 ? line.substring(4) : "");
    line.setLength(0);
    lineBytes = 0;
    if (!last) {
      return Optional.empty();
    }
    RemoteReply reply = new RemoteReply(code, lines);
    lines = new ArrayList<>();
    return Optional.of(reply);
  }

  private static int codeOf(CharSequence line) throws BadReply {
    boolean formed =
        line.length() >= 3
            && line.charAt(0) >= '1'
            && line.charAt(0) <= '5'
            && isDigit(line.charAt(1))
            && isDigit(line.charAt(2))
            && (line.length() == 3 || line.charAt(3) == ' ' || line.charAt(3) == '-');
    if (!formed) {
      throw new BadReply(
          "no SMTP reply: \"" + line.subSequence(0, Math.min(60, line.length())) + '"');
    }
    return Integer.parseInt(line, 0, 3, 10);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
