package org.mailweir.examples.relay.intake;

import java.io.IOException;
import java.io.InputStream;
import org.mailweir.message.Body;

/** Counts the {@code Received} fields in the header of a message (RFC 5321 section 6.3). */
final class Hops {
  private static final String RECEIVED = "received";
  // A header of more than this is none; Postfix (header_size_limit) takes a tenth.
  private static final int MAX_HEADER = 1 << 20;

  private int count;

  /** How many characters of the line are those of the name; -1 if the line begins otherwise. */
  private int matched;

  private boolean lineIsEmpty = true;
  private boolean ended;

  private Hops() {}

  /** Reads the header, up to its empty line or a megabyte. */
  static int count(Body body) throws IOException {
    Hops hops = new Hops();
    byte[] bytes = new byte[8 << 10];
    try (InputStream in = body.open()) {
      int left = MAX_HEADER;
      while (left > 0 && !hops.ended) {
        int read = in.read(bytes, 0, Math.min(left, bytes.length));
        if (read < 0) {
          break;
        }
        left -= read;
        hops.read(bytes, read);
      }
    }
    return hops.count;
  }

  private void read(byte[] bytes, int length) {
    for (int i = 0; i < length && !ended; i++) {
      byte next = bytes[i];
      if (next == '\n') {
        ended = lineIsEmpty;
        lineIsEmpty = true;
        matched = 0;
      } else if (next != '\r') {
        lineIsEmpty = false;
        match(next);
      }
    }
  }

  private void match(byte next) {
    if (matched < 0) {
      return;
    }
    if (matched < RECEIVED.length()) {
      matched = (next | 0x20) == RECEIVED.charAt(matched) ? matched + 1 : -1;
    } else if (next == ':') {
      count++;
      matched = -1;
    } else if (next != ' ' && next != '\t') { // RFC 5322 section 4.5: blanks before the colon
      matched = -1;
    }
  }
}
