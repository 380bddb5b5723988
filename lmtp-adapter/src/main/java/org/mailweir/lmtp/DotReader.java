package org.mailweir.lmtp;

/**
 * Reads the content of one message up to its final dot (RFC 5321 sections 4.1.1.4 and 4.5.2).
 *
 * <p>The states are those of the end: the content ends at a dot that stands alone on a line, and a
 * line begins behind CRLF and nowhere else.
 *
 * <pre>
 * LINE_START  .  -> DOT (left out)         CR -> CR       LF -> bare, IN_LINE    other -> IN_LINE
 * IN_LINE                                  CR -> CR       LF -> bare             other -> IN_LINE
 * CR                                       CR -> bare     LF -> LINE_START       other -> bare, IN_LINE
 * DOT         .  -> IN_LINE                CR -> DOT_CR   LF -> bare, IN_LINE    other -> IN_LINE
 * DOT_CR                                   CR -> bare, CR LF -> END              other -> bare, IN_LINE
 * </pre>
 *
 * <p>Once there was a bare CR or LF the content is worth nothing: other systems would see other
 * lines in it, and another end.
 *
 * <p>Content is moved together in the array that it came in, so that no stuffed dot costs a call.
 *
 * <p>Thread safety: none.
 */
final class DotReader {
  private enum State {
    LINE_START,
    IN_LINE,
    CR,
    DOT,
    DOT_CR,
    END
  }

  private State state = State.LINE_START;
  private boolean bare;
  private byte seen;
  private int contentEnd;

  /**
   * Reads on. Afterwards the content among these bytes stands from {@code from} to {@link
   * #contentEnd}.
   *
   * @return the index behind the last byte used, which is {@code to} but for the end
   */
  int read(byte[] bytes, int from, int to) {
    int in = from;
    int out = from;
    while (in < to && state != State.END) {
      if (state == State.IN_LINE) {
        int end = endOfRun(bytes, in, to);
        if (out != in) {
          System.arraycopy(bytes, in, bytes, out, end - in);
        }
        out += end - in;
        in = end;
        if (in == to) {
          break;
        }
      }
      byte next = bytes[in++];
      if (step(next)) {
        seen |= next;
        bytes[out++] = next;
      }
    }
    contentEnd = out;
    return in;
  }

  /** Returns where the content of the last read ends. */
  int contentEnd() {
    return contentEnd;
  }

  /** Returns whether the final dot was read. */
  boolean atEnd() {
    return state == State.END;
  }

  /** Returns whether there was a CR or LF that is not part of CRLF. */
  boolean hasBareLineEnd() {
    return bare;
  }

  /** Returns whether there was a byte above 127. */
  boolean eightBit() {
    return seen < 0;
  }

  /** Follows the table; returns whether the byte is content. */
  private boolean step(byte next) {
    switch (state) {
      case LINE_START -> {
        if (next == '.') {
          state = State.DOT;
          return false;
        }
        inLine(next);
      }
      case IN_LINE -> inLine(next);
      case CR -> afterCr(next, State.LINE_START);
      case DOT -> {
        if (next == '\r') {
          state = State.DOT_CR;
          return false;
        }
        inLine(next);
      }
      case DOT_CR -> {
        afterCr(next, State.END);
        return false;
      }
      case END -> throw new IllegalStateException("read past the end");
    }
    return true;
  }

  private void afterCr(byte next, State complete) {
    if (next == '\n') {
      state = complete;
    } else {
      bare = true;
      state = next == '\r' ? State.CR : State.IN_LINE;
    }
  }

  private void inLine(byte next) {
    if (next == '\r') {
      state = State.CR;
    } else {
      bare |= next == '\n';
      state = State.IN_LINE;
    }
  }

  private int endOfRun(byte[] bytes, int from, int to) {
    byte all = seen;
    int i = from;
    for (; i < to; i++) {
      byte next = bytes[i];
      if (next == '\r' || next == '\n') {
        break;
      }
      all |= next;
    }
    seen = all;
    return i;
  }
}
