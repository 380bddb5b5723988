package org.mailweir.message;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;
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
    return newBody(0);
  }

  /**
   * Begins a body for which room was {@linkplain #reserve reserved}: the writer owns that room from
   * here on. The writer must be closed.
   */
  public BodyWriter newBody(long reserved) {
    return new BodyWriter(this, reserved);
  }

  /** Returns whether a body of so many bytes would fit now; a negative size is an unknown one. */
  public boolean hasRoomFor(long size) {
    return size <= disk.free() || (size <= MAX_IN_MEMORY && size <= memory.free());
  }

  /**
   * Sets room in files aside for a body that is about to come, so that a client is refused before
   * it sends what could not be kept. Small bodies need none: nothing is set aside for them.
   *
   * @param size in bytes; negative where it is unknown
   * @return the bytes set aside, maybe 0, which go to {@link #newBody(long)} or {@link #giveBack};
   *     empty if there is no room
   */
  public OptionalLong reserve(long size) {
    if (size <= MAX_IN_MEMORY) {
      return hasRoomFor(size) ? OptionalLong.of(0) : OptionalLong.empty();
    }
    return disk.take(size) ? OptionalLong.of(size) : OptionalLong.empty();
  }

  /** Gives back room that was reserved and is not wanted. */
  public void giveBack(long reserved) {
    disk.giveBack(reserved);
  }

  /** Returns the bytes that bodies take in memory. */
  public long memoryInUse() {
    return memory.used();
  }

  /** Returns the bytes that bodies take in files, with what is reserved for some on their way. */
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
