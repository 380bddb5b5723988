package org.mailweir.smtp;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.mailweir.dns.MailExchangers.Host;

/**
 * A mail exchanger on loopback that says what a test tells it to. Answers are queued by verb
 * (BANNER and DOT count as verbs); where none is queued it behaves well. Some answers are deeds:
 * {@link #DROP}, {@link #HANG}, {@link #ENDLESS_LINES}, {@link #ENDLESS_LINE}, {@link #DRIP}.
 */
final class ScriptedServer implements AutoCloseable {
  /** Closes the connection. */
  static final String DROP = "<drop>";

  /** Says nothing until the client has gone. */
  static final String HANG = "<hang>";

  /** Continues the reply without end. */
  static final String ENDLESS_LINES = "<endless lines>";

  /** Writes a line without end. */
  static final String ENDLESS_LINE = "<endless line>";

  /** Writes byte for byte what stands behind it. */
  static final String DRIP = "<drip>";

  /** Says what stands behind it, and closes the connection. */
  static final String LAST = "<last>";

  /** Asks for a new TLS handshake, then says what stands behind it. Needs TLS 1.2. */
  static final String RENEGOTIATE = "<renegotiate>";

  /** Asks for new TLS handshakes without end. Needs TLS 1.2. */
  static final String RENEGOTIATE_FOR_EVER = "<renegotiate for ever>";

  private final ServerSocket listener;
  private final ExecutorService threads = Executors.newCachedThreadPool(ScriptedServer::daemon);
  private final Map<String, Deque<String>> answers = new ConcurrentHashMap<>();
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
  private final AtomicInteger connections = new AtomicInteger();
  final List<String> commands = new CopyOnWriteArrayList<>();
  final List<byte[]> messages = new CopyOnWriteArrayList<>();
  final List<Boolean> moreWasWaiting = new CopyOnWriteArrayList<>();
  private volatile String[] offers = {"PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE 10000000"};
  private volatile @Nullable SSLContext tls;
  private volatile boolean repliesOnlyWhenIdle;
  private volatile boolean onlyTls12;
  private volatile boolean stopsReading;
  private volatile boolean closesAfterData;
  private volatile boolean hangsAfterStartTls;

  ScriptedServer() throws IOException {
    this("127.0.0.1", 0);
  }

