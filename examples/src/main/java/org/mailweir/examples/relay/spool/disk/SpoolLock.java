package org.mailweir.examples.relay.spool.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mailweir.examples.relay.spool.SpoolException;
import org.mailweir.examples.relay.spool.SpoolException.Kind;

/** Keeps a second process out of the spool. The system lets go of it when the process ends. */
final class SpoolLock implements AutoCloseable {
  static final String NAME = "lock";

  private final FileChannel file;

  private SpoolLock(FileChannel file) {
    this.file = file;
  }

  static SpoolLock take(Path spool) throws IOException, SpoolException {
    Path path = spool.resolve(NAME);
    FileChannel file =
        FileChannel.open(
            path,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            Permissions.file(path));
    if (lock(file) == null) {
      file.close();
      String owner = Files.readString(path).strip();
      throw new SpoolException(
          Kind.FAILED, "The spool " + spool + " is in use by the process " + owner);
    }
    file.truncate(0);
    file.write(
        ByteBuffer.wrap(
            (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
    return new SpoolLock(file);
  }

  private static @Nullable FileLock lock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException ours) {
      return null;
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException released) {
      // The descriptor is gone in any case, and the lock with it.
      return;
    }
  }
}
