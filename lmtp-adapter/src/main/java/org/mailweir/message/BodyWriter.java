package org.mailweir.message;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Takes the content of one message in pieces. Ends with {@link #finish}, which makes a {@link Body}
 * of it, or with {@link #close}, which gives all of its space back.
 *
 * <p>Thread safety: none; one thread at a time.
 */
public final class BodyWriter implements AutoCloseable {
  private static final int FIRST = 8 << 10;

  private final BodyStore store;
  private byte[] memory = new byte[0];
  private @Nullable SpillFile file;
  private long size;

  /** Room in files that is taken already, and not used yet. */
  private long reserved;

  private boolean eightBit;
  private boolean open = true;

  BodyWriter(BodyStore store, long reserved) {
    this.store = store;
    this.reserved = reserved;
    store.began();
  }

  /**
   * Adds content. Where there is no room for it the writer gives its space back, and this and all
   * later calls return false.
   *
   * @return whether all content up to here is kept
   */
  public boolean write(byte[] bytes, int offset, int length) {
    if (!open) {
      return false;
    }
    boolean kept;
    try {
      kept = keep(bytes, offset, length);
    } catch (IOException failure) {
      store.diskFailed(failure);
      kept = false;
    }
    if (!kept) {
      close();
      return false;
    }
    size += length;
    return true;
  }

  /** Notes that the content has a byte above 127. */
  public void markEightBit() {
    eightBit = true;
  }

  /** Returns the bytes written so far. */
  public long size() {
    return size;
  }

  /**
   * Makes a body of what was written, which the caller closes. Closing the writer changes nothing
   * any more.
   *
   * @throws IllegalStateException if the writer was closed or had no room
   */
  public Body finish() {
    if (!open) {
      throw new IllegalStateException("the writer was closed before");
    }
    open = false;
    giveBackReserved();
    SpillFile spilled = file;
    if (spilled != null) {
      store.diskWorks();
      return new StoredBody(store, new byte[0], spilled, size, eightBit);
    }
    byte[] exact = memory.length == size ? memory : Arrays.copyOf(memory, (int) size);
    store.memory().giveBack(memory.length - size);
    memory = exact;
    return new StoredBody(store, exact, null, size, eightBit);
  }

  /** Gives the space back, unless {@link #finish} was called. Later calls change nothing. */
  @Override
  public void close() {
    if (!open) {
      return;
    }
    open = false;
    giveBackReserved();
    SpillFile spilled = file;
    if (spilled != null) {
      spilled.close();
      store.disk().giveBack(size);
    }
    dropMemory();
    store.ended();
  }

  /** Makes the array large enough, if it may be. */
  private boolean fitsMemory(int length) {
    long needed = size + length;
    if (needed <= memory.length) {
      return true;
    }
    if (needed > BodyStore.MAX_IN_MEMORY) {
      return false;
    }
    int capacity = FIRST;
    while (capacity < needed) {
      capacity *= 2;
    }
    if (!store.memory().take(capacity - memory.length)) {
      return false;
    }
    memory = Arrays.copyOf(memory, capacity);
    return true;
  }

  private boolean keep(byte[] bytes, int offset, int length) throws IOException {
    if (file != null || !fitsMemory(length)) {
      return toFile(bytes, offset, length);
    }
    System.arraycopy(bytes, offset, memory, (int) size, length);
    return true;
  }

  private boolean toFile(byte[] bytes, int offset, int length) throws IOException {
    SpillFile spilled = file;
    if (spilled == null) {
      if (!takeDisk(size)) {
        return false;
      }
      try {
        spilled = store.openFile();
        spilled.append(memory, 0, (int) size);
      } catch (IOException failure) {
        if (spilled != null) {
          spilled.close();
        }
        store.disk().giveBack(size);
        throw failure;
      }
      file = spilled;
      dropMemory();
    }
    if (!takeDisk(length)) {
      return false;
    }
    try {
      spilled.append(bytes, offset, length);
      return true;
    } catch (IOException failure) {
      store.disk().giveBack(length);
      throw failure;
    }
  }

  /** Takes from what is reserved first. */
  private boolean takeDisk(long bytes) {
    long from = Math.min(bytes, reserved);
    if (!store.disk().take(bytes - from)) {
      return false;
    }
    reserved -= from;
    return true;
  }

  private void giveBackReserved() {
    store.disk().giveBack(reserved);
    reserved = 0;
  }

  private void dropMemory() {
    store.memory().giveBack(memory.length);
    memory = new byte[0];
  }
}
