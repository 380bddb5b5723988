package org.mailweir.examples.relay.spool.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the index up: as it is, new, or built again from the mail. */
final class IndexFile {
  private static final Logger log = LoggerFactory.getLogger(IndexFile.class);

  /**
   * An index that can be used.
   *
   * @param damaged messages that were found to be damaged
   */
  record Opened(Index index, Index.Totals totals, long damaged) {}

  private IndexFile() {}

  static Opened open(Path spool, MailFiles files) throws IOException, SQLException {
    Path file = spool.resolve(Database.NAME);
    if (!Files.exists(file) && !files.isEmpty()) {
      return rebuild(spool, files, 0);
    }
    try {
      return checked(file, files);
    } catch (SQLException failure) {
      if (!Database.isDamaged(failure)) {
        throw failure;
      }
      log.error("The index of the spool {} is damaged: {}", spool, Failures.reason(failure));
      return rebuild(spool, files, 0);
    }
  }

  private static Opened checked(Path file, MailFiles files) throws IOException, SQLException {
    Index index = new Index(file);
    boolean good = false;
    try {
      index.check();
      int orphans = Orphans.collect(index, files);
      if (orphans > 0) {
        log.info("Collected {} files of messages that were not taken or are delivered.", orphans);
      }
      Opened opened = new Opened(index, index.totals(), 0);
      good = true;
      return opened;
    } finally {
      if (!good) {
        closeDamaged(index);
      }
    }
  }

  /** Builds the index again; nobody has the old one open. */
  static Opened rebuild(Path spool, MailFiles files, long lastId) throws IOException, SQLException {
    // The lock was taken by this process: its time is above that of all that gave ids before.
    long started = Files.getLastModifiedTime(spool.resolve(SpoolLock.NAME)).toMillis() << 10;
    long damaged = Rebuild.run(spool, files, Math.max(lastId, started));
    Index index = new Index(spool.resolve(Database.NAME));
    return new Opened(index, index.totals(), damaged);
  }

  static void closeDamaged(Index index) {
    try {
      index.close();
    } catch (SQLException expected) {
      log.debug("Closing the damaged index", expected);
    }
  }
}
