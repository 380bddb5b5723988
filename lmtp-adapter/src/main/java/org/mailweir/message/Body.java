package org.mailweir.message;

import java.io.IOException;
import java.io.InputStream;

/**
 * The content of a message: lines that end with CRLF, dot-stuffing removed. Immutable; may be read
 * by many deliveries at the same time. Its memory or disk space is given back by {@link #close},
 * which waits for no reader: a reader that is still open then fails with an {@link IOException}.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public interface Body extends AutoCloseable {
  /** Returns the size in bytes as in RFC 1870: with CRLF line ends, without dot-stuffing. */
  long size();

  /** Returns whether any byte is above 127. */
  boolean eightBit();

  /** Opens a new reader at the first byte. */
  InputStream open() throws IOException;

  /** Gives the space back. Later calls change nothing. */
  @Override
  void close();
}
