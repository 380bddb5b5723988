package org.mailweir.loopback;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mailweir.loopback.ActiveQueue.Queued;
import org.mailweir.thread.TaskThreads;

/**
 * Hands in mail over LMTP with a fixed number of clients, as Postfix does with {@code maxproc}:
 * each client takes the next message of one active queue, and all mail, herd and fresh, goes
 * through the same clients. A connection is kept while more mail is ready, and ends with the
 * message else.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class LmtpLoad implements AutoCloseable {
  /**
   * How to hand in mail.
   *
   * @param clients connections at once, at most
   * @param activeLimit messages in the active queue, those under way included
   * @param timeout of connecting and of each reply; twice that after the dot
   * @param maxAttempts attempts for each message in all
   * @param retryDelay between the end of an attempt and the next
   * @param deferredPerSecond deferred messages that become active in a second, at most; what a
   *     queue manager's work allows
   */
  public record Settings(
      int clients,
      int activeLimit,
      Duration timeout,
      int maxAttempts,
      Duration retryDelay,
      int deferredPerSecond) {
    private static final int UNLIMITED = 1_000_000;

    /**
     * Returns Postfix's settings: 100 clients, 120 active, 300 s; one attempt only, and a queue
     * manager whose work costs nothing.
     */
    public static Settings postfix() {
      return new Settings(100, 120, Duration.ofSeconds(300), 1, Duration.ZERO, UNLIMITED);
    }

    /** Returns these with a queue manager of this speed; a real one makes 500 to 1,000. */
    public Settings deferredPerSecond(int count) {
      return new Settings(clients, activeLimit, timeout, maxAttempts, retryDelay, count);
    }

    /** Returns these with so many clients, and an active queue of 20 more. */
    public Settings clients(int count) {
      return new Settings(count, count + 20, timeout, maxAttempts, retryDelay, deferredPerSecond);
    }

    /** Returns these with this size of the active queue. */
    public Settings activeLimit(int limit) {
      return new Settings(clients, limit, timeout, maxAttempts, retryDelay, deferredPerSecond);
    }

    /** Returns these with this timeout. */
    public Settings timeout(Duration value) {
      return new Settings(clients, activeLimit, value, maxAttempts, retryDelay, deferredPerSecond);
    }

    /** Returns these with retries: so many attempts in all, with a fixed delay between them. */
    public Settings retrying(int attempts, Duration delay) {
      return new Settings(clients, activeLimit, timeout, attempts, delay, deferredPerSecond);
    }
  }

  private final InetSocketAddress server;
  private final Settings settings;
  private final ActiveQueue queue;
  private final ExecutorService threads = TaskThreads.newExecutor("lmtp-load");
  private final ReentrantLock lock = new ReentrantLock();
  private final List<LmtpOutcome> outcomes = new ArrayList<>();
  private final List<LmtpConnection> connections = new ArrayList<>();
  private final AtomicLong paced = new AtomicLong();
  private final Map<Integer, Long> takenNanos = new ConcurrentHashMap<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  private LmtpLoad(InetSocketAddress server, Settings settings) {
    this.server = server;
    this.settings = settings;
    this.queue = new ActiveQueue(settings.activeLimit(), settings.deferredPerSecond());
  }

  /** Starts the clients; nothing is connected before there is mail. */
  public static LmtpLoad start(InetSocketAddress server, Settings settings) {
    LmtpLoad load = new LmtpLoad(server, settings);
    for (int i = 0; i < settings.clients(); i++) {
      int client = i;
      load.threads.execute(() -> load.client(client));
    }
    return load;
  }

  /** Queues a message as new mail. */
  public void submit(LmtpMessage message) {
    queue.incoming(new Queued(message, 1, System.nanoTime()));
  }

  /** Queues messages as deferred mail that is due now: a herd. */
  public void flush(List<LmtpMessage> herd) {
    long now = System.nanoTime();
    herd.forEach(message -> queue.deferred(new Queued(message, 1, now), now));
  }

  /** Makes all mail due that waits for its next attempt, as {@code postqueue -f} does. */
  public void flush() {
    queue.flush();
  }

  /**
   * Queues new mail at a steady rate, on a thread of its own, until it is closed. The rate does not
   * depend on how the mail fares: what is late is made up for.
   */
  public Pace pace(double perSecond, Supplier<LmtpMessage> source) {
    return new Pace(perSecond, source);
  }

  /** Returns the attempts that are over, in the order of their end. */
  public List<LmtpOutcome> outcomes() {
    lock.lock();
    try {
      return List.copyOf(outcomes);
    } finally {
      lock.unlock();
    }
  }

  /** Returns the attempts that are over, in the order of their end, but for the first so many. */
  public List<LmtpOutcome> outcomesAfter(int count) {
    lock.lock();
    try {
      return List.copyOf(outcomes.subList(count, outcomes.size()));
    } finally {
      lock.unlock();
    }
  }

  /** Returns how many clients have been busy with one message for longer than this. */
  public int heldLongerThan(Duration time) {
    long now = System.nanoTime();
    return (int) takenNanos.values().stream().filter(t -> now - t > time.toNanos()).count();
  }

  /** Returns how many messages are queued, deferred or under way. */
  public int unfinished() {
    return queue.size();
  }

  /** Waits until no message is left; returns whether that came about in time. */
  public boolean awaitFinished(Duration patience) throws InterruptedException {
    return queue.awaitEmpty(patience.toNanos());
  }

  /** Stops the clients, in the middle of a message if need be. */
  @Override
  public void close() {
    closed.set(true);
    queue.close();
    threads.shutdownNow();
    lock.lock();
    try {
      connections.forEach(LmtpConnection::close);
    } finally {
      lock.unlock();
    }
  }

  private void client(int number) {
    @Nullable LmtpConnection connection = null;
    try {
      while (true) {
        Optional<Queued> next = queue.take();
        if (next.isEmpty()) {
          return;
        }
        Queued queued = next.get();
        long taken = System.nanoTime();
        takenNanos.put(number, taken);
        LmtpOutcome outcome;
        try {
          if (connection != null && !connection.reset()) {
            connection = forget(connection);
          }
          if (connection == null) {
            connection = connect();
          }
          outcome =
              connection.send(
                  queued.message(),
                  queued.attempt(),
                  queued.queuedNanos(),
                  taken,
                  queue.nothingReady());
          if (!connection.usable()) {
            connection = forget(connection);
          }
        } catch (IOException e) {
          outcome =
              LmtpConnection.unconnected(
                  queued.message(), queued.attempt(), queued.queuedNanos(), taken, e);
        }
        takenNanos.remove(number);
        finish(queued, outcome);
      }
    } catch (InterruptedException stopped) {
      // The end.
    } finally {
      if (connection != null) {
        forget(connection);
      }
    }
  }

  private LmtpConnection connect() throws IOException {
    LmtpConnection connection = LmtpConnection.open(server, settings.timeout());
    lock.lock();
    try {
      if (closed.get()) {
        connection.close();
      }
      connections.add(connection);
      return connection;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable LmtpConnection forget(LmtpConnection connection) {
    connection.quit();
    lock.lock();
    try {
      connections.remove(connection);
    } finally {
      lock.unlock();
    }
    return null;
  }

  private void finish(Queued queued, LmtpOutcome outcome) {
    lock.lock();
    try {
      outcomes.add(outcome);
    } finally {
      lock.unlock();
    }
    List<String> again = outcome.deferred();
    if (!again.isEmpty() && queued.attempt() < settings.maxAttempts()) {
      queue.deferred(
          new Queued(
              queued.message().withRecipients(again), queued.attempt() + 1, queued.queuedNanos()),
          System.nanoTime() + settings.retryDelay().toNanos());
    }
    queue.done();
  }

  /** A steady stream of new mail. */
  public final class Pace implements AutoCloseable {
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicLong sent = new AtomicLong();
    private final Thread thread;

    private Pace(double perSecond, Supplier<LmtpMessage> source) {
      long intervalNanos = (long) (TimeUnit.SECONDS.toNanos(1) / perSecond);
      thread = new Thread(() -> run(intervalNanos, source), "pace-" + paced.incrementAndGet());
      thread.setDaemon(true);
      thread.start();
    }

    /** Returns how many messages were queued so far. */
    public long sent() {
      return sent.get();
    }

    /** Stops; nothing is queued after this returns. */
    @Override
    public void close() throws InterruptedException {
      stopped.set(true);
      LockSupport.unpark(thread);
      thread.join();
    }

    private void run(long intervalNanos, Supplier<LmtpMessage> source) {
      long next = System.nanoTime();
      while (!stopped.get() && !closed.get()) {
        long wait = next - System.nanoTime();
        if (wait > 0) {
          LockSupport.parkNanos(wait);
        } else {
          submit(source.get());
          sent.incrementAndGet();
          next += intervalNanos;
        }
      }
    }
  }
}
