package org.mailweir.transport;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.Optional;

/** TEMP. */
public final class Transport implements AutoCloseable {
  static Transport start(TransportConfig config, Optional<ServerSocketChannel> inherited) throws IOException {
    ServerSocketChannel c = inherited.isPresent() ? inherited.get() : LmtpSocket.bind(config.listen());
    return new Transport();
  }
  void stop(Duration grace) {}
  @Override public void close() {}
}
