package org.mailweir.examples.relay.spool.disk;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.mailweir.examples.relay.spool.SpoolException;
import org.mailweir.examples.relay.spool.SpoolException.Kind;

/** Tells in one line what the disk or the store said. */
final class Failures {
  private Failures() {}

  static SpoolException of(Path spool, Exception failure, Space space) {
    boolean full = Database.isFull(failure) || saysFull(failure) || space.room() == 0;
    String line =
        full
            ? "The spool " + spool + " is full: " + reason(failure)
            : "The spool " + spool + " failed: " + reason(failure);
    return new SpoolException(full ? Kind.FULL : Kind.FAILED, line, failure);
  }

  private static boolean saysFull(Exception failure) {
    return String.valueOf(failure.getMessage()).contains("No space left on device");
  }

  static String reason(Exception failure) {
    // The bare message of these is the path.
    if (failure instanceof AccessDeniedException denied) {
      return denied.getFile() + " may not be used: access denied";
    }
    if (failure instanceof NoSuchFileException missing) {
      return missing.getFile() + " is missing";
    }
    if (failure instanceof FileSystemException told && told.getReason() != null) {
      return told.getFile() + ": " + told.getReason();
    }
    String message = String.valueOf(failure.getMessage());
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }
}
