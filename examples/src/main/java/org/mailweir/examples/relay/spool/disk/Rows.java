package org.mailweir.examples.relay.spool.disk;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mailweir.examples.relay.spool.Entry;
import org.mailweir.examples.relay.spool.Query;
import org.mailweir.message.Destination;

/** Reads entries from the index. Thread safety: none, like its connection. */
final class Rows implements AutoCloseable {
  private static final String ENTRY =
      "SELECT e.id, e.destination, m.arrived, e.due, m.expires, e.attempts, e.warned";
  private static final String ROW = ENTRY + ", m.id, m.queue_id, m.size, m.sender, e.pending";
  private static final String FROM = " FROM entry e JOIN message m ON m.id = e.message";

  private final Connection connection;
  private final PreparedStatement find;
  private final PreparedStatement between;

  Rows(Connection connection) throws SQLException {
    this.connection = connection;
    this.find = connection.prepareStatement(ROW + FROM + " WHERE e.id = ?");
    this.between =
        connection.prepareStatement(
            ENTRY + FROM + " WHERE e.id > ? AND e.id <= ? ORDER BY e.id LIMIT ?");
  }

  Optional<Row> find(long entry) throws SQLException {
    find.setLong(1, entry);
    try (ResultSet result = find.executeQuery()) {
      return result.next() ? Optional.of(row(result)) : Optional.empty();
    }
  }

  /** Returns the first entries with an id above one and up to another. */
  List<Entry> between(long above, long upTo, int limit) throws SQLException {
    between.setLong(1, above);
    between.setLong(2, upTo);
    between.setInt(3, limit);
    List<Entry> entries = new ArrayList<>();
    Destination last = new Destination("");
    try (ResultSet result = between.executeQuery()) {
      while (result.next()) {
        Entry entry = entry(result, last);
        last = entry.destination();
        entries.add(entry);
      }
    }
    return entries;
  }

  List<Row> list(Query query, int limit) throws SQLException {
    StringBuilder sql = new StringBuilder(ROW).append(FROM).append(" WHERE e.id > ?");
    query.destination().ifPresent(any -> sql.append(" AND e.destination = ?"));
    query.queueId().ifPresent(any -> sql.append(" AND m.queue_id = ?"));
    query.sender().ifPresent(any -> sql.append(" AND m.address = ?"));
    sql.append(" ORDER BY e.id LIMIT ?");
    List<Row> rows = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql.toString())) {
      int at = 1;
      statement.setLong(at++, query.after());
      if (query.destination().isPresent()) {
        statement.setString(at++, query.destination().get().name());
      }
      if (query.queueId().isPresent()) {
        statement.setString(at++, query.queueId().get());
      }
      if (query.sender().isPresent()) {
        statement.setString(at++, query.sender().get());
      }
      statement.setInt(at, limit);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          rows.add(row(result));
        }
      }
    }
    return rows;
  }

  private static Row row(ResultSet result) throws SQLException {
    return new Row(
        entry(result, new Destination("")),
        result.getLong(8),
        result.getString(9),
        result.getLong(10),
        result.getBytes(11),
        result.getBytes(12));
  }

  // A million entries share few destinations, mostly in runs.
  private static Entry entry(ResultSet result, Destination last) throws SQLException {
    String name = result.getString(2);
    return new Entry(
        result.getLong(1),
        name.equals(last.name()) ? last : new Destination(name),
        Instant.ofEpochMilli(result.getLong(3)),
        Instant.ofEpochMilli(result.getLong(4)),
        Instant.ofEpochMilli(result.getLong(5)),
        result.getInt(6),
        result.getInt(7) != 0);
  }

  @Override
  public void close() throws SQLException {
    find.close();
    between.close();
  }
}
