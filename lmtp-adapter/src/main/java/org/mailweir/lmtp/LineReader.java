package org.mailweir.lmtp;

/**
 * Cuts command lines out of the input. A line ends with CRLF and nothing else: taking a bare LF for
 * a line end is how one message is made to look like two (SMTP smuggling).
 *
 * <p>Thread safety: none.
 */
final class LineReader {
  // RFC 5321 section 4.5.3.1.4 has 512; SMTPUTF8 and parameters add to it, and Postfix takes 2048.
  static final int MAX_LINE = 2048;
  static final int MAX_DISCARDED = 64 << 10;

  private static final CommandLine INCOMPLETE = new CommandLine.Incomplete();

  private final InputBuffer input;
  // How far behind the input's start there is no LF: no byte is looked at twice.
  private int scanned;
  private int discarded;

  LineReader(InputBuffer input) {
    this.input = input;
  }

  /** Returns whether a part of a line is there. */
  boolean hasPart() {
    return discarded > 0 || !input.isEmpty();
  }

  /** Takes the next line. */
  CommandLine next() {
    int lf = findLf();
    if (lf < 0) {
      return discarded > 0 || scanned > MAX_LINE ? discard(input.end()) : INCOMPLETE;
    }
    byte[] bytes = input.array();
    int from = input.start();
    scanned = 0;
    if (discarded > 0 || lf + 1 - from > MAX_LINE) {
      discarded = 0;
      input.usedTo(lf + 1);
      return new CommandLine.Refused("Line too long");
    }
    CommandLine line =
        lf > from && bytes[lf - 1] == '\r'
            ? CommandLine.decode(bytes, from, lf - 1)
            : new CommandLine.Refused("Line ends without CR");
    input.usedTo(lf + 1);
    return line;
  }

  private CommandLine discard(int to) {
    discarded += to - input.start();
    scanned = 0;
    input.usedTo(to);
    return discarded > MAX_DISCARDED ? new CommandLine.Hopeless() : INCOMPLETE;
  }

  private int findLf() {
    byte[] bytes = input.array();
    int end = input.end();
    for (int i = input.start() + scanned; i < end; i++) {
      if (bytes[i] == '\n') {
        return i;
      }
    }
    scanned = input.size();
    return -1;
  }
}
