package org.mailweir.loopback;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;

/** A client that says what a test tells it to, right or wrong. */
public final class Dialogue implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 20_000;

  private final Socket socket;
  private final ReplyReader replies;

  private Dialogue(Socket socket) throws IOException {
    this.socket = socket;
    this.replies = new ReplyReader(new BufferedInputStream(socket.getInputStream()));
  }

  /** Connects. */
  public static Dialogue with(InetAddress address, int port) throws IOException {
    Socket socket = new Socket(address, port);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return new Dialogue(socket);
  }

  /** Sends bytes as they are, one for each character. */
  public Dialogue send(String raw) throws IOException {
    socket.getOutputStream().write(raw.getBytes(ISO_8859_1));
    return this;
  }

  /** Reads a reply and checks its code. */
  public Dialogue expect(int code) throws IOException {
    assertThat(replies.read().code()).isEqualTo(code);
    return this;
  }

  /** Sends a command and checks the code of the reply. */
  public Dialogue say(String command, int code) throws IOException {
    return send(command + "\r\n").expect(code);
  }

  /** Reads a reply and returns it in words. */
  public String reply() throws IOException {
    return replies.read().toString();
  }

  /** Checks that the server closes the connection without another word. */
  public void expectEnd() throws IOException {
    assertThat(socket.getInputStream().read()).isEqualTo(-1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
