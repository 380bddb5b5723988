package org.mailweir.mxdeliv;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;
import org.mailweir.message.Body;
import org.mailweir.smtp.StuffedChunks;

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

  /** Takes a body; reads it once to learn its length. */
  StuffedBody(Body body, BooleanSupplier mayFinish) throws StuffedChunks.Unreadable {
    this.body = body;
    this.mayFinish = mayFinish;
    this.length = lengthOf(body);
  }

  private static long lengthOf(Body body) throws StuffedChunks.Unreadable {
    long count = 0;
    try (StuffedChunks chunks = StuffedChunks.of(body, CHUNK)) {
      while (chunks.next()) {
        count += chunks.length();
      }
    }
    return count;
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
    try (StuffedChunks chunks = StuffedChunks.of(body, CHUNK)) {
      while (chunks.next()) {
        if (chunks.isLast()) {
          if (!mayFinish.getAsBoolean()) {
            throw new Forbidden();
          }
          finished = true;
        }
        sink.write(chunks.bytes(), 0, chunks.length());
      }
    }
  }

  /** Returns whether the last bytes may have been sent. */
  boolean isFinished() {
    return finished;
  }
}
