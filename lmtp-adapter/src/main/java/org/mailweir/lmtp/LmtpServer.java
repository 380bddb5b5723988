package org.mailweir.lmtp;

import com.google.common.base.Ascii;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.mailweir.message.BodyStore;
import org.mailweir.thread.TaskThreads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server of LMTP (RFC 2033), and of SMTP (RFC 5321) where the settings say so. It is closed to
 * the world until it is started; then it takes connections up to its limit and leaves more of them
 * to the socket's backlog, because Postfix defers all mail of a next hop that refuses one.
 *
 * <p>It stops in two steps. {@link #drain} takes no new connections and transactions; recipients
 * get 451. {@link #close} interrupts what still runs, whose recipients get 451 too, and hangs up.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class LmtpServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LmtpServer.class);
  private static final int BACKLOG = 1024;
  private static final Duration LAST_WORDS = Duration.ofSeconds(3);
  private static final long ACCEPT_PAUSE_MILLIS = 100;
  private static final long WATCH_MILLIS = 250;

  private final LmtpSettings settings;
  private final Predicate<InetAddress> trusted;
  private final BodyStore bodies;
  private final MailTransaction.Factory factory;
  private final Executor threads;
  private final Optional<IdleClients> idle;
  private final Semaphore slots;
  private final TransactionCount count = new TransactionCount();
  private final Set<LmtpConnection> connections = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable ServerSocket> listening = new AtomicReference<>();
  private final CountDownLatch draining = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * Creates a server that is not started.
   *
   * @param trusted who may connect; others are hung up on, after a 554 where SMTP is spoken
   * @param threads runs each connection, of which there are at most as many as the settings say, as
   *     a task that blocks
   */
  public LmtpServer(
      LmtpSettings settings,
      Predicate<InetAddress> trusted,
      BodyStore bodies,
      MailTransaction.Factory factory,
      Executor threads) {
    this(settings, trusted, bodies, factory, threads, !TaskThreads.areVirtual());
  }

  /**
   * Creates a server that is not started.
   *
   * @param parks whether idle connections wait without a thread
   */
  LmtpServer(
      LmtpSettings settings,
      Predicate<InetAddress> trusted,
      BodyStore bodies,
      MailTransaction.Factory factory,
      Executor threads,
      boolean parks) {
    this.idle = parks ? Optional.of(newIdleClients()) : Optional.empty();
    this.settings = settings;
    this.trusted = trusted;
    this.bodies = bodies;
    this.factory = factory;
    this.threads = threads;
    this.slots = new Semaphore(settings.maxConnections());
  }

  /**
   * Opens the port.
   *
   * @param address port 0 lets the system choose
   * @throws IOException if it cannot be opened; the message names address and reason
   */
  public void start(InetSocketAddress address) throws IOException {
    if (address.isUnresolved()) {
      throw new IOException("Cannot listen on " + address + ": the host name is not known");
    }
    ServerSocket socket =
        idle.isPresent() ? ServerSocketChannel.open().socket() : new ServerSocket();
    try {
      socket.setReuseAddress(true);
      socket.bind(address, BACKLOG);
      start(socket);
    } catch (BindException inUse) {
      socket.close();
      BindException clear =
          new BindException(
              "Cannot listen on "
                  + address.getAddress().getHostAddress()
                  + " port "
                  + address.getPort()
                  + ": "
                  + inUse.getMessage());
      clear.initCause(inUse);
      throw clear;
    } catch (IOException | RuntimeException failure) {
      socket.close();
      throw failure;
    }
  }

  /** Takes a channel that listens already, such as one handed in by systemd. */
  public void start(ServerSocketChannel channel) throws IOException {
    channel.configureBlocking(true);
    start(channel.socket());
  }

  /** Takes a socket that listens already, and owns it from here on. */
  public void start(ServerSocket socket) {
    if (!socket.isBound() || socket.isClosed()) {
      throw new IllegalArgumentException("the socket does not listen");
    }
    if (!listening.compareAndSet(null, socket)) {
      throw new IllegalStateException("started before");
    }
    String name = Ascii.toLowerCase(settings.protocol().name());
    daemon(name + "-accept", () -> accept(socket)).start();
    daemon(name + "-watch", this::watch).start();
    idle.ifPresent(IdleClients::start);
  }

  /** Returns where the server listens. */
  public InetSocketAddress localAddress() {
    ServerSocket socket = listening.get();
    if (socket == null) {
      throw new IllegalStateException("not started");
    }
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  /** Returns how many connections are open. */
  public int connections() {
    return connections.size();
  }

  /** Returns how many transactions are open. */
  public int transactions() {
    return count.open();
  }

  /** Takes no new connections and transactions from here on. Later calls change nothing. */
  public void drain() {
    count.stop();
    draining.countDown();
    ServerSocket socket = listening.get();
    if (socket != null) {
      try {
        socket.close();
      } catch (IOException closedAnyway) {
        log.debug("closing the listening socket: {}", closedAnyway.toString());
      }
    }
    // Wakes the accepting thread if it waits for a connection to end.
    slots.release();
  }

  /** Waits until no transaction is open, and returns whether that is so. */
  public boolean awaitTransactions(Duration grace) throws InterruptedException {
    return count.awaitNone(grace);
  }

  /**
   * Drains, waits for open transactions, and closes.
   *
   * @param grace longest wait, not negative
   * @return whether all transactions ended by themselves
   */
  public boolean stop(Duration grace) throws InterruptedException {
    drain();
    boolean ended = awaitTransactions(grace);
    close();
    return ended;
  }

  /**
   * Drains and hangs up. Transactions that still run are interrupted and have a few seconds to end.
   * Later calls change nothing.
   */
  @Override
  public void close() {
    drain();
    try {
      for (LmtpConnection connection : connections) {
        connection.stop();
      }
      if (!awaitTransactions(LAST_WORDS)) {
        log.warn("{} transactions did not end when interrupted.", count.open());
      }
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    } finally {
      closed.countDown();
      connections.forEach(LmtpConnection::close);
      idle.ifPresent(IdleClients::close);
    }
  }

  private void accept(ServerSocket socket) {
    while (draining.getCount() > 0) {
      slots.acquireUninterruptibly();
      boolean served = false;
      try {
        served = draining.getCount() > 0 && serve(socket.accept());
      } catch (IOException | RuntimeException | OutOfMemoryError failure) {
        // No descriptor or no thread left: others will be given back, and the port must stay
        // served.
        if (draining.getCount() > 0) {
          log.warn("Cannot accept a connection: {}", failure.toString());
          pause();
        }
      } finally {
        if (!served) {
          slots.release();
        }
      }
    }
  }

  /** Returns whether a thread has taken the connection over, and its slot. */
  private boolean serve(Socket socket) throws IOException {
    boolean served = false;
    try {
      if (!trusted.test(socket.getInetAddress())) {
        log.warn("Hung up on {}: not a trusted address.", socket.getInetAddress().getHostAddress());
        turnAway(socket);
        return false;
      }
      socket.setTcpNoDelay(true);
      LmtpConnection connection =
          new LmtpConnection(socket, settings, bodies, factory, count, idle.isPresent());
      connections.add(connection);
      try {
        threads.execute(() -> run(connection));
        served = true;
      } finally {
        if (!served) {
          connections.remove(connection);
        }
      }
      return true;
    } catch (RejectedExecutionException noThread) {
      throw new IOException("no thread for it", noThread);
    } finally {
      if (!served) {
        socket.close();
      }
    }
  }

  /**
   * Tells a stranger why (RFC 5321 section 3.1). To a client that speaks LMTP nothing is said: it
   * is configured to come here, and a silent end makes Postfix keep its mail.
   */
  private void turnAway(Socket socket) throws IOException {
    if (settings.protocol() == Protocol.SMTP) {
      // Fits into the socket's buffer: a client that reads nothing does not hold us.
      String reply = "554 " + settings.hostname() + " takes mail from trusted networks only\r\n";
      socket.getOutputStream().write(reply.getBytes(StandardCharsets.US_ASCII));
    }
  }

  private void run(LmtpConnection connection) {
    boolean rests = false;
    try {
      if (closed.getCount() == 0) {
        connection.close();
      }
      rests = connection.run();
    } finally {
      if (!rests) {
        ended(connection);
      }
    }
    if (rests) {
      idle.ifPresent(clients -> clients.add(connection));
    }
  }

  private void ended(LmtpConnection connection) {
    connections.remove(connection);
    slots.release();
  }

  private IdleClients newIdleClients() {
    try {
      return new IdleClients(connection -> threads.execute(() -> run(connection)), this::ended);
    } catch (IOException noSelector) {
      throw new UncheckedIOException(noSelector);
    }
  }

  /** Closes connections whose clients take no replies, until the server is closed. */
  private void watch() {
    try {
      while (!closed.await(WATCH_MILLIS, TimeUnit.MILLISECONDS)) {
        long now = System.nanoTime();
        connections.forEach(connection -> connection.closeIfStuck(now));
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private void pause() {
    try {
      draining.await(ACCEPT_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException goOn) {
      Thread.currentThread().interrupt();
    }
  }

  private static Thread daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
