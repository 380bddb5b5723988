package org.mailweir.loopback;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * A network of loopback addresses that share one free port, as the mail hosts of the Internet share
 * port 25. The port is reserved until {@link #close}: no other network, in this process or another
 * one, gets the same.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class LoopbackNet implements AutoCloseable {
  private static final int ADDRESSES_A_BLOCK = 250;
  private static final int BLOCKS = 250;

  /** Bound but not listening. It sits on 127.0.0.1, which is never handed out. */
  private final SocketChannel reservation;

  private final int port;
  private final AtomicInteger handedOut = new AtomicInteger();

  private LoopbackNet(SocketChannel reservation) throws IOException {
    this.reservation = reservation;
    this.port = ((InetSocketAddress) reservation.getLocalAddress()).getPort();
  }

  /** Opens a network on a port of its own. */
  public static LoopbackNet open() throws IOException {
    return open(0);
  }

  /**
   * Opens a network on this port.
   *
   * @param port 0 lets the system choose one that nobody has
   * @throws IOException if another network has it
   */
  public static LoopbackNet open(int port) throws IOException {
    SocketChannel reservation = SocketChannel.open();
    try {
      reservation.bind(new InetSocketAddress(address(0, 0, 1), port));
      return new LoopbackNet(reservation);
    } catch (IOException e) {
      reservation.close();
      throw e;
    }
  }

  /** Returns the port that all hosts of this network use. */
  public int port() {
    return port;
  }

  /** Returns an address that was not handed out before: 127.1.1.1, 127.1.1.2, and so on. */
  public InetAddress nextAddress() {
    int n = handedOut.getAndIncrement();
    int block = n / ADDRESSES_A_BLOCK;
    if (block >= BLOCKS * BLOCKS) {
      throw new IllegalStateException("no loopback address left");
    }
    return address(1 + block / BLOCKS, 1 + block % BLOCKS, 1 + n % ADDRESSES_A_BLOCK);
  }

  /** Returns so many addresses that were not handed out before. */
  public List<InetAddress> nextAddresses(int count) {
    return IntStream.range(0, count).mapToObj(i -> nextAddress()).toList();
  }

  /** Gives the port back. Hosts stay as they are. */
  @Override
  public void close() throws IOException {
    reservation.close();
  }

  private static InetAddress address(int second, int third, int fourth) {
    try {
      return InetAddress.getByAddress(new byte[] {127, (byte) second, (byte) third, (byte) fourth});
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // only for a wrong length
    }
  }
}
