package org.mailweir.message;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A body in memory, or in a file where there is one. */
final class StoredBody implements Body {
  private final BodyStore store;
  private final @Nullable SpillFile file;
  private final long size;
  private final boolean eightBit;
  private final AtomicBoolean closed = new AtomicBoolean();
  // Volatile, and let go at close: a reader that is still there must not keep it from the heap.
  private volatile byte[] memory;

  StoredBody(
      BodyStore store, byte[] memory, @Nullable SpillFile file, long size, boolean eightBit) {
    this.store = store;
    this.memory = memory;
    this.file = file;
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
    requireOpen();
    return new Reader();
  }

  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    if (file != null) {
      file.close();
      store.disk().giveBack(size);
    } else {
      memory = new byte[0];
      store.memory().giveBack(size);
    }
    store.ended();
  }

  private void requireOpen() throws IOException {
    if (closed.get()) {
      throw new IOException("the body was closed");
    }
  }

  private int read(long position, byte[] bytes, int offset, int length) throws IOException {
    byte[] content = memory;
    requireOpen();
    int wanted = (int) Math.min(length, size - position);
    if (file != null) {
      return file.read(position, bytes, offset, wanted);
    }
    System.arraycopy(content, (int) position, bytes, offset, wanted);
    return wanted;
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
      requireOpen();
      if (length == 0) {
        return 0;
      }
      if (position >= size) {
        return -1;
      }
      int count = StoredBody.this.read(position, bytes, offset, length);
      if (count <= 0) {
        throw new IOException("the body's file is shorter than it was");
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
