package org.mailweir.mxdeliv;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.BooleanSupplier;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;
import org.mailweir.message.Body;
import org.mailweir.smtp.DotStuffer;

/**
 * A message as filtermail wants it posted: like SMTP's DATA, with dots doubled at the start of
 * lines, but without the final dot. It hands the bytes on to its own Postfix as they are.
 *
 * <p>The last bytes are held back until there is leave: once they are sent, the message may have
 * been taken. It is written once, whatever happens.
 *
 * <p>Thread safety: none; written by the thread that makes the request.
 */
final class StuffedBody extends RequestBody {
  private static final int CHUNK = 16 * 1024;

  private final Body body;
  private final BooleanSupplier mayFinish;
  private final long length;
  private boolean finished;

  /** The last bytes were not allowed. */
  static final class Forbidden extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** The body cannot be read: its owner has closed it. */
  static final class Unreadable extends IOException {
    private static final long serialVersionUID = 1L;

    Unreadable(IOException cause) {
      super(cause);
    }
  }

  /** Takes a body; reads it once to learn its length. */
  StuffedBody(Body body, BooleanSupplier mayFinish) throws Unreadable {
    this.body = body;
    this.mayFinish = mayFinish;
    long count = 0;
    try {
      count = stuff((bytes, size, last) -> {});
    } catch (Unreadable gone) {
      throw gone;
    } catch (IOException impossible) {
      throw new Unreadable(impossible);
    }
    length = count;
  }

  /** Takes chunks. */
  private interface Chunks {
    void take(byte[] bytes, int size, boolean last) throws IOException;
  }

  @Override
  public @Nullable MediaType contentType() {
    return null;
  }

  @Override
  public long contentLength() {
    return length;
  }

  @Override
  public boolean isOneShot() {
    return true;
  }

  @Override
  public void writeTo(BufferedSink sink) throws IOException {
    stuff(
        (bytes, size, last) -> {
          if (last) {
            if (!mayFinish.getAsBoolean()) {
              throw new Forbidden();
            }
            finished = true;
          }
          sink.write(bytes, 0, size);
        });
  }

  /** Returns whether the last bytes may have been sent. */
  boolean isFinished() {
    return finished;
  }

  private long stuff(Chunks chunks) throws IOException {
    byte[] in = new byte[CHUNK];
    byte[] out = new byte[2 * CHUNK + 2];
    DotStuffer stuffer = new DotStuffer();
    long total = 0;
    int pending = 0;
    try (InputStream bytes = open()) {
      for (int count = read(bytes, in); count > 0; count = read(bytes, in)) {
        chunks.take(out, pending, false);
        pending = stuffer.stuff(in, count, out);
        total += pending;
      }
    }
    if (!stuffer.atLineStart()) {
      out[pending++] = '\r';
      out[pending++] = '\n';
      total += 2;
    }
    chunks.take(out, pending, true);
    return total;
  }

  private InputStream open() throws Unreadable {
    try {
      return body.open();
    } catch (IOException gone) {
      throw new Unreadable(gone);
    }
  }

  private static int read(InputStream bytes, byte[] into) throws Unreadable {
    try {
      return bytes.readNBytes(into, 0, into.length);
    } catch (IOException gone) {
      throw new Unreadable(gone);
    }
  }
}
