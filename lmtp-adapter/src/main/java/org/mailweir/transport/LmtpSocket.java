package org.mailweir.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the listening socket that systemd hands in, which stays open while we restart. */
final class LmtpSocket {
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
}
