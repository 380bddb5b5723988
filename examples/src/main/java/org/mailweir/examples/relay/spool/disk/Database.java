package org.mailweir.examples.relay.spool.disk;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The index's SQLite file. With a write-ahead log and {@code synchronous=FULL} each commit is
 * synced to the disk before it returns (sqlite.org/pragma.html#pragma_synchronous); FULL is not
 * SQLite's default for that log everywhere, so it is asked for.
 */
final class Database {
  static final String NAME = "index.db";

  /** With its log and the log's shared memory. */
  static final List<String> FILES = List.of(NAME, NAME + "-wal", NAME + "-shm");

  private static final int VERSION = 1;
  private static final int CACHE_KIB = 32 << 10;
  private static final int LOG_LIMIT = 64 << 20;
  private static final int BUSY_MILLIS = 30_000;

  private static final List<String> SCHEMA =
      List.of(
          """
          CREATE TABLE IF NOT EXISTS message (
            id INTEGER PRIMARY KEY,
            queue_id TEXT NOT NULL UNIQUE,
            address TEXT NOT NULL,
            sender BLOB NOT NULL,
            arrived INTEGER NOT NULL,
            expires INTEGER NOT NULL,
            size INTEGER NOT NULL)
          """,
          """
          CREATE TABLE IF NOT EXISTS entry (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            message INTEGER NOT NULL,
            destination TEXT NOT NULL,
            due INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            warned INTEGER NOT NULL,
            pending BLOB NOT NULL)
          """,
          "CREATE INDEX IF NOT EXISTS entry_message ON entry (message)",
          "CREATE INDEX IF NOT EXISTS entry_destination ON entry (destination)");

  private Database() {}

  /** Opens the file for the one connection that writes; makes it, if there is none. */
  static Connection openWriter(Path file) throws SQLException {
    Connection connection = config().createConnection("jdbc:sqlite:" + file);
    boolean good = false;
    try {
      prepare(connection);
      connection.setAutoCommit(false);
      good = true;
      return connection;
    } finally {
      if (!good) {
        connection.close();
      }
    }
  }

  private static void prepare(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      int version = version(statement);
      if (version > VERSION) {
        throw new SQLException("it was written by a newer version of this program");
      }
      for (String each : SCHEMA) {
        statement.execute(each);
      }
      if (version < VERSION) {
        statement.execute("PRAGMA user_version=" + VERSION);
      }
    }
  }

  private static int version(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("PRAGMA user_version")) {
      row.next();
      return row.getInt(1);
    }
  }

  /** Opens a connection that reads only. */
  static Connection openReader(Path file) throws SQLException {
    SQLiteConfig config = config();
    config.setReadOnly(true);
    return config.createConnection("jdbc:sqlite:" + file);
  }

  private static SQLiteConfig config() {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(JournalMode.WAL);
    config.setSynchronous(SynchronousMode.FULL);
    config.setCacheSize(-CACHE_KIB);
    config.setJournalSizeLimit(LOG_LIMIT);
    config.setBusyTimeout(BUSY_MILLIS);
    return config;
  }

  /** Returns whether the file is not what SQLite has written. */
  static boolean isDamaged(Throwable failure) {
    return failure instanceof SQLiteException told
        && (is(told, SQLiteErrorCode.SQLITE_CORRUPT) || is(told, SQLiteErrorCode.SQLITE_NOTADB));
  }

  /** Returns whether there was no space for a change. */
  static boolean isFull(Throwable failure) {
    return failure instanceof SQLiteException told && is(told, SQLiteErrorCode.SQLITE_FULL);
  }

  // The low byte is the error, the others say more of it.
  private static boolean is(SQLiteException told, SQLiteErrorCode code) {
    return (told.getResultCode().code & 0xff) == code.code;
  }
}
