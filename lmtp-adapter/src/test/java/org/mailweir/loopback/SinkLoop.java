package org.mailweir.loopback;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * The one thread of an {@link SmtpSink}: thousands of connections cost a selector key each. In
 * every round what has arrived on open connections, their ends too, is taken before new
 * connections: so a client that closes one connection before it opens the next is never counted
 * with two.
 */
final class SinkLoop implements Runnable {
  private record Timer(long dueNanos, long order, Runnable step) {}

  private interface Step {
    void run() throws IOException;
  }

  private static final long PATIENCE_SECONDS = 10;
  private static final int READ_AT_ONCE = 256 << 10;
  private static final long LONGEST_SELECT_MILLIS = 1000;

  private final Selector selector;
  private final SinkJournal journal;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(
          (a, b) -> {
            int byTime = Long.signum(a.dueNanos - b.dueNanos);
            return byTime != 0 ? byTime : Long.compare(a.order, b.order);
          });
  private final ByteBuffer chunk = ByteBuffer.allocateDirect(READ_AT_ONCE);
  private final byte[] bytes = new byte[READ_AT_ONCE];
  private long timerOrder;
  private long connections;

  SinkLoop(Selector selector, SinkJournal journal) {
    this.selector = selector;
    this.journal = journal;
  }

  /** Has a step run by the loop's thread, soon. */
  void execute(Runnable task) {
    tasks.add(task);
    selector.wakeup();
  }

  void listen(SinkHost host) {
    execute(
        () -> {
          try {
            host.listener().register(selector, SelectionKey.OP_ACCEPT, host);
          } catch (IOException closedMeanwhile) {
            // Then there is nothing to listen to.
          }
        });
  }

  /** Closes the connections of a host whose listener is closed. Both are gone when this returns. */
  void drop(SinkHost host) {
    runAndWait(
        () -> {
          for (SelectionKey key : List.copyOf(selector.keys())) {
            if (key.attachment() instanceof Connection connection && connection.host == host) {
              connection.close();
            }
          }
          selector.selectNow(); // a closed channel keeps its port until its key is gone
        });
  }

  /** Closes everything and ends the loop. */
  void stop() {
    runAndWait(
        () -> {
          for (SelectionKey key : List.copyOf(selector.keys())) {
            key.channel().close();
          }
          selector.close();
        });
  }

  private void runAndWait(Step step) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    execute(
        () -> {
          try {
            step.run();
            done.complete(null);
          } catch (IOException e) {
            done.completeExceptionally(e);
          }
        });
    if (selector.isOpen()) {
      done.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }
  }

  @Override
  public void run() {
    try {
      while (selector.isOpen()) {
        selector.select(untilNextTimer());
        round();
      }
    } catch (ClosedSelectorException stopped) {
      // The end.
    } catch (IOException e) {
      throw new UncheckedIOException("the sink's selector failed", e);
    }
  }

  private void round() throws IOException {
    List<SinkHost> accepting = new ArrayList<>();
    for (SelectionKey key : selector.selectedKeys()) {
      if (!key.isValid()) {
        continue;
      }
      if (key.attachment() instanceof SinkHost host) {
        accepting.add(host);
      } else if (key.attachment() instanceof Connection connection) {
        connection.ready();
      }
    }
    selector.selectedKeys().clear();
    runTimers();
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
    if (!selector.isOpen()) {
      return;
    }
    for (SinkHost host : accepting) {
      accept(host);
    }
  }

  /** Takes one connection a round, so that the ends of others are always seen first. */
  private void accept(SinkHost host) {
    try {
      SocketChannel channel = host.listener().accept();
      if (channel != null) {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        new Connection(host, channel).open();
      }
    } catch (IOException gone) {
      // The client has reset it, or the host was closed.
    }
  }

  private long untilNextTimer() {
    Timer next = timers.peek();
    if (!tasks.isEmpty()) {
      return 1;
    }
    if (next == null) {
      return LONGEST_SELECT_MILLIS;
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(next.dueNanos - System.nanoTime()) + 1;
    return Math.max(1, Math.min(LONGEST_SELECT_MILLIS, millis)); // 0 would mean for ever
  }

  private void runTimers() {
    long now = System.nanoTime();
    for (Timer next = timers.peek(); next != null && next.dueNanos - now <= 0; ) {
      timers.remove();
      next.step.run();
      next = timers.peek();
    }
  }

  /** One accepted connection. */
  private final class Connection implements SinkSession.Wire {
    private final SinkHost host;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final SinkSession session;
    private final ByteArrayOutputStream replies = new ByteArrayOutputStream(256);
    private ByteBuffer unsent = ByteBuffer.allocate(0);
    private boolean hangingUp;
    private boolean closed;

    Connection(SinkHost host, SocketChannel channel) throws IOException {
      this.host = host;
      this.channel = channel;
      this.key = channel.register(selector, SelectionKey.OP_READ, this);
      this.session = new SinkSession(host, journal, this, ++connections);
    }

    void open() {
      session.open(host.connected());
      flush();
    }

    /** Takes everything that has arrived before the session may answer any of it. */
    void ready() {
      if (key.isWritable()) {
        flush();
      }
      if (closed) {
        return;
      }
      try {
        int read = 1;
        while (read > 0) {
          chunk.clear();
          read = channel.read(chunk);
          chunk.flip();
          int length = chunk.remaining();
          chunk.get(bytes, 0, length);
          if (length > 0) {
            session.received(bytes, length);
          }
        }
        if (read < 0) {
          close();
        } else {
          flush();
        }
      } catch (IOException reset) {
        close();
      }
    }

    @Override
    public void reply(String line) {
      replies.writeBytes((line + "\r\n").getBytes(UTF_8));
    }

    @Override
    public void later(long nanos, Runnable step) {
      timers.add(
          new Timer(
              System.nanoTime() + nanos,
              ++timerOrder,
              () -> {
                step.run();
                flush();
              }));
    }

    @Override
    public void hangUp() {
      hangingUp = true;
    }

    private void flush() {
      if (closed) {
        return;
      }
      try {
        if (!unsent.hasRemaining() && replies.size() > 0) {
          unsent = ByteBuffer.wrap(replies.toByteArray());
          replies.reset();
        }
        if (unsent.hasRemaining()) {
          channel.write(unsent);
        }
        boolean more = unsent.hasRemaining() || replies.size() > 0;
        key.interestOps(more ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        if (hangingUp && !more) {
          close();
        }
      } catch (IOException reset) {
        close();
      }
    }

    void close() {
      if (closed) {
        return;
      }
      closed = true;
      session.ended();
      host.disconnected();
      try {
        channel.close();
      } catch (IOException ignored) {
        // It is gone in either case.
      }
    }
  }
}
