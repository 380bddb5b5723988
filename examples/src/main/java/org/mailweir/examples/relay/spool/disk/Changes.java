package org.mailweir.examples.relay.spool.disk;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The one writer of the index, with group commit: a thread takes all changes that wait, makes them
 * in one transaction and syncs it once, while the next ones gather. A transaction that fails is
 * undone and its changes are made again one by one, so that a change which cannot be made fails
 * alone.
 */
final class Changes implements AutoCloseable {
  /** A change of the index; may be made twice. */
  interface Change<T> {
    T make(IndexWriter index) throws SQLException;
  }

  private static final int MOST = 500;

  private static final class Waiting<T> {
    final CompletableFuture<T> done = new CompletableFuture<>();
    private final Change<T> change;
    private @org.jspecify.annotations.Nullable T result;

    Waiting(Change<T> change) {
      this.change = change;
    }

    void make(IndexWriter index) throws SQLException {
      result = change.make(index);
    }

    @SuppressWarnings("NullAway") // made before
    void tell() {
      done.complete(result);
    }
  }

  private final Connection connection;
  private final IndexWriter index;
  private final LinkedBlockingQueue<Waiting<?>> queue = new LinkedBlockingQueue<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Thread writer = new Thread(this::run, "spool-writer");

  Changes(Connection connection) throws SQLException {
    this.connection = connection;
    this.index = new IndexWriter(connection);
    writer.setDaemon(true);
    writer.start();
  }

  long lastId() {
    return index.lastId();
  }

  /** Makes a change. It is durable when this returns; nothing of it is made when it throws. */
  <T> T make(Change<T> change) throws SQLException {
    Waiting<T> mine = new Waiting<>(change);
    queue.add(mine);
    return result(mine.done);
  }

  // The outcome is not known before, so that an interrupt has to wait.
  private static <T> T result(CompletableFuture<T> done) throws SQLException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return done.get();
        } catch (InterruptedException later) {
          interrupted = true;
        }
      }
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof SQLException told) {
        throw told;
      }
      throw new IllegalStateException(failure.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    List<Waiting<?>> batch = new ArrayList<>();
    try {
      while (!closed.get() || !queue.isEmpty()) {
        batch.clear();
        batch.add(queue.take());
        queue.drainTo(batch, MOST - 1);
        make(batch);
      }
    } catch (InterruptedException nobodyDoesThat) {
      Thread.currentThread().interrupt();
    }
  }

  private void make(List<Waiting<?>> batch) {
    try {
      commit(batch);
    } catch (SQLException | RuntimeException failure) {
      undo();
      if (batch.size() == 1) {
        batch.get(0).done.completeExceptionally(failure);
      } else {
        batch.forEach(each -> make(List.of(each)));
      }
    }
  }

  private void commit(List<Waiting<?>> batch) throws SQLException {
    for (Waiting<?> each : batch) {
      each.make(index);
    }
    connection.commit();
    batch.forEach(Waiting::tell);
  }

  private void undo() {
    try {
      connection.rollback();
    } catch (SQLException undoneByItself) {
      // SQLite has rolled back already after some errors.
      return;
    }
  }

  /** Ends the writer; nobody may make changes any more. */
  @Override
  public void close() throws SQLException {
    if (closed.getAndSet(true)) {
      return;
    }
    queue.add(new Waiting<>(nothing -> true)); // wakes it up
    boolean interrupted = false;
    while (writer.isAlive()) {
      try {
        writer.join();
      } catch (InterruptedException later) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    index.close();
    connection.close();
  }
}
