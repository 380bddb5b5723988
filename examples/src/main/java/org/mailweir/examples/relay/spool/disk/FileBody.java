package org.mailweir.examples.relay.spool.disk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.Objects;
import org.mailweir.message.Body;

/**
 * A part of an open file. The file may be deleted meanwhile: its space is given back at {@link
 * #close} then.
 */
final class FileBody implements Body {
  private final FileChannel file;
  private final long start;
  private final long size;
  private final boolean eightBit;

  FileBody(FileChannel file, long start, long size, boolean eightBit) {
    this.file = file;
    this.start = start;
    this.size = size;
    this.eightBit = eightBit;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public boolean eightBit() {
    return eightBit;
  }

  @Override
  public InputStream open() throws IOException {
    if (!file.isOpen()) {
      throw new ClosedChannelException();
    }
    return new Reader();
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException nothingToLose) {
      // It was read only, and the descriptor is released in any case.
      return;
    }
  }

  /** Reads from the first byte on. Thread safety: none; each thread opens its own. */
  private final class Reader extends InputStream {
    private long position;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      if (length == 0) {
        return 0;
      }
      if (position >= size) {
        return -1;
      }
      int wanted = (int) Math.min(length, size - position);
      int count = file.read(ByteBuffer.wrap(bytes, offset, wanted), start + position);
      if (count <= 0) {
        throw new IOException("the message's file is shorter than it was");
      }
      position += count;
      return count;
    }

    @Override
    public int available() {
      return (int) Math.min(size - position, Integer.MAX_VALUE);
    }
  }
}
