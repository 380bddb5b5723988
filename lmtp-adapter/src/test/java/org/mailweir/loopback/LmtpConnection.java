package org.mailweir.loopback;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * An LMTP connection that speaks as Postfix does: XFORWARD IDENT, MAIL, all RCPTs and DATA in one
 * write, the message with its dot (and QUIT, if the connection ends) in the next. Extensions are
 * used if they are offered. The server's replies are checked strictly; one that is out of line ends
 * the connection and is reported as the outcome's failure, which begins with {@code protocol:}.
 *
 * <p>Used by one thread at a time, but for {@link #close}.
 */
public final class LmtpConnection implements AutoCloseable {
  private final Socket socket;
  private final ReplyReader replies;
  private final OutputStream out;
  private Set<String> extensions = Set.of();
  private boolean used;
  private boolean over;

  private LmtpConnection(Socket socket) throws IOException {
    this.socket = socket;
    this.replies = new ReplyReader(new BufferedInputStream(socket.getInputStream()));
    this.out = socket.getOutputStream();
  }

  /**
   * Connects, takes the greeting and says LHLO.
   *
   * @param timeout of connecting and of each reply up to the final dot; twice that after it
   */
  public static LmtpConnection open(InetSocketAddress server, Duration timeout) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      int millis = Math.toIntExact(timeout.toMillis());
      socket.connect(server, millis);
      socket.setSoTimeout(millis);
      LmtpConnection connection = new LmtpConnection(socket);
      connection.greet();
      return connection;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Returns the keywords of the extensions offered, in upper case: {@code PIPELINING}. */
  public Set<String> extensions() {
    return extensions;
  }

  /** Returns whether another message may be sent. */
  public boolean usable() {
    return !over && !socket.isClosed();
  }

  /** Says RSET before another message; returns whether the server is still there. */
  public boolean reset() {
    try {
      expect(command("RSET"), "RSET");
      used = false;
      return true;
    } catch (IOException gone) {
      close();
      return false;
    }
  }

  /**
   * Hands in one message. Never throws: failures are part of the outcome.
   *
   * @param last whether QUIT goes out with the message, and the connection ends
   */
  public LmtpOutcome send(LmtpMessage message, boolean last) {
    return send(message, 1, System.nanoTime(), System.nanoTime(), last);
  }

  LmtpOutcome send(
      LmtpMessage message, int attempt, long queuedNanos, long takenNanos, boolean last) {
    LmtpExchange exchange = new LmtpExchange(message, attempt, queuedNanos, takenNanos);
    try {
      if (used) {
        expect(command("RSET"), "RSET");
      }
      used = true;
      transmit(exchange, last);
      if (last) {
        over = true;
        socket.close();
      } else if (replies.hasMore()) {
        throw new ProtocolException("more replies than commands");
      }
      return exchange.outcome(Optional.empty());
    } catch (ProtocolException e) {
      close();
      return exchange.outcome(Optional.of("protocol: " + e.getMessage()));
    } catch (IOException e) {
      close();
      return exchange.outcome(Optional.of(String.valueOf(e.getMessage())));
    }
  }

  /** Says QUIT and closes; a server that does not answer is not waited for. */
  public void quit() {
    try {
      if (usable()) {
        write("QUIT\r\n".getBytes(UTF_8));
      }
    } catch (IOException gone) {
      // Closed below in either case.
    }
    close();
  }

  /** Closes without a word. */
  @Override
  public void close() {
    over = true;
    try {
      socket.close();
    } catch (IOException ignored) {
      // It is gone in either case.
    }
  }

  private void greet() throws IOException {
    expect(replies.read(), "the greeting");
    SmtpReply hello = command("LHLO client.test");
    expect(hello, "LHLO");
    Set<String> offered = new HashSet<>();
    for (String line : hello.lines().subList(1, hello.lines().size())) {
      String[] words = line.toUpperCase(Locale.ROOT).split(" ");
      offered.add(words[0]);
      if (words[0].equals("XFORWARD")) {
        List.of(words).subList(1, words.length).forEach(w -> offered.add("XFORWARD " + w));
      }
    }
    extensions = Set.copyOf(offered);
  }

  private void transmit(LmtpExchange exchange, boolean last) throws IOException {
    List<String> commands = commands(exchange.message());
    boolean pipelining = extensions.contains("PIPELINING");
    if (pipelining) {
      write(String.join("\r\n", commands).concat("\r\n").getBytes(UTF_8));
    }
    SmtpReply data = new SmtpReply(503, List.of("5.5.1 not sent"));
    boolean refused = false;
    for (String command : commands) {
      boolean isData = command.equals("DATA");
      if (!pipelining && (refused || isData && !exchange.anyAccepted())) {
        continue;
      }
      SmtpReply reply = pipelining ? replies.read() : command(command);
      if (isData) {
        data = reply;
      } else if (command.startsWith("RCPT")) {
        exchange.recipient(reply);
      } else if (command.startsWith("MAIL") && !reply.positive()) {
        exchange.senderRefused(reply);
        refused = true;
      }
    }
    if (data.code() == 354) {
      body(exchange, last);
    } else {
      exchange.dataRefused(data);
      if (last) {
        expect(command("QUIT"), "QUIT");
      }
    }
  }

  private void body(LmtpExchange exchange, boolean last) throws IOException {
    if (!exchange.anyAccepted()) {
      throw new ProtocolException("354 without any accepted recipient"); // RFC 2033 section 4.2
    }
    write(exchange.message().content().wire(last ? "QUIT\r\n" : ""));
    exchange.dotSent();
    int timeout = socket.getSoTimeout();
    socket.setSoTimeout(2 * timeout);
    while (exchange.awaitsReply()) {
      exchange.replyAfterDot(replies.read());
    }
    socket.setSoTimeout(timeout);
    if (last) {
      expect(replies.read(), "QUIT");
    }
  }

  private List<String> commands(LmtpMessage message) {
    List<String> commands = new ArrayList<>();
    if (!message.queueId().isEmpty() && extensions.contains("XFORWARD IDENT")) {
      commands.add("XFORWARD IDENT=" + message.queueId());
    }
    commands.addAll(message.envelope(extensions));
    return commands;
  }

  private SmtpReply command(String line) throws IOException {
    write((line + "\r\n").getBytes(UTF_8));
    return replies.read();
  }

  private void write(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  private static void expect(SmtpReply reply, String to) throws IOException {
    if (!reply.positive()) {
      throw new IOException(to + " was answered with " + reply);
    }
  }

  /** Returns an outcome for a message that no connection could be had for. */
  static LmtpOutcome unconnected(
      LmtpMessage message, int attempt, long queuedNanos, long takenNanos, IOException cause) {
    return new LmtpExchange(message, attempt, queuedNanos, takenNanos)
        .outcome(Optional.of(String.valueOf(cause.getMessage())));
  }
}
