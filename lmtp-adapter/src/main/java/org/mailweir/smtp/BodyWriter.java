package org.mailweir.smtp;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.function.LongSupplier;
import org.mailweir.message.Body;

/**
 * Writes a body, dots doubled, and the final dot. Each chunk has a deadline of its own, so that a
 * slow peer may take its time, but one that stops reading holds nobody.
 *
 * <p>Thread safety: one thread, one message.
 */
final class BodyWriter {
  private static final int CHUNK = 32 * 1024;

  /** What goes out in one write with the dot: a packet less, and it fits in any socket buffer. */
  private static final int TAIL = 8 * 1024;

  private final Wire wire;
  private final LongSupplier deadline;

  BodyWriter(Wire wire, LongSupplier deadline) {
    this.wire = wire;
    this.deadline = deadline;
  }

  /** The final dot was not allowed. */
  static final class Forbidden extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** The peer does not take it; it may have said why. */
  static final class WriteFailure extends IOException {
    private static final long serialVersionUID = 1L;

    WriteFailure(IOException cause) {
      super(cause);
    }

    IOException cause() {
      return (IOException) requireNonNull(getCause());
    }
  }

  /**
   * Writes it all.
   *
   * @param onDot runs when the dot is allowed, right before it is written
   */
  void write(Body body, SmtpConnection.Results results, Runnable onDot)
      throws IOException, InterruptedException {
    int chunk = (int) Math.min(CHUNK, Math.max(1024, body.size() + 1));
    try (StuffedChunks chunks = StuffedChunks.of(body, chunk)) {
      while (chunks.next() && !chunks.isLast()) {
        write(chunks.bytes(), chunks.length());
      }
      byte[] out = chunks.bytes();
      int pending = chunks.length();
      if (pending > TAIL) {
        write(out, pending);
        pending = 0;
      }
      out[pending++] = '.';
      out[pending++] = '\r';
      out[pending++] = '\n';
      if (!results.mayFinish()) {
        throw new Forbidden();
      }
      onDot.run();
      write(out, pending);
    }
  }

  private void write(byte[] bytes, int length) throws IOException, InterruptedException {
    if (length > 0) {
      try {
        wire.write(bytes, length, deadline.getAsLong());
      } catch (IOException failure) {
        throw new WriteFailure(failure);
      }
    }
  }
}
