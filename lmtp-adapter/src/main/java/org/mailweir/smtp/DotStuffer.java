package org.mailweir.smtp;

/**
 * Doubles the dot at the start of each line (RFC 5321 section 4.5.2), over chunks of any length. A
 * line starts after any LF, also a bare one, so that no reader, however lenient, finds an end of
 * the message inside of it.
 *
 * <p>Thread safety: none; one for each transmission.
 */
final class DotStuffer {
  private byte previous = '\n';
  private byte beforePrevious = '\r';

  /**
   * Writes a chunk to {@code out}, from its start, and returns how many bytes that took.
   *
   * @param out at least twice as long as the chunk
   */
  int stuff(byte[] in, int length, byte[] out) {
    int to = 0;
    int from = 0;
    byte last = previous;
    for (int i = 0; i < length; i++) {
      byte b = in[i];
      if (b == '.' && last == '\n') {
        System.arraycopy(in, from, out, to, i - from);
        to += i - from;
        out[to++] = '.';
        from = i;
      }
      last = b;
    }
    System.arraycopy(in, from, out, to, length - from);
    if (length > 0) {
      beforePrevious = length > 1 ? in[length - 2] : previous;
      previous = last;
    }
    return to + length - from;
  }

  /** Returns whether what was written so far ends with CRLF, or is nothing. */
  boolean atLineStart() {
    return previous == '\n' && beforePrevious == '\r';
  }
}
