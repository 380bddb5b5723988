package org.mailweir.examples.relay.spool.disk;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mailweir.examples.relay.spool.Accepted;
import org.mailweir.examples.relay.spool.Entry;
import org.mailweir.examples.relay.spool.Pending;
import org.mailweir.message.Destination;
import org.mailweir.message.Recipient;

/** The statements that change the index. For the writer's thread alone. */
final class IndexWriter implements AutoCloseable {
  private final PreparedStatement insertMessage;
  private final PreparedStatement insertEntry;
  private final PreparedStatement updateEntry;
  private final PreparedStatement deleteEntry;
  private final PreparedStatement deleteEntries;
  private final PreparedStatement deleteMessage;
  private final PreparedStatement hasEntries;
  private final PreparedStatement moveIds;
  private final Rows rows;
  private volatile long lastId;

  IndexWriter(Connection connection) throws SQLException {
    insertMessage =
        connection.prepareStatement(
            "INSERT INTO message (queue_id, address, sender, arrived, expires, size)"
                + " VALUES (?, ?, ?, ?, ?, ?) RETURNING id");
    insertEntry =
        connection.prepareStatement(
            "INSERT INTO entry (message, destination, due, attempts, warned, pending)"
                + " VALUES (?, ?, ?, ?, ?, ?) RETURNING id");
    updateEntry =
        connection.prepareStatement(
            "UPDATE entry SET due = ?, attempts = ?, warned = ?, pending = ? WHERE id = ?");
    deleteEntry = connection.prepareStatement("DELETE FROM entry WHERE id = ?");
    deleteEntries = connection.prepareStatement("DELETE FROM entry WHERE message = ?");
    deleteMessage = connection.prepareStatement("DELETE FROM message WHERE id = ?");
    hasEntries = connection.prepareStatement("SELECT 1 FROM entry WHERE message = ? LIMIT 1");
    moveIds = connection.prepareStatement("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)");
    rows = new Rows(connection);
  }

  /** Returns the last id that an entry got here; 0 if none did. For any thread. */
  long lastId() {
    return lastId;
  }

  /** Finds an entry as it is now. */
  Optional<Row> find(long entry) throws SQLException {
    return rows.find(entry);
  }

  /** Adds a message of which nobody was tried. */
  List<Entry> add(Accepted message, long size) throws SQLException {
    Map<Destination, List<Pending>> groups = new LinkedHashMap<>();
    for (Recipient each : message.recipients()) {
      groups
          .computeIfAbsent(each.destination(), destination -> new ArrayList<>())
          .add(new Pending(each, ""));
    }
    long id = addMessage(message, size);
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<Destination, List<Pending>> each : groups.entrySet()) {
      Entry entry =
          new Entry(
              0, each.getKey(), message.arrived(), message.arrived(), message.expires(), 0, false);
      entries.add(addEntry(id, entry, each.getValue()));
    }
    return entries;
  }

  /** Adds a message without entries, and returns its number. */
  long addMessage(Accepted message, long size) throws SQLException {
    insertMessage.setString(1, message.queueId());
    insertMessage.setString(2, message.sender().address());
    insertMessage.setBytes(3, Codec.encode(message.sender()));
    insertMessage.setLong(4, message.arrived().toEpochMilli());
    insertMessage.setLong(5, message.expires().toEpochMilli());
    insertMessage.setLong(6, size);
    return newId(insertMessage);
  }

  /** Adds an entry, and returns it with its id. */
  Entry addEntry(long message, Entry entry, List<Pending> pending) throws SQLException {
    insertEntry.setLong(1, message);
    insertEntry.setString(2, entry.destination().name());
    insertEntry.setLong(3, entry.due().toEpochMilli());
    insertEntry.setInt(4, entry.attempts());
    insertEntry.setInt(5, entry.warned() ? 1 : 0);
    insertEntry.setBytes(6, Codec.encode(pending));
    lastId = newId(insertEntry);
    return new Entry(
        lastId,
        entry.destination(),
        entry.arrived(),
        entry.due(),
        entry.expires(),
        entry.attempts(),
        entry.warned());
  }

  private static long newId(PreparedStatement insert) throws SQLException {
    try (ResultSet row = insert.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  void update(Entry entry, List<Pending> pending) throws SQLException {
    updateEntry.setLong(1, entry.due().toEpochMilli());
    updateEntry.setInt(2, entry.attempts());
    updateEntry.setInt(3, entry.warned() ? 1 : 0);
    updateEntry.setBytes(4, Codec.encode(pending));
    updateEntry.setLong(5, entry.id());
    updateEntry.executeUpdate();
  }

  /**
   * Removes an entry, and its message if it was the last one.
   *
   * @return whether the message is gone too
   */
  boolean remove(Row row) throws SQLException {
    deleteEntry.setLong(1, row.entry().id());
    deleteEntry.executeUpdate();
    hasEntries.setLong(1, row.message());
    try (ResultSet any = hasEntries.executeQuery()) {
      if (any.next()) {
        return false;
      }
    }
    removeMessage(row.message());
    return true;
  }

  /** Removes a message with all its entries, and returns how many these were. */
  int removeAll(long message) throws SQLException {
    deleteEntries.setLong(1, message);
    int count = deleteEntries.executeUpdate();
    removeMessage(message);
    return count;
  }

  private void removeMessage(long message) throws SQLException {
    deleteMessage.setLong(1, message);
    deleteMessage.executeUpdate();
  }

  /** Makes ids of entries begin above a number, in an index without any. */
  void idsAbove(long id) throws SQLException {
    moveIds.setString(1, "entry");
    moveIds.setLong(2, id);
    moveIds.executeUpdate();
  }

  @Override
  public void close() throws SQLException {
    for (PreparedStatement each :
        List.of(
            insertMessage,
            insertEntry,
            updateEntry,
            deleteEntry,
            deleteEntries,
            deleteMessage,
            hasEntries,
            moveIds)) {
      each.close();
    }
    rows.close();
  }
}
