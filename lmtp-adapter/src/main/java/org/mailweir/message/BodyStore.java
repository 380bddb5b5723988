package org.mailweir.message;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the bodies of all messages under way within two budgets. A body of up to 256 KB is kept in
 * memory, a larger one in a temporary file that has no name any more, so that no crash leaves it
 * behind. Where the memory is used up bodies go to files earlier; where the disk is used up, or
 * fails, there is no room.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class BodyStore {
  /** Default budget for bodies in memory, in bytes. */
  public static final long DEFAULT_MEMORY = 64L << 20;

  /** Default budget for bodies in files, in bytes. */
  public static final long DEFAULT_DISK = 2L << 30;

  static final int MAX_IN_MEMORY = 256 << 10;
  private static final Logger log = LoggerFactory.getLogger(BodyStore.class);

  private final Budget memory;
  private final Budget disk;
  private final Path directory;
  private final AtomicInteger bodies = new AtomicInteger();
  private final AtomicBoolean diskFails = new AtomicBoolean();

  /**
   * Creates a store whose files are in the system's directory for temporary files.
   *
   * @param memoryBudget bytes that all bodies together may take in memory; 0 for none
   * @param diskBudget bytes that all bodies together may take in files; 0 for none
   */
  public BodyStore(long memoryBudget, long diskBudget) {
    this(memoryBudget, diskBudget, Path.of(System.getProperty("java.io.tmpdir", "/tmp")));
  }

  /** Creates a store whose files are in a directory of your choice. */
  public BodyStore(long memoryBudget, long diskBudget, Path directory) {
    this.memory = new Budget(memoryBudget, "memoryBudget");
    this.disk = new Budget(diskBudget, "diskBudget");
    this.directory = directory;
  }

  /** Begins a body. The writer must be closed. */
  public BodyWriter newBody() {
    return new BodyWriter(this);
  }

  /** Returns whether a body of so many bytes would fit now; a negative size is an unknown one. */
  public boolean hasRoomFor(long size) {
    return size <= disk.free() || (size <= MAX_IN_MEMORY && size <= memory.free());
  }

  /** Returns the bytes that bodies take in memory. */
  public long memoryInUse() {
    return memory.used();
  }

  /** Returns the bytes that bodies take in files. */
  public long diskInUse() {
    return disk.used();
  }

  /** Returns how many bodies there are, finished or being written. */
  public int bodies() {
    return bodies.get();
  }

  Budget memory() {
    return memory;
  }

  Budget disk() {
    return disk;
  }

  void began() {
    bodies.incrementAndGet();
  }

  void ended() {
    bodies.decrementAndGet();
  }

  SpillFile openFile() throws IOException {
    return SpillFile.create(directory);
  }

  // Said once until it works again: a full disk fails hundreds of messages a second.
  void diskFailed(IOException failure) {
    if (!diskFails.getAndSet(true)) {
      log.error(
          "Cannot write message bodies to {}: {}. Messages get 452 until this is mended.",
          directory,
          failure.toString());
    }
  }

  void diskWorks() {
    if (diskFails.get() && diskFails.getAndSet(false)) {
      log.info("Message bodies can be written to {} again.", directory);
    }
  }
}
