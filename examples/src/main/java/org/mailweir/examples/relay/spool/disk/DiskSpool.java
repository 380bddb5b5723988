package org.mailweir.examples.relay.spool.disk;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.mailweir.examples.relay.spool.Accepted;
import org.mailweir.examples.relay.spool.Entry;
import org.mailweir.examples.relay.spool.Envelope;
import org.mailweir.examples.relay.spool.Letter;
import org.mailweir.examples.relay.spool.Query;
import org.mailweir.examples.relay.spool.Settled;
import org.mailweir.examples.relay.spool.Settlement;
import org.mailweir.examples.relay.spool.Spool;
import org.mailweir.examples.relay.spool.SpoolException;
import org.mailweir.examples.relay.spool.SpoolException.Kind;
import org.mailweir.examples.relay.spool.SpoolTotals;
import org.mailweir.message.Body;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A spool in a directory of its own (docs/decisions/0011-spool.md says why it is built so):
 *
 * <pre>
 *   lock          held by the one process that uses the spool
 *   mail/7f/ID    a message as it was accepted, envelope and body, with checksums; never changed
 *   index.db      SQLite: which recipients still wait, and until when
 *   damaged/      what could not be read, for the operator
 * </pre>
 *
 * <p><b>Order.</b> A message is in its synced file before the index knows of it, and out of the
 * index, synced, before its file is deleted. So a crash leaves at most files that the index does
 * not know: {@link Orphans} collects them at the next start. Clients sync their own files, beside
 * each other; the index is synced once for all that wait ({@link Changes}).
 *
 * <p><b>Damage.</b> The files hold all that was accepted, the index only what became of it. A file
 * that is not what was written is set aside, and its message with it. An index that is not what was
 * written is set aside and {@link Rebuild built again} from the files, at the start or while the
 * spool is used: calls fail until it is there, ids of before find nothing then, and {@link #claim}
 * returns the entries anew.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class DiskSpool implements Spool {
  /** Bytes of the disk that are not given to new mail: 64 MiB. */
  public static final long DEFAULT_RESERVE = 64L << 20;

  private static final Logger log = LoggerFactory.getLogger(DiskSpool.class);

  private interface Call<T> {
    T on(Index index) throws SQLException, IOException, SpoolException;
  }

  private final Path directory;
  private final SpoolLock lock;
  private final MailFiles files;
  private final Space space;
  private final Counts counts = new Counts();

  /** Shared by calls, exclusive for what replaces or closes the index. */
  private final ReentrantReadWriteLock inUse = new ReentrantReadWriteLock();

  private final ReentrantLock claiming = new ReentrantLock();
  private Index index;
  private boolean closed;

  /** Entries up to this id were there at the start, and those up to {@code claimed} are told. */
  private long lastAtStart;

  private long claimed;

  private DiskSpool(Path directory, SpoolLock lock, MailFiles files, Space space, Index index) {
    this.directory = directory;
    this.lock = lock;
    this.files = files;
    this.space = space;
    this.index = index;
  }

  /**
   * Opens the spool in a directory, which is made if there is none.
   *
   * @throws SpoolException if another process uses it, or if it cannot be read or written
   */
  public static DiskSpool open(Path directory) throws SpoolException {
    try {
      MailFiles.create(directory);
      return open(directory, FreeSpace.of(directory), DEFAULT_RESERVE);
    } catch (IOException failure) {
      throw unusable(directory, failure);
    }
  }

  /**
   * Opens the spool in a directory, which is made if there is none.
   *
   * @param disk where the directory is
   * @param reserve bytes of the disk that are not given to new mail: settlements need some
   * @throws SpoolException if another process uses it, or if it cannot be read or written
   */
  public static DiskSpool open(Path directory, FreeSpace disk, long reserve) throws SpoolException {
    SpoolLock lock = null;
    try {
      MailFiles.create(directory);
      lock = SpoolLock.take(directory);
      MailFiles files = new MailFiles(directory);
      IndexFile.Opened opened = IndexFile.open(directory, files);
      DiskSpool spool =
          new DiskSpool(directory, lock, files, new Space(disk, reserve), opened.index());
      spool.begin(opened);
      lock = null;
      return spool;
    } catch (IOException | SQLException failure) {
      throw unusable(directory, failure);
    } finally {
      if (lock != null) {
        lock.close();
      }
    }
  }

  private static SpoolException unusable(Path directory, Exception failure) {
    String line = "The spool " + directory + " cannot be opened: " + Failures.reason(failure);
    return new SpoolException(Kind.FAILED, line, failure);
  }

  private void begin(IndexFile.Opened opened) {
    counts.set(opened.totals());
    counts.damaged.addAndGet(opened.damaged());
    lastAtStart = opened.totals().lastEntry();
    claimed = 0;
  }

  @Override
  public List<Entry> add(Accepted message, Body body) throws SpoolException {
    return call(
        now -> {
          byte[] envelope = Codec.encode(message);
          long size = MailFile.size(envelope, body.size());
          space.take(size);
          try {
            files.write(message.queueId(), envelope, body);
            return enter(now, message, body.size());
          } finally {
            space.release(size);
          }
        });
  }

  private List<Entry> enter(Index now, Accepted message, long size) throws SQLException {
    boolean entered = false;
    try {
      List<Entry> entries = now.change(writer -> writer.add(message, size));
      entered = true;
      counts.messageAdded(entries.size(), size);
      return entries;
    } finally {
      if (!entered) {
        files.delete(message.queueId());
      }
    }
  }

  @Override
  public List<Entry> claim(int limit) throws SpoolException {
    return call(
        now -> {
          claiming.lock();
          try {
            List<Entry> entries = now.read(rows -> rows.between(claimed, lastAtStart, limit));
            claimed = entries.isEmpty() ? lastAtStart : entries.get(entries.size() - 1).id();
            return entries;
          } finally {
            claiming.unlock();
          }
        });
  }

  @Override
  public Optional<Letter> open(long entry) throws SpoolException {
    return call(
        now -> {
          Optional<Row> found = now.find(rows -> rows.find(entry));
          return found.isPresent() ? open(now, found.get()) : Optional.empty();
        });
  }

  private Optional<Letter> open(Index now, Row row) throws SQLException, IOException {
    try {
      Envelope envelope = row.envelope();
      MailFile.Content content = files.open(row.queueId());
      return Optional.of(new Letter(envelope, content.body()));
    } catch (DamagedException damage) {
      setAside(now, row, damage.damage());
    } catch (NoSuchFileException missing) {
      setAside(now, row, "its file is missing");
    }
    return Optional.empty();
  }

  /** Takes a message out of the spool that cannot be delivered, unless it is gone meanwhile. */
  private void setAside(Index now, Row row, String damage) throws SQLException, IOException {
    Optional<Path> there = files.setAside(row.queueId());
    int gone =
        now.change(
            writer ->
                writer.find(row.entry().id()).isPresent() ? writer.removeAll(row.message()) : 0);
    if (gone > 0) {
      counts.entriesGone(gone);
      counts.messageGone(row.size());
      counts.damaged.incrementAndGet();
      log.error(
          "Message {} is damaged: {}. It will not be delivered; {}.",
          row.queueId(),
          damage,
          there.map(path -> "it is set aside as " + path).orElse("nothing is left of it"));
    }
  }

  @Override
  public Settled settle(long entry, Settlement settlement) throws SpoolException {
    return call(
        now -> {
          List<String> written = new ArrayList<>();
          boolean settled = false;
          try {
            for (Settlement.Notice each : settlement.notices()) {
              Accepted message = each.message();
              files.write(message.queueId(), Codec.encode(message), each.body());
              written.add(message.queueId());
            }
            Settling.Outcome outcome = now.change(new Settling(entry, settlement));
            settled = outcome.row().isPresent() && outcome.damage().isEmpty();
            finish(now, outcome, settlement);
            return outcome.settled();
          } finally {
            if (!settled) {
              written.forEach(files::delete);
            }
          }
        });
  }

  private void finish(Index now, Settling.Outcome outcome, Settlement settlement)
      throws SQLException, IOException {
    if (outcome.row().isEmpty()) {
      return;
    }
    Row row = outcome.row().get();
    if (outcome.damage().isPresent()) {
      setAside(now, row, String.valueOf(outcome.damage().get().getMessage()));
      return;
    }
    for (Settlement.Notice each : settlement.notices()) {
      counts.messageAdded(0, each.body().size());
    }
    counts.entries.addAndGet(outcome.settled().notices().size());
    if (outcome.settled().left().isEmpty()) {
      counts.entriesGone(1);
    }
    if (outcome.messageGone()) {
      messageGone(row);
    }
  }

  private void messageGone(Row row) {
    counts.messageGone(row.size());
    files.delete(row.queueId());
  }

  @Override
  public int remove(Collection<Long> entries) throws SpoolException {
    return call(
        now -> {
          Removal.Outcome outcome = now.change(new Removal(List.copyOf(entries)));
          counts.entriesGone(outcome.entries());
          outcome.messages().forEach(this::messageGone);
          return outcome.entries();
        });
  }

  @Override
  public List<Envelope> list(Query query, int limit) throws SpoolException {
    return call(now -> envelopes(now.read(rows -> rows.list(query, limit))));
  }

  // A damaged one has nothing to show; an attempt will set it aside.
  private static List<Envelope> envelopes(List<Row> rows) {
    List<Envelope> envelopes = new ArrayList<>();
    for (Row each : rows) {
      try {
        envelopes.add(each.envelope());
      } catch (DamagedException notShown) {
        log.debug("Message {} is damaged", each.queueId(), notShown);
      }
    }
    return envelopes;
  }

  @Override
  public SpoolTotals totals() {
    return new SpoolTotals(
        counts.messages.get(),
        counts.entries.get(),
        counts.bytes.get(),
        space.room(),
        counts.damaged.get());
  }

  private <T> T call(Call<T> call) throws SpoolException {
    Exception failure;
    Index used;
    inUse.readLock().lock();
    try {
      if (closed) {
        throw new SpoolException(Kind.FAILED, "The spool " + directory + " is closed");
      }
      used = index;
      return call.on(used);
    } catch (SQLException | IOException thrown) {
      failure = thrown;
      used = index;
    } finally {
      inUse.readLock().unlock();
    }
    if (Database.isDamaged(failure)) {
      heal(used);
    }
    throw Failures.of(directory, failure, space);
  }

  /** Puts a new index in the place of a damaged one, once. */
  private void heal(Index damaged) throws SpoolException {
    inUse.writeLock().lock();
    try {
      if (closed || index != damaged) {
        return;
      }
      long last = Math.max(lastAtStart, damaged.lastId());
      IndexFile.closeDamaged(damaged);
      closed = true; // unless this goes well
      IndexFile.Opened opened = IndexFile.rebuild(directory, files, last);
      index = opened.index();
      begin(opened);
      closed = false;
    } catch (SQLException | IOException failure) {
      throw unusable(directory, failure);
    } finally {
      inUse.writeLock().unlock();
    }
  }

  @Override
  public void close() throws SpoolException {
    inUse.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        try {
          index.close();
        } finally {
          lock.close();
        }
      }
    } catch (SQLException failure) {
      throw Failures.of(directory, failure, space);
    } finally {
      inUse.writeLock().unlock();
    }
  }
}