  ScriptedServer(String address, int port) throws IOException {
    listener = new ServerSocket();
    listener.bind(new InetSocketAddress(InetAddress.getByName(address), port), 100);
    threads.execute(this::accept);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "scripted-server");
    thread.setDaemon(true);
    return thread;
  }

  /** Queues answers to a verb. */
  ScriptedServer on(String verb, String... replies) {
    answers.computeIfAbsent(verb, name -> new ConcurrentLinkedDeque<>()).addAll(List.of(replies));
    return this;
  }

  ScriptedServer offers(String... lines) {
    offers = lines;
    return this;
  }

  ScriptedServer tls(SSLContext context) {
    tls = context;
    return this;
  }

  /** Speaks no later TLS than 1.2. */
  ScriptedServer onlyTls12() {
    onlyTls12 = true;
    return this;
  }

  /** Replies to a batch only after it has all been read, as a peer may. */
  ScriptedServer repliesOnlyWhenIdle() {
    repliesOnlyWhenIdle = true;
    return this;
  }

  /** Reads nothing more after its reply to DATA, and keeps the connection. */
  ScriptedServer stopsReadingAfterData() {
    stopsReading = true;
    return this;
  }

  /** Closes the connection after its reply to DATA. */
  ScriptedServer closesAfterData() {
    closesAfterData = true;
    return this;
  }

  /** Says nothing more after its reply to STARTTLS. */
  ScriptedServer hangsAfterStartTls() {
    hangsAfterStartTls = true;
    return this;
  }

  int port() {
    return listener.getLocalPort();
  }

  Host host(String name) {
    return new Host(name, listener.getInetAddress());
  }

  int connections() {
    return connections.get();
  }

  String message(int index) {
    return new String(messages.get(index), StandardCharsets.ISO_8859_1);
  }

  /** Returns how often a command with this start came. */
  long count(String start) {
    return commands.stream().filter(each -> each.startsWith(start)).count();
  }

  /** Closes all connections, as a server does after its own idle time-out. */
  void hangUp() throws IOException {
    for (Socket each : sockets) {
      each.close();
    }
  }

  private void accept() {
    while (true) {
      try {
        Socket socket = listener.accept();
        sockets.add(socket);
        connections.incrementAndGet();
        threads.execute(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      new Conversation(socket).run();
    } catch (IOException gone) {
      // The client has closed it, or the test is over.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    hangUp();
    threads.shutdownNow();
  }

  private final class Conversation {
    private Socket socket;
    private InputStream in;
    private OutputStream out;
    private final Deque<String> held = new ArrayDeque<>();
    private boolean mail;
    private boolean rcpt;

    Conversation(Socket socket) throws IOException {
      this.socket = socket;
      in = new BufferedInputStream(socket.getInputStream());
      out = socket.getOutputStream();
    }

    void run() throws IOException {
      answer("BANNER", "220 scripted.test ESMTP");
      while (true) {
        String line = line();
        if (line == null) {
          return;
        }
        commands.add(line);
        moreWasWaiting.add(in.available() > 0);
        String verb = line.toUpperCase(java.util.Locale.ROOT).split("[ :]", 2)[0];
        switch (verb) {
          case "EHLO" -> answer(verb, ehlo());
          case "DATA" -> data();
          case "STARTTLS" -> startTls();
          case "QUIT" -> {
            answer(verb, "221 bye");
            return;
          }
          case "MAIL" -> mail = answer(verb, "250 2.1.0 ok").contains("250");
          case "RCPT" -> rcpt |= answer(verb, mail ? "250 2.1.5 ok" : "503 5.5.1").contains("250");
          default -> {
            mail = false;
            rcpt = false;
            answer(verb, "250 2.0.0 ok");
          }
        }
      }
    }

    private String ehlo() {
      List<String> lines = new ArrayList<>(List.of("scripted.test greets you"));
      lines.addAll(List.of(offers));
      StringBuilder reply = new StringBuilder();
      for (int i = 0; i < lines.size(); i++) {
        reply.append(i == 0 ? "" : "\r\n").append("250");
        reply.append(i == lines.size() - 1 ? ' ' : '-').append(lines.get(i));
      }
      return reply.toString();
    }

    private void data() throws IOException {
      String said = answer("DATA", rcpt ? "354 go ahead" : "503 5.5.1 no recipient");
      mail = false;
      rcpt = false;
      if (closesAfterData) {
        throw new IOException("closing");
      }
      if (stopsReading) {
        try {
          new CountDownLatch(1).await();
        } catch (InterruptedException over) {
          return;
        }
      }
      if (said.contains("354")) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        String line = line();
        while (line != null && !line.equals(".")) {
          message.writeBytes(
              ((line.startsWith(".") ? line.substring(1) : line) + "\r\n")
                  .getBytes(StandardCharsets.ISO_8859_1));
          line = line();
        }
        if (line != null) {
          messages.add(message.toByteArray());
          answer("DOT", "250 2.0.0 queued");
        }
      }
    }

    private void startTls() throws IOException {
      String said = answer("STARTTLS", "220 go ahead");
      SSLContext context = tls;
      if (hangsAfterStartTls) {
        say(HANG);
      } else if (said.startsWith("220") && context != null) {
        SSLSocket secure =
            (SSLSocket) context.getSocketFactory().createSocket(socket, null, port(), true);
        secure.setUseClientMode(false);
        if (onlyTls12) {
          secure.setEnabledProtocols(new String[] {"TLSv1.2"});
        }
        secure.startHandshake();
        socket = secure;
        in = new BufferedInputStream(secure.getInputStream());
        out = secure.getOutputStream();
      }
    }

    private String answer(String verb, String usual) throws IOException {
      Deque<String> queued = answers.get(verb);
      String first = queued == null ? null : queued.poll();
      String reply = first == null ? usual : first;
      held.add(reply);
      if (!repliesOnlyWhenIdle || in.available() == 0) {
        while (!held.isEmpty()) {
          say(held.remove());
        }
      }
      return reply;
    }

    private void say(String reply) throws IOException {
      if (reply.equals(DROP)) {
        socket.close();
        throw new IOException("dropped");
      } else if (reply.equals(HANG)) {
        while (in.read() >= 0) {
          // Waits for the client to go.
        }
      } else if (reply.equals(ENDLESS_LINES)) {
        while (true) {
          write("250-and another line\r\n");
        }
      } else if (reply.equals(ENDLESS_LINE)) {
        write("250 ");
        while (true) {
          write("a line without end ");
        }
      } else if (reply.startsWith(DRIP)) {
        for (char c : (reply.substring(DRIP.length()) + "\r\n").toCharArray()) {
          write(String.valueOf(c));
        }
      } else if (reply.equals(RENEGOTIATE_FOR_EVER)) {
        while (true) {
          ((SSLSocket) socket).startHandshake();
        }
      } else if (reply.startsWith(RENEGOTIATE)) {
        ((SSLSocket) socket).startHandshake();
        write(reply.substring(RENEGOTIATE.length()) + "\r\n");
      } else if (reply.startsWith(LAST)) {
        write(reply.substring(LAST.length()) + "\r\n");
        socket.close();
        throw new IOException("dropped");
      } else {
        write(reply + "\r\n");
      }
    }

    private void write(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }

    private @Nullable String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int b = in.read(); b >= 0; b = in.read()) {
        if (b == '\n' && line.length() > 0 && line.charAt(line.length() - 1) == '\r') {
          line.setLength(line.length() - 1);
          return line.toString();
        }
        line.append((char) b);
      }
      return null;
    }
  }
}
