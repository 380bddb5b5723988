package org.mailweir.recall;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Postfix's flush service as far as a client can see. Takes one request a connection. */
final class FlushService implements AutoCloseable {
  static final String GREETING = "protocol\0flush_protocol\0\0";
  static final String OK = "status\0" + "0\0\0";

  private final Path path;
  private final ServerSocketChannel listener;
  final List<String> requests = new CopyOnWriteArrayList<>();
  volatile String greeting = GREETING;
  volatile String answer = OK;

  FlushService(Path path) throws IOException {
    this.path = path;
    listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(path));
    Thread thread = new Thread(this::serve, "flush-service");
    thread.setDaemon(true);
    thread.start();
  }

  List<String> ids() {
    return requests.stream().map(request -> request.split("\0")[3]).toList();
  }

  private void serve() {
    while (listener.isOpen()) {
      try (SocketChannel client = listener.accept()) {
        serve(client);
      } catch (IOException clientLeft) {
        continue;
      }
    }
  }

  private void serve(SocketChannel client) throws IOException {
    client.write(ByteBuffer.wrap(greeting.getBytes(StandardCharsets.US_ASCII)));
    StringBuilder request = new StringBuilder();
    ByteBuffer buffer = ByteBuffer.allocate(1);
    while (request.indexOf("\0\0") < 0) {
      if (client.read(buffer.clear()) < 0) {
        return;
      }
      request.append((char) buffer.get(0));
    }
    requests.add(request.toString());
    for (byte b : answer.getBytes(StandardCharsets.US_ASCII)) { // as slowly as may be
      client.write(ByteBuffer.wrap(new byte[] {b}));
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    Files.deleteIfExists(path);
  }
}
