package org.mailweir.lmtp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.mailweir.message.Reply;

/**
 * Replies on their way to the client, as bytes. Whatever a reply from elsewhere holds, what comes
 * out is one well-formed line.
 *
 * <p>Thread safety: none.
 */
final class ReplyBuffer {
  // RFC 5321 section 4.5.3.1.5: a reply line has at most 512 octets, code and CRLF included.
  private static final int MAX_TEXT = 480;
  private static final Pattern STATUS = Pattern.compile("[245]\\.[0-9]{1,3}\\.[0-9]{1,3}");

  private static final int FIRST = 256;

  private ByteArrayOutputStream bytes = new ByteArrayOutputStream(FIRST);

  int size() {
    return bytes.size();
  }

  /** Takes out what is there. */
  byte[] take() {
    byte[] all = bytes.toByteArray();
    bytes.reset();
    return all;
  }

  /** Gives back what many replies have taken. Only while it is empty. */
  void rest() {
    bytes = new ByteArrayOutputStream(0);
  }

  /** Adds one of the server's own replies. */
  void add(Reply reply) {
    String status = reply.status().isEmpty() ? "" : reply.status() + " ";
    line(reply.code() + " " + status + reply.text());
  }

  /** Adds one line of several, or a reply without a status; {@code line} has the code in it. */
  void line(String line) {
    byte[] ascii = (line + "\r\n").getBytes(StandardCharsets.US_ASCII);
    bytes.write(ascii, 0, ascii.length);
  }

  /**
   * Returns a reply that may be sent for a recipient: of class 2, 4 or 5, with an enhanced status
   * of that class, and text that is printable and of bounded length. Postfix bounces what is
   * answered with 354, and distrusts a status of another class.
   */
  static Reply forRecipient(Reply reply) {
    int kind = reply.code() / 100;
    if (reply.code() > 599 || (kind != 2 && kind != 4 && kind != 5)) {
      return Replies.INTERNAL;
    }
    String status = reply.status();
    if (!STATUS.matcher(status).matches() || status.charAt(0) - '0' != kind) {
      status = kind + ".0.0";
    }
    return new Reply(reply.code(), status, printable(reply.text()));
  }

  private static String printable(String text) {
    StringBuilder clean = new StringBuilder();
    text.codePoints()
        .limit(MAX_TEXT)
        .forEach(c -> clean.append(c < ' ' ? ' ' : c < 127 ? (char) c : '?'));
    return clean.toString();
  }
}
