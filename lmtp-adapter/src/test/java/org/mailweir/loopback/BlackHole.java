package org.mailweir.loopback;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * An address and port at which connecting hangs until the client's timeout, as at a host behind a
 * firewall that drops packets.
 *
 * <p>It is a listening socket that nobody accepts from, whose queue of established connections is
 * full: Linux drops further SYNs then. The connections that fill the queue are closed at once on
 * our side and stay in the queue, so a black hole costs one file descriptor. Opening one verifies
 * that a connection attempt does hang.
 *
 * <p>A closed black hole refuses connections; its address may be bound again, by a healthy host. A
 * client that is still trying then reaches that host with its next SYN (after 1, 3, 7, ...
 * seconds).
 */
public final class BlackHole implements AutoCloseable {
  private static final int BACKLOG =
      1; // holds one more than this; 0 would mean the default to Java
  private static final int FILLERS = BACKLOG + 1;
  private static final int MORE_FILLERS = 8;
  private static final int BATCH = 250;

  /** On loopback a connection is established before connect returns; this is ample. */
  private static final long SURELY_CONNECTED_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final InetSocketAddress address;
  private final ServerSocketChannel listener;

  private BlackHole(InetSocketAddress address, ServerSocketChannel listener) {
    this.address = address;
    this.listener = listener;
  }

  /** Opens a black hole; port 0 leaves the choice to the system. */
  public static BlackHole open(InetAddress address, int port) throws IOException {
    return openAll(List.of(address), port).get(0);
  }

  /**
   * Opens many black holes on one port.
   *
   * @throws IOException if one of them cannot be bound, or does not swallow connections; none is
   *     left open then
   */
  public static List<BlackHole> openAll(List<InetAddress> addresses, int port) throws IOException {
    List<BlackHole> holes = new ArrayList<>(addresses.size());
    try {
      for (InetAddress address : addresses) {
        holes.add(bind(new InetSocketAddress(address, port)));
      }
      for (int from = 0; from < holes.size(); from += BATCH) {
        fill(holes.subList(from, Math.min(holes.size(), from + BATCH)));
      }
      return List.copyOf(holes);
    } catch (IOException | RuntimeException e) {
      for (BlackHole hole : holes) {
        hole.close();
      }
      throw e;
    }
  }

  /** Returns where it is. */
  public InetSocketAddress address() {
    return address;
  }

  /** Opens the hole: connections are refused from now on, until somebody else listens there. */
  @Override
  public void close() throws IOException {
    listener.close();
  }

  private static BlackHole bind(InetSocketAddress address) throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    try {
      listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      listener.bind(address, BACKLOG);
      return new BlackHole((InetSocketAddress) listener.getLocalAddress(), listener);
    } catch (IOException e) {
      listener.close();
      throw e;
    }
  }

  private static void fill(List<BlackHole> holes) throws IOException {
    for (BlackHole hole : holes) {
      for (int i = 0; i < FILLERS; i++) {
        SocketChannel.open(hole.address).close();
      }
    }
    List<BlackHole> open = holes;
    for (int round = 0; !open.isEmpty(); round++) {
      if (round == MORE_FILLERS) {
        throw new IOException(open.get(0).address + " still accepts: no black hole on this system");
      }
      open = thatAccept(open);
    }
  }

  /** Returns those at which one more connection is established. It stays in their queue. */
  private static List<BlackHole> thatAccept(List<BlackHole> holes) throws IOException {
    List<SocketChannel> attempts = new ArrayList<>(holes.size());
    try {
      for (BlackHole hole : holes) {
        SocketChannel attempt = SocketChannel.open();
        attempts.add(attempt);
        attempt.configureBlocking(false);
        attempt.connect(hole.address);
      }
      LockSupport.parkNanos(SURELY_CONNECTED_NANOS);
      List<BlackHole> accepting = new ArrayList<>();
      for (int i = 0; i < holes.size(); i++) {
        if (attempts.get(i).finishConnect()) {
          accepting.add(holes.get(i));
        }
      }
      return accepting;
    } finally {
      for (SocketChannel attempt : attempts) {
        attempt.close();
      }
    }
  }
}
