package org.mailweir.loopback;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Hands in mail over SMTP, as a mail program does, one message after the other on one connection.
 *
 * <p>Used by one thread at a time.
 */
public final class SmtpSubmission implements AutoCloseable {
  private final Socket socket;
  private final ReplyReader replies;
  private Set<String> extensions = Set.of();

  private SmtpSubmission(Socket socket) throws IOException {
    this.socket = socket;
    this.replies = new ReplyReader(new BufferedInputStream(socket.getInputStream()));
  }

  /**
   * Connects, takes the greeting and says EHLO.
   *
   * @param timeout of connecting and of each reply
   */
  public static SmtpSubmission open(InetSocketAddress server, Duration timeout) throws IOException {
    Socket socket = new Socket();
    try {
      int millis = Math.toIntExact(timeout.toMillis());
      socket.setTcpNoDelay(true);
      socket.connect(server, millis);
      socket.setSoTimeout(millis);
      SmtpSubmission submission = new SmtpSubmission(socket);
      submission.greet();
      return submission;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Hands in one message to all its recipients. If it has a queue id, and the server offers
   * XFORWARD, the server is told that id: a Postfix that trusts us passes it on in place of its
   * own.
   *
   * @return the text of the answer to the dot: {@code 2.0.0 Ok: queued as 4Z...}
   * @throws IOException if a recipient or the message is refused
   */
  public String send(LmtpMessage message) throws IOException {
    if (!message.queueId().isEmpty() && extensions.contains("XFORWARD")) {
      write(("XFORWARD IDENT=" + message.queueId() + "\r\n").getBytes(UTF_8));
      expect(2, "XFORWARD");
    }
    List<String> commands = message.envelope(extensions);
    write(String.join("\r\n", commands).concat("\r\n").getBytes(UTF_8));
    for (String command : commands) {
      expect(command.equals("DATA") ? 3 : 2, command);
    }
    write(message.content().wire(""));
    return expect(2, "the message").text();
  }

  /** Says QUIT and closes. */
  @Override
  public void close() throws IOException {
    try (socket) {
      write("QUIT\r\n".getBytes(UTF_8));
    }
  }

  private void greet() throws IOException {
    expect(2, "the greeting");
    write("EHLO client.test\r\n".getBytes(UTF_8));
    Set<String> offered = new HashSet<>();
    for (String line : expect(2, "EHLO").lines()) {
      offered.add(line.toUpperCase(Locale.ROOT).split(" ")[0]);
    }
    extensions = Set.copyOf(offered);
    if (!extensions.contains("PIPELINING")) {
      throw new IOException("the server does not offer PIPELINING");
    }
  }

  private SmtpReply expect(int codeClass, String to) throws IOException {
    SmtpReply reply = replies.read();
    if (reply.code() / 100 != codeClass) {
      throw new IOException(to + " was answered with " + reply);
    }
    return reply;
  }

  private void write(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }
}
