package org.mailweir.stores;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.LongConsumer;

/** SQLite: write-ahead log, {@code synchronous=FULL}: each commit is one fsync of the log. */
final class SqliteStore implements Store {
  private final Connection db;
  private final PreparedStatement addEntry;
  private final PreparedStatement addBody;
  private final PreparedStatement defer;
  private final PreparedStatement removeEntry;
  private final PreparedStatement removeBody;
  private final GroupCommit commits;

  SqliteStore(Path directory) throws SQLException {
    db = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("spool.db"));
    try (Statement statement = db.createStatement()) {
      statement.execute("PRAGMA page_size=8192");
      statement.execute("PRAGMA journal_mode=WAL");
      statement.execute("PRAGMA synchronous=FULL");
      statement.execute("PRAGMA wal_autocheckpoint=4000");
      statement.execute("PRAGMA cache_size=-32768");
      statement.execute("CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, envelope BLOB)");
      statement.execute("CREATE TABLE IF NOT EXISTS body (id INTEGER PRIMARY KEY, content BLOB)");
    }
    db.setAutoCommit(false);
    addEntry = db.prepareStatement("INSERT INTO entry VALUES (?, ?)");
    addBody = db.prepareStatement("INSERT INTO body VALUES (?, ?)");
    defer = db.prepareStatement("UPDATE entry SET envelope=? WHERE id=?");
    removeEntry = db.prepareStatement("DELETE FROM entry WHERE id=?");
    removeBody = db.prepareStatement("DELETE FROM body WHERE id=?");
    commits = new GroupCommit(db::commit);
  }

  @Override
  public void add(long id, byte[] envelope, byte[] body) throws Exception {
    commits.run(
        () -> {
          addEntry.setLong(1, id);
          addEntry.setBytes(2, envelope);
          addEntry.executeUpdate();
          if (body.length > 0) {
            addBody.setLong(1, id);
            addBody.setBytes(2, body);
            addBody.executeUpdate();
          }
        });
  }

  @Override
  public void defer(long id, byte[] envelope) throws Exception {
    commits.run(
        () -> {
          defer.setBytes(1, envelope);
          defer.setLong(2, id);
          defer.executeUpdate();
        });
  }

  @Override
  public void remove(long id) throws Exception {
    commits.run(
        () -> {
          removeEntry.setLong(1, id);
          removeEntry.executeUpdate();
          removeBody.setLong(1, id);
          removeBody.executeUpdate();
        });
  }

  @Override
  public void scan(LongConsumer action) throws SQLException {
    try (Statement statement = db.createStatement();
        ResultSet rows = statement.executeQuery("SELECT id, envelope FROM entry ORDER BY id")) {
      while (rows.next()) {
        long id = rows.getLong(1);
        if (rows.getBytes(2).length > 0) {
          action.accept(id);
        }
      }
    }
    db.commit();
  }

  @Override
  public void close() throws SQLException {
    db.close();
  }
}
