package org.mailweir.loopback;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One mail host of an {@link SmtpSink}: an address, a temper, and counts.
 *
 * <p>Thread safety: the public methods may be called by any thread.
 */
public final class SinkHost implements AutoCloseable {
  /** How a message fails at a flaky host. */
  enum Failure {
    NONE,
    MAIL,
    RCPT,
    DOT,
    DROP
  }

  private static final int MAX_GREYLISTED = 1_000_000;

  private final InetAddress address;
  private final ServerSocketChannel listener;
  private final SinkLoop loop;
  private volatile SinkBehaviour behaviour;

  // Written by the loop's thread only.
  private final SplittableRandom random;
  private final Set<HashCode> greylisted = new HashSet<>();
  private volatile int open;
  private volatile int peak;
  private volatile long accepted;
  private volatile long turnedAway;

  SinkHost(
      InetAddress address,
      ServerSocketChannel listener,
      SinkLoop loop,
      SinkBehaviour behaviour,
      SplittableRandom random) {
    this.address = address;
    this.listener = listener;
    this.loop = loop;
    this.behaviour = behaviour;
    this.random = random;
  }

  /** Returns the address. */
  public InetAddress address() {
    return address;
  }

  /** Returns its present temper. */
  public SinkBehaviour behaviour() {
    return behaviour;
  }

  /** Changes its temper: greeting and extensions for new connections, the rest for new messages. */
  public void behave(SinkBehaviour value) {
    behaviour = value;
  }

  /** Returns how many connections are open now. */
  public int connectionsOpen() {
    return open;
  }

  /**
   * Returns the highest number of connections that were open at once. A connection counts from the
   * moment it is accepted, those that are turned away with 421 included, until the client has
   * closed it or we have.
   */
  public int peakConnections() {
    return peak;
  }

  /** Returns how many connections were accepted in all. */
  public long connections() {
    return accepted;
  }

  /** Returns how many of them were told that there are too many. */
  public long turnedAway() {
    return turnedAway;
  }

  /** Goes down: closes all connections without a word, and refuses new ones. */
  @Override
  public void close() throws IOException {
    listener.close();
    loop.drop(this);
  }

  ServerSocketChannel listener() {
    return listener;
  }

  /** Counts a new connection; returns whether it is one too many. */
  boolean connected() {
    accepted = accepted + 1;
    int now = open + 1;
    open = now;
    peak = Math.max(peak, now);
    boolean tooMany = now > behaviour.maxConnections();
    if (tooMany) {
      turnedAway = turnedAway + 1;
    }
    return tooMany;
  }

  void disconnected() {
    open = open - 1;
  }

  long nextServiceNanos() {
    return behaviour.serviceTime().nextNanos(random);
  }

  Failure nextFailure() {
    double share = behaviour.flakiness();
    if (share <= 0 || random.nextDouble() >= share) {
      return Failure.NONE;
    }
    return switch (random.nextInt(4)) {
      case 0 -> Failure.MAIL;
      case 1 -> Failure.RCPT;
      case 2 -> Failure.DOT;
      default -> Failure.DROP;
    };
  }

  /** Returns whether this host sees the two together for the first time. */
  boolean seenFirst(String sender, String recipient) {
    if (greylisted.size() >= MAX_GREYLISTED) {
      greylisted.clear();
    }
    return greylisted.add(
        Hashing.sha256().hashString(sender + "\n" + recipient, StandardCharsets.UTF_8));
  }
}
