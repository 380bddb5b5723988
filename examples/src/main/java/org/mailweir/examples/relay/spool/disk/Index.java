package org.mailweir.examples.relay.spool.disk;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * What is to be done with the messages, in SQLite: one connection that writes, one that looks for
 * single entries, one for claims and lists, which take longer.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class Index implements AutoCloseable {
  /** What there is at the start. */
  record Totals(long messages, long entries, long bytes, long lastEntry) {}

  interface Reading<T> {
    T read(Rows rows) throws SQLException;
  }

  /** A connection that one thread at a time may use. */
  private static final class Reader implements AutoCloseable {
    private final ReentrantLock lock = new ReentrantLock();
    private final Connection connection;
    private final Rows rows;

    Reader(Path file) throws SQLException {
      this.connection = Database.openReader(file);
      this.rows = new Rows(connection);
    }

    <T> T read(Reading<T> reading) throws SQLException {
      lock.lock();
      try {
        return reading.read(rows);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() throws SQLException {
      rows.close();
      connection.close();
    }
  }

  private final Changes changes;
  private final Reader single;
  private final Reader many;

  Index(Path file) throws SQLException {
    this.changes = new Changes(Database.openWriter(file));
    boolean good = false;
    try {
      this.single = new Reader(file);
      this.many = new Reader(file);
      good = true;
    } finally {
      if (!good) {
        changes.close();
      }
    }
  }

  /** Returns the last id that an entry got since this was opened; 0 if none did. */
  long lastId() {
    return changes.lastId();
  }

  /** Looks through the whole file, so that damage shows at the start and not in the night. */
  void check() throws SQLException {
    many.read(
        rows -> {
          try (Statement statement = many.connection.createStatement();
              ResultSet row = statement.executeQuery("PRAGMA quick_check(1)")) {
            row.next();
            String said = row.getString(1);
            if (!said.equals("ok")) {
              throw new SQLiteException(said, SQLiteErrorCode.SQLITE_CORRUPT);
            }
          }
          return true;
        });
  }

  /** Makes a change; see {@link Changes#make}. */
  <T> T change(Changes.Change<T> change) throws SQLException {
    return changes.make(change);
  }

  /** Reads one entry. */
  <T> T find(Reading<T> reading) throws SQLException {
    return single.read(reading);
  }

  /** Reads what may take a while. */
  <T> T read(Reading<T> reading) throws SQLException {
    return many.read(reading);
  }

  Totals totals() throws SQLException {
    return many.read(
        rows -> {
          try (Statement statement = many.connection.createStatement()) {
            long messages = number(statement, "SELECT count(*) FROM message");
            long bytes = number(statement, "SELECT coalesce(sum(size), 0) FROM message");
            long entries = number(statement, "SELECT count(*) FROM entry");
            long last = number(statement, "SELECT coalesce(max(id), 0) FROM entry");
            return new Totals(messages, entries, bytes, last);
          }
        });
  }

  private static long number(Statement statement, String sql) throws SQLException {
    try (ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Shows the queue id of every message. */
  void queueIds(Consumer<String> action) throws SQLException {
    many.read(
        rows -> {
          try (Statement statement = many.connection.createStatement();
              ResultSet result = statement.executeQuery("SELECT queue_id FROM message")) {
            while (result.next()) {
              action.accept(result.getString(1));
            }
          }
          return true;
        });
  }

  @Override
  public void close() throws SQLException {
    // The writer last: it takes the log back into the file, if nobody else has it open.
    single.close();
    many.close();
    changes.close();
  }
}
