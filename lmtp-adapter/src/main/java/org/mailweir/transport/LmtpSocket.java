package org.mailweir.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Picks the socket that clients come to: the one handed in by systemd, or one of our own. */
final class LmtpSocket {
  // As many as Postfix may open at once while we are busy accepting; the kernel caps it (somaxconn).
  private static final int BACKLOG = 1024;

  private LmtpSocket() {}

  /**
   * Returns the listening socket that was handed in, if one was.
   *
   * @param inherited what {@link System#inheritedChannel} returned: file descriptor 0, if it is a
   *     socket
   * @throws UsageException if it is reachable from other hosts, and nothing says whom to trust
   */
  static Optional<ServerSocketChannel> inherited(
      TransportConfig config, @Nullable Channel inherited) throws IOException, UsageException {
    if (!(inherited instanceof ServerSocketChannel socket)
        || !(socket.getLocalAddress() instanceof InetSocketAddress address)) {
      return Optional.empty();
    }
    try {
      TransportConfig.requireTrust(address, config.trust());
    } catch (IllegalArgumentException untrusted) {
      throw new UsageException("socket handed in: " + untrusted.getMessage());
    }
    return Optional.of(socket);
  }

  /**
   * Binds a socket of our own and listens on it.
   *
   * @throws IOException with one line for the operator if that is not possible
   */
  static ServerSocketChannel bind(InetSocketAddress listen) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      // Else a restart would find the port taken by connections in TIME_WAIT.
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      return channel.bind(listen, BACKLOG);
    } catch (IOException failure) {
      channel.close();
      throw cannotListen(listen, failure);
    }
  }

  /** Returns a failure to bind in one line for the operator. */
  static IOException cannotListen(InetSocketAddress address, IOException failure) {
    return new IOException(
        "cannot listen on " + SocketAddresses.format(address) + ": " + failure.getMessage(),
        failure);
  }
}
