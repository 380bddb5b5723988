package org.mailweir.smtp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** An address at which connecting hangs: its accept queue is full, further SYNs are dropped. */
final class BlackHole implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket();
  private final List<Socket> fillers = new ArrayList<>();

  BlackHole(String address, int port) throws IOException {
    listener.bind(new InetSocketAddress(InetAddress.getByName(address), port), 1);
    while (fillers.size() < 16) {
      Socket filler = new Socket();
      fillers.add(filler);
      try {
        filler.connect(listener.getLocalSocketAddress(), 200);
      } catch (SocketTimeoutException full) {
        return;
      }
    }
    throw new IOException("this system takes more connections than its backlog");
  }

  InetAddress address() {
    return listener.getInetAddress();
  }

  int port() {
    return listener.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    for (Socket each : fillers) {
      each.close();
    }
    listener.close();
  }
}
