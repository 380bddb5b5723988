package org.mailweir.examples.relay.spool.disk;

import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Mail is nobody else's: files and directories are for the relay's user alone. */
final class Permissions {
  private static final FileAttribute<?>[] NONE = {};

  private Permissions() {}

  static FileAttribute<?>[] file(Path path) {
    return posix(path, "rw-------");
  }

  static FileAttribute<?>[] directory(Path path) {
    return posix(path, "rwx------");
  }

  private static FileAttribute<?>[] posix(Path path, String permissions) {
    if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return NONE;
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
    };
  }
}
