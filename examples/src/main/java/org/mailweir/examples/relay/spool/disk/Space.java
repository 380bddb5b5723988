package org.mailweir.examples.relay.spool.disk;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.mailweir.examples.relay.spool.SpoolException;
import org.mailweir.examples.relay.spool.SpoolException.Kind;

/**
 * Keeps a reserve of the disk free, from which settlements are written when no more mail is taken.
 */
final class Space {
  /** What a message takes beside its file: its rows, in the log and in the index. */
  private static final long ROWS = 64 << 10;

  private final FreeSpace disk;
  private final long reserve;

  /** Promised to messages that are being written. */
  private final AtomicLong promised = new AtomicLong();

  Space(FreeSpace disk, long reserve) {
    this.disk = disk;
    this.reserve = reserve;
  }

  /** Promises room for a file of this size; {@link #release} it when the file is written. */
  void take(long size) throws SpoolException, IOException {
    long room = free() - promised.addAndGet(size + ROWS);
    if (room < 0) {
      release(size);
      throw new SpoolException(
          Kind.FULL,
          "The spool is full: a message of "
              + size
              + " bytes needs "
              + -room
              + " more, with "
              + reserve
              + " kept free");
    }
  }

  void release(long size) {
    promised.addAndGet(-size - ROWS);
  }

  /** Returns the size of the largest message that could be taken now; 0 if there is none. */
  long room() {
    try {
      return Math.max(0, free() - promised.get() - ROWS);
    } catch (IOException unknown) {
      return 0;
    }
  }

  private long free() throws IOException {
    return disk.bytes() - reserve;
  }
}
