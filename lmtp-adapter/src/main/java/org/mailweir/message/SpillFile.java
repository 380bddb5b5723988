package org.mailweir.message;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A temporary file without a name: it is gone when it is closed, or when the process ends.
 *
 * <p>Not a FileChannel, whose positional reads need no lock: a channel is closed for all of its
 * readers when one reading thread is interrupted, and deliveries are interrupted. The lock is held
 * for one read from the page cache.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class SpillFile {
  private final RandomAccessFile file;
  private final ReentrantLock lock = new ReentrantLock();

  private SpillFile(RandomAccessFile file) {
    this.file = file;
  }

  static SpillFile create(Path directory) throws IOException {
    Path path = Files.createTempFile(directory, "mailweir-", ".body");
    try {
      return new SpillFile(new RandomAccessFile(path.toFile(), "rw"));
    } finally {
      Files.delete(path);
    }
  }

  void append(byte[] bytes, int offset, int length) throws IOException {
    lock.lock();
    try {
      file.write(bytes, offset, length);
    } finally {
      lock.unlock();
    }
  }

  int read(long position, byte[] bytes, int offset, int length) throws IOException {
    lock.lock();
    try {
      file.seek(position);
      return file.read(bytes, offset, length);
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      file.close();
    } catch (IOException nothingToLose) {
      // The content is not wanted any more, and the descriptor is released in any case.
      return;
    } finally {
      lock.unlock();
    }
  }
}
