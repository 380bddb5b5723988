package org.mailweir.lmtp;

import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the next word of all clients that have none now, on one thread. Where threads are the
 * system's own, one for each idle client takes some 40 KB of memory; here it takes one key in a
 * selector. Everything else stays straight-line code on a thread that blocks: a connection comes
 * here when it has nothing to do, and leaves for a thread when there is input, or its client is
 * waited for no longer.
 *
 * <p>A connection is owned by one at a time: by its thread, or by this. Its socket is in blocking
 * mode on its thread, and only there.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class IdleClients implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(IdleClients.class);

  /** How often those are looked for that are waited for no longer, or were closed. */
  private static final long LOOK_MILLIS = 250;

  private static final long LAST_MILLIS = 3_000;

  private final Selector selector;
  private final Consumer<LmtpConnection> resume;
  private final Consumer<LmtpConnection> end;
  private final Thread thread = new Thread(this::run, "idle-clients");
  private final Queue<LmtpConnection> coming = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;

  // Of that thread.
  private final Set<LmtpConnection> here = new HashSet<>();
  private long lastLook = System.nanoTime();

  /**
   * Opens a selector; {@link #start} begins to wait.
   *
   * @param resume gives a connection a thread
   * @param end is told of one that was closed while it was here
   */
  IdleClients(Consumer<LmtpConnection> resume, Consumer<LmtpConnection> end) throws IOException {
    this.selector = Selector.open();
    this.resume = resume;
    this.end = end;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Takes a connection over; its thread has no more to do with it. */
  void add(LmtpConnection connection) {
    coming.add(connection);
    selector.wakeup();
    if (closed && coming.remove(connection)) {
      end(connection);
    }
  }

  /** Ends all that are here. Blocks for a moment. */
  @Override
  public void close() {
    stop();
    try {
      thread.join(LAST_MILLIS);
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    }
  }

  private void stop() {
    closed = true;
    try {
      selector.close();
    } catch (IOException closedAnyway) {
      log.debug("closing the selector: {}", closedAnyway.toString());
    }
  }

  private void run() {
    try {
      while (!closed) {
        selector.select(LOOK_MILLIS);
        wake(ready());
        takeIn();
        look(System.nanoTime());
      }
    } catch (ClosedSelectorException stopping) {
      log.debug("Idle clients are hung up on");
    } catch (IOException | RuntimeException | Error failure) {
      log.error("Idle clients cannot be waited for any more; they are hung up on.", failure);
    } finally {
      stop();
      here.forEach(this::end);
      for (LmtpConnection late = coming.poll(); late != null; late = coming.poll()) {
        end(late);
      }
    }
  }

  private List<LmtpConnection> ready() {
    List<LmtpConnection> ready = new ArrayList<>();
    for (Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext(); ) {
      SelectionKey key = keys.next();
      keys.remove();
      if (key.attachment() instanceof LmtpConnection connection) {
        ready.add(connection);
      }
    }
    return ready;
  }

  private void takeIn() {
    for (LmtpConnection next = coming.poll(); next != null; next = coming.poll()) {
      try {
        next.park(selector);
        here.add(next);
      } catch (IOException | RuntimeException closedMeanwhile) {
        end(next);
      }
    }
  }

  /** Looks for those that were closed, or are waited for no longer; a few thousand at most. */
  private void look(long now) throws IOException {
    if (now - lastLook < LOOK_MILLIS * 1_000_000) {
      return;
    }
    lastLook = now;
    List<LmtpConnection> due = new ArrayList<>();
    for (Iterator<LmtpConnection> all = here.iterator(); all.hasNext(); ) {
      LmtpConnection connection = all.next();
      if (connection.isClosed()) {
        all.remove();
        end(connection);
      } else if (connection.isOverdue(now)) {
        due.add(connection);
      }
    }
    wake(due);
  }

  private void wake(List<LmtpConnection> connections) throws IOException {
    if (connections.isEmpty()) {
      return;
    }
    for (LmtpConnection connection : connections) {
      SelectionKey key = connection.key(selector);
      if (key != null) {
        key.cancel();
      }
    }
    // The keys are taken out here, or the channel could not come back. What else is found ready
    // shows again at the next call.
    selector.selectNow();
    for (LmtpConnection connection : connections) {
      if (!here.remove(connection)) {
        continue;
      }
      try {
        connection.unpark();
        resume.accept(connection);
      } catch (IOException | RejectedExecutionException | OutOfMemoryError noThread) {
        log.warn("A client is hung up on, as it cannot be served: {}", noThread.toString());
        end(connection);
      }
    }
  }

  private void end(LmtpConnection connection) {
    connection.close();
    end.accept(connection);
  }
}
