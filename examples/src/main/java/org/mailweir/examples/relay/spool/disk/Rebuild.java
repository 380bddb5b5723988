package org.mailweir.examples.relay.spool.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mailweir.examples.relay.spool.Accepted;
import org.mailweir.examples.relay.spool.Pending;
import org.mailweir.examples.relay.spool.Query;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a new index from the messages' files, where the old one is damaged or missing. What the old
 * one can still tell of a message is taken over; else the message is to be delivered to all its
 * recipients, as on the day when it was accepted.
 */
final class Rebuild {
  private static final Logger log = LoggerFactory.getLogger(Rebuild.class);
  private static final String UNFINISHED = "rebuilt-";
  private static final int BATCH = 500;

  private record Found(Accepted message, long size, List<Row> rows) {}

  private final Path spool;
  private final MailFiles files;
  private final List<Found> batch = new ArrayList<>();
  private long recovered;
  private long damaged;

  private Rebuild(Path spool, MailFiles files) {
    this.spool = spool;
    this.files = files;
  }

  /**
   * Rebuilds the index, which nobody has open. The old one is set aside.
   *
   * @param idsAbove what no new entry's id may reach
   * @return how many messages could not be read
   */
  static long run(Path spool, MailFiles files, long idsAbove) throws IOException, SQLException {
    return new Rebuild(spool, files).run(idsAbove);
  }

  private long run(long idsAbove) throws IOException, SQLException {
    Path old = files.damaged().resolve("index-" + idsAbove);
    MailFiles.create(old);
    for (String each : Database.FILES) {
      Files.deleteIfExists(spool.resolve(UNFINISHED + each));
      if (Files.exists(spool.resolve(each))) {
        Files.move(spool.resolve(each), old.resolve(each), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    log.warn("The spool {} has no index that can be used: building it from the mail.", spool);
    Path unfinished = spool.resolve(UNFINISHED + Database.NAME);
    try (Index index = new Index(unfinished);
        OldIndex before = OldIndex.open(old.resolve(Database.NAME))) {
      index.change(
          writer -> {
            writer.idsAbove(idsAbove);
            return true;
          });
      files.forEach(queueId -> take(queueId, before, index));
      write(index);
    }
    // Only a whole one gets the name: the files that it does not know are deleted at a start.
    Files.move(unfinished, spool.resolve(Database.NAME), StandardCopyOption.ATOMIC_MOVE);
    MailFiles.sync(spool);
    log.warn(
        "The spool {} has an index again: {} messages, {} damaged. The old one is in {}.",
        spool,
        recovered,
        damaged,
        old);
    return damaged;
  }

  private void take(String queueId, OldIndex before, Index index) throws IOException {
    try {
      MailFile.Content content = files.skim(queueId);
      content.body().close();
      batch.add(new Found(content.message(), content.body().size(), before.rows(queueId)));
    } catch (DamagedException damage) {
      damaged++;
      log.error(
          "Message {} is damaged: {}. It is set aside as {} and will not be delivered.",
          queueId,
          damage.getMessage(),
          files.setAside(queueId).orElse(files.damaged()));
    }
    if (batch.size() == BATCH) {
      write(index);
    }
  }

  private void write(Index index) throws IOException {
    try {
      index.change(this::write);
    } catch (SQLException failure) {
      throw new IOException("the index cannot be rebuilt: " + failure.getMessage(), failure);
    }
    recovered += batch.size();
    batch.clear();
  }

  private boolean write(IndexWriter writer) throws SQLException {
    for (Found each : batch) {
      if (each.rows().isEmpty()) {
        writer.add(each.message(), each.size());
      } else {
        long message = writer.addMessage(each.message(), each.size());
        for (Row row : each.rows()) {
          writer.addEntry(message, row.entry(), pending(row));
        }
      }
    }
    return true;
  }

  private static List<Pending> pending(Row row) {
    try {
      return row.decodePending();
    } catch (DamagedException lookedAtBefore) {
      throw new IllegalStateException(lookedAtBefore);
    }
  }

  /** The old index, as far as it answers. */
  private record OldIndex(Optional<Connection> connection, Optional<Rows> readable)
      implements AutoCloseable {
    static OldIndex open(Path file) {
      try {
        if (Files.exists(file)) {
          Connection connection = Database.openReader(file);
          return new OldIndex(Optional.of(connection), Optional.of(new Rows(connection)));
        }
      } catch (SQLException unreadable) {
        log.warn("Nothing can be read from the old index: {}", unreadable.getMessage());
      }
      return new OldIndex(Optional.empty(), Optional.empty());
    }

    /** Returns a message's entries; none if not all of them can be read. */
    List<Row> rows(String queueId) {
      try {
        if (readable.isPresent()) {
          List<Row> rows = readable.get().list(Query.all().queueId(queueId), Integer.MAX_VALUE);
          for (Row each : rows) {
            each.decodePending();
          }
          return rows;
        }
      } catch (SQLException | DamagedException unreadable) {
        return List.of();
      }
      return List.of();
    }

    @Override
    public void close() throws SQLException {
      if (connection.isPresent()) {
        connection.get().close();
      }
    }
  }
}
