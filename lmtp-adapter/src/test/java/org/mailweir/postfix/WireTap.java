package org.mailweir.postfix;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between a client and a server, and records what they say, line by line: {@code C: } for
 * the client's, {@code S: } for the server's. It passes bytes on as they come.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class WireTap implements AutoCloseable {
  private final ServerSocket listener;
  private final InetSocketAddress server;
  private final AtomicInteger connections = new AtomicInteger();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  final List<String> lines = new CopyOnWriteArrayList<>();

  /** Opens the tap at an address; port 0 lets the system choose. */
  public WireTap(InetSocketAddress address, InetSocketAddress server) throws IOException {
    this.server = server;
    listener = new ServerSocket();
    listener.bind(address);
    daemon(this::accept);
  }

  /** Returns where clients are to connect. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  /** Returns how many clients have connected. */
  public int connections() {
    return connections.get();
  }

  /** Returns the client's lines, without those of messages. */
  public List<String> commands() {
    return lines.stream().filter(line -> line.matches("C: [A-Z]{4,8}( .*)?")).toList();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Socket remote = new Socket(server.getAddress(), server.getPort());
        sockets.addAll(List.of(client, remote));
        connections.incrementAndGet();
        daemon(() -> pass(client, remote, "C: "));
        daemon(() -> pass(remote, client, "S: "));
      } catch (IOException closed) {
        continue;
      }
    }
  }

  private void pass(Socket from, Socket to, String mark) {
    StringBuilder line = new StringBuilder(mark);
    byte[] bytes = new byte[8192];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(bytes); count > 0; count = in.read(bytes)) {
        for (char c : new String(bytes, 0, count, ISO_8859_1).toCharArray()) {
          if (c == '\n') {
            lines.add(line.toString().stripTrailing());
            line.setLength(mark.length());
          } else {
            line.append(c);
          }
        }
        out.write(bytes, 0, count);
      }
    } catch (IOException ended) {
      return;
    }
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "wire-tap");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
