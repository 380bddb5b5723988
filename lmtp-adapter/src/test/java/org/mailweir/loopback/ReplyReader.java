package org.mailweir.loopback;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads replies and takes no nonsense: RFC 5321 section 4.2 for the lines, RFC 2034 for enhanced
 * status codes, whose class has to be that of the reply.
 */
final class ReplyReader {
  private static final int MAX_LINE = 1000;
  private static final int MAX_LINES = 100;
  private static final Pattern LINE = Pattern.compile("([2-5][0-5][0-9])(?:([ -])(.*))?");
  private static final Pattern STATUS = Pattern.compile("([0-9])\\.[0-9]{1,3}\\.[0-9]{1,3}( .*)?");

  private final InputStream in;

  /** Creates a reader on a stream that should be buffered. */
  ReplyReader(InputStream in) {
    this.in = in;
  }

  /**
   * Reads the next reply.
   *
   * @throws EOFException if the connection is closed before its first byte
   * @throws ProtocolException if it is no reply
   */
  SmtpReply read() throws IOException {
    List<String> lines = new ArrayList<>(1);
    int code = 0;
    while (true) {
      String line = line(lines.isEmpty());
      Matcher matcher = LINE.matcher(line);
      if (!matcher.matches()) {
        throw new ProtocolException("no reply: " + line);
      }
      int lineCode = Integer.parseInt(matcher.group(1));
      if (!lines.isEmpty() && lineCode != code) {
        throw new ProtocolException("codes differ within a reply: " + code + ", " + line);
      }
      code = lineCode;
      String text = matcher.group(3) == null ? "" : matcher.group(3);
      Matcher status = STATUS.matcher(text);
      if (status.matches() && Integer.parseInt(status.group(1)) != code / 100) {
        throw new ProtocolException("class of the status is not that of the code: " + line);
      }
      lines.add(text);
      if (!"-".equals(matcher.group(2))) {
        return new SmtpReply(code, List.copyOf(lines));
      }
      if (lines.size() == MAX_LINES) {
        throw new ProtocolException("more than " + MAX_LINES + " lines in a reply");
      }
    }
  }

  /** Returns whether more has come than was read. */
  boolean hasMore() throws IOException {
    return in.available() > 0;
  }

  private String line(boolean first) throws IOException {
    byte[] line = new byte[MAX_LINE];
    int length = 0;
    while (true) {
      int b = in.read();
      if (b < 0) {
        if (first && length == 0) {
          throw new EOFException("connection closed instead of a reply");
        }
        throw new ProtocolException("connection closed within a reply");
      }
      if (b == '\n') {
        break;
      }
      if (length == MAX_LINE) {
        throw new ProtocolException("reply line of more than " + MAX_LINE + " bytes");
      }
      line[length++] = (byte) b;
    }
    if (length == 0 || line[length - 1] != '\r') {
      throw new ProtocolException("reply line without CR");
    }
    length--;
    for (int i = 0; i < length; i++) {
      if (line[i] < ' ' || line[i] == 127) {
        throw new ProtocolException("byte " + line[i] + " in a reply line");
      }
    }
    return new String(line, 0, length, US_ASCII);
  }
}
