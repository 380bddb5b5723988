package org.mailweir.smtp;

import java.io.IOException;
import java.io.InputStream;
import org.mailweir.message.Body;

/**
 * Reads a body as it is sent, but for the final dot: dots doubled at the start of lines, and CRLF
 * at the end. The last chunk is known as such, so that it can be held back until there is leave to
 * send it.
 *
 * <p>Thread safety: none; one for each transmission.
 */
public final class StuffedChunks implements AutoCloseable {
  /** Bytes that are free behind each chunk, for a final dot. */
  static final int SPARE = 3;

  private static final byte[] END = {'\r', '\n'};

  private final InputStream source;
  private final DotStuffer stuffer = new DotStuffer();
  private final byte[] in;
  private final byte[] out;
  private int ahead;
  private int length;
  private boolean last;

  /** The body cannot be read: its owner has closed it. */
  public static final class Unreadable extends IOException {
    private static final long serialVersionUID = 1L;

    Unreadable(IOException cause) {
      super(cause);
    }
  }

  private StuffedChunks(InputStream source, int chunk) throws Unreadable {
    this.source = source;
    in = new byte[chunk];
    out = new byte[2 * chunk + END.length + SPARE];
    ahead = read();
  }

  /**
   * Begins with a body's first byte.
   *
   * @param chunk bytes of the body in each chunk, above 0; the memory taken is three times that
   */
  public static StuffedChunks of(Body body, int chunk) throws Unreadable {
    try {
      return new StuffedChunks(body.open(), chunk);
    } catch (Unreadable gone) {
      throw gone;
    } catch (IOException gone) {
      throw new Unreadable(gone);
    }
  }

  /** Goes on to the next chunk, and returns whether there was one. An empty body has one. */
  public boolean next() throws Unreadable {
    if (last) {
      return false;
    }
    length = stuffer.stuff(in, ahead, out);
    ahead = read();
    last = ahead == 0;
    if (last && !stuffer.atLineStart()) {
      System.arraycopy(END, 0, out, length, END.length);
      length += END.length;
    }
    return true;
  }

  /** Returns the array that the chunk is in, from its start. It is the same for all chunks. */
  public byte[] bytes() {
    return out;
  }

  /** Returns the chunk's length in bytes. */
  public int length() {
    return length;
  }

  /** Returns whether no chunk follows. */
  public boolean isLast() {
    return last;
  }

  /** Lets the body go. What was read is whole: a failure of this changes nothing. */
  @Override
  public void close() {
    try {
      source.close();
    } catch (IOException nothingToLose) {
      return;
    }
  }

  private int read() throws Unreadable {
    try {
      return source.readNBytes(in, 0, in.length);
    } catch (IOException gone) {
      throw new Unreadable(gone);
    }
  }
}
