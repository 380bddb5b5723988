package org.mailweir.loopback;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * Mail hosts on a {@link LoopbackNet}: each has an address and a {@link SinkBehaviour} of its own,
 * all share the net's port. The sink records what arrived, byte for byte, and every breach of the
 * protocol. It speaks SMTP with PIPELINING, 8BITMIME, SMTPUTF8, SIZE and ENHANCEDSTATUSCODES,
 * without TLS.
 *
 * <p>One thread serves all hosts. What is random follows from the seed and the order of events.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class SmtpSink implements AutoCloseable {
  private static final int BACKLOG = 1024;

  private final LoopbackNet net;
  private final SinkJournal journal = new SinkJournal();
  private final SplittableRandom random;
  private final SinkLoop loop;
  private final ExecutorService thread;

  private SmtpSink(LoopbackNet net, long seed) throws IOException {
    this.net = net;
    this.random = new SplittableRandom(seed);
    this.loop = new SinkLoop(Selector.open(), journal);
    this.thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread made = new Thread(task, "smtp-sink");
              made.setDaemon(true);
              return made;
            });
    thread.execute(loop);
  }

  /** Opens a sink without hosts, seeded with 1. */
  public static SmtpSink on(LoopbackNet net) throws IOException {
    return on(net, 1);
  }

  /** Opens a sink without hosts. */
  public static SmtpSink on(LoopbackNet net, long seed) throws IOException {
    return new SmtpSink(net, seed);
  }

  /** Adds a host at the next free address. It listens when this returns. */
  public SinkHost host(SinkBehaviour behaviour) throws IOException {
    return host(net.nextAddress(), behaviour);
  }

  /**
   * Adds a host at this address, which may have been a closed host's or a closed black hole's. It
   * listens when this returns.
   */
  public SinkHost host(InetAddress address, SinkBehaviour behaviour) throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    try {
      listener.bind(new InetSocketAddress(address, net.port()), BACKLOG);
      listener.configureBlocking(false);
    } catch (IOException e) {
      listener.close();
      throw new IOException("cannot listen at " + address.getHostAddress() + ":" + net.port(), e);
    }
    SinkHost host = new SinkHost(address, listener, loop, behaviour, split());
    loop.listen(host);
    return host;
  }

  /**
   * Lets a destination come back: closes the black hole and puts a host in its place.
   *
   * @param behaviour such as {@code SinkBehaviour.healthy().limitedTo(20)}
   */
  public SinkHost recover(BlackHole hole, SinkBehaviour behaviour) throws IOException {
    hole.close();
    return host(hole.address().getAddress(), behaviour);
  }

  /** Returns the port of all hosts. */
  public int port() {
    return net.port();
  }

  /** Returns the messages that have arrived, in order. */
  public List<Arrival> arrivals() {
    return journal.arrivals();
  }

  /** Returns how many messages have arrived. */
  public int count() {
    return journal.count();
  }

  /** Returns the messages that have arrived, by recipient: more than one where one was repeated. */
  public Map<String, List<Arrival>> byRecipient() {
    return journal.byRecipient();
  }

  /** Returns what clients did wrong; not more than 10,000. */
  public List<Violation> violations() {
    return journal.violations();
  }

  /** Sets who hears of each message as it arrives, on the sink's thread: be quick. */
  public void onArrival(Consumer<Arrival> listener) {
    journal.onArrival(listener);
  }

  /**
   * Sets up to which size content is kept; larger messages have their hash only. 64 KB at first.
   */
  public void keepContentUpTo(int bytes) {
    journal.keepContentUpTo(bytes);
  }

  /** Closes all hosts and connections. */
  @Override
  public void close() {
    loop.stop();
    thread.shutdown();
  }

  private synchronized SplittableRandom split() {
    return random.split();
  }
}
