package org.mailweir.examples.relay.spool.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells how much the disk can still take. */
public interface FreeSpace {
  /** Returns the bytes that this process may still write. */
  long bytes() throws IOException;

  /** Returns the free space of the disk on which a directory is. */
  static FreeSpace of(Path directory) throws IOException {
    return Files.getFileStore(directory)::getUsableSpace;
  }
}
