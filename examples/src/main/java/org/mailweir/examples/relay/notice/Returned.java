package org.mailweir.examples.relay.notice;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.mailweir.examples.relay.spool.Envelope;
import org.mailweir.message.Body;

/**
 * How much of a message goes back with a notification: all of it, or its header section (RFC 3461
 * section 4.3). Without a wish of the sender's, small messages go back whole.
 *
 * <p>Thread safety: immutable.
 */
final class Returned {
  /** Of what is returned whole unasked, in octets: Postfix's bounce_size_limit. */
  static final int UNASKED = 50_000;

  /** Of what is returned whole for the asking, in octets. */
  static final int ASKED = 1 << 20;

  /** Of a header section, in octets. */
  static final int HEADERS = 64 << 10;

  /** Nothing to return: the content cannot be read. */
  static final Returned NOTHING = new Returned(false, new byte[0]);

  private final boolean whole;
  private final byte[] content;

  private Returned(boolean whole, byte[] content) {
    this.whole = whole;
    this.content = content;
  }

  /** Returns whether it is all of the message. */
  boolean whole() {
    return whole;
  }

  /** Returns the octets, in lines that end with CRLF; not to be changed. */
  byte[] content() {
    return content;
  }

  /**
   * Reads what is to go back.
   *
   * @param utf8 whether the notification may hold octets above 127; where it may not they are
   *     question marks in headers, and a message that has them goes back whole only if asked for
   */
  static Returned of(Envelope envelope, Body body, boolean utf8) throws IOException {
    String ret = envelope.sender().dsn().ret();
    boolean whole =
        ret.equals("FULL")
            ? body.size() <= ASKED
            : ret.isEmpty() && body.size() <= UNASKED && !body.eightBit();
    try (InputStream in = new BufferedInputStream(body.open())) {
      return whole
          ? new Returned(true, in.readNBytes(ASKED))
          : new Returned(false, headers(in, utf8));
    }
  }

  private static byte[] headers(InputStream in, boolean utf8) throws IOException {
    ByteArrayOutputStream headers = new ByteArrayOutputStream();
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c >= 0; c = in.read()) {
      line.write(c > 127 && !utf8 ? '?' : c);
      if (c == '\n') {
        if (line.size() <= 2 || headers.size() + line.size() > HEADERS) {
          break;
        }
        line.writeTo(headers);
        line.reset();
      } else if (line.size() > HEADERS) {
        break;
      }
    }
    return headers.toByteArray();
  }
}
