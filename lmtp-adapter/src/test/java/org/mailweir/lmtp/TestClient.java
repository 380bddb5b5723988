package org.mailweir.lmtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** A client that reads line by line. */
final class TestClient implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;

  TestClient(InetSocketAddress server) throws IOException {
    socket = new Socket();
    socket.connect(server);
    socket.setSoTimeout(20_000);
    socket.setTcpNoDelay(true);
    in = socket.getInputStream();
  }

  /** Connects, and reads the greeting and the answer to LHLO. */
  static TestClient greeted(InetSocketAddress server) throws IOException {
    TestClient client = new TestClient(server);
    client.line();
    client.send("LHLO client.test\r\n");
    client.lines(7);
    return client;
  }

  TestClient send(String text) throws IOException {
    return send(text.getBytes(ISO_8859_1));
  }

  TestClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  /** Returns the next line without its end, or "closed". */
  String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0; next = in.read()) {
      if (next == '\n') {
        return line.toString(ISO_8859_1).stripTrailing();
      }
      line.write(next);
    }
    return "closed";
  }

  List<String> lines(int count) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lines.add(line());
    }
    return lines;
  }

  Socket socket() {
    return socket;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
