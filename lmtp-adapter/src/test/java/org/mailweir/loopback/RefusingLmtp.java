package org.mailweir.loopback;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.mailweir.thread.TaskThreads;

/**
 * The smallest LMTP service that shows what fast refusal does: it takes mail for some recipients
 * and answers RCPT for all others with {@code 451 4.4.1}. It trusts its client, keeps no content,
 * and is a yardstick for the fixtures and for what Postfix itself can do, not a transport.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class RefusingLmtp implements AutoCloseable {
  private static final int MAX_LINE = 4096;

  private final Predicate<String> accepts;
  private final ServerSocket listener;
  private final Set<Socket> clients = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads = TaskThreads.newExecutor("refusing-lmtp");
  private final Map<String, Long> taken = new ConcurrentHashMap<>();
  private final LongAdder refused = new LongAdder();
  private final Set<String> identities = ConcurrentHashMap.newKeySet();

  private RefusingLmtp(Predicate<String> accepts) throws IOException {
    this.accepts = accepts;
    this.listener = new ServerSocket(0, 1024, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
  }

  /** Starts a service that takes mail for the recipients that the predicate says. */
  public static RefusingLmtp accepting(Predicate<String> recipients) throws IOException {
    RefusingLmtp service = new RefusingLmtp(recipients);
    service.threads.execute(service::accept);
    return service;
  }

  /** Returns where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  /**
   * Returns the recipients that mail was taken for, with the {@code System.nanoTime()} of the dot.
   */
  public Map<String, Long> taken() {
    return Map.copyOf(taken);
  }

  /** Returns how many recipients were refused. */
  public long refused() {
    return refused.sum();
  }

  /** Returns the queue ids that were told with XFORWARD. */
  public Set<String> queueIds() {
    return Set.copyOf(identities);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket client : clients) {
      client.close();
    }
    threads.shutdownNow();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        clients.add(client);
        threads.execute(() -> serve(client));
      } catch (IOException closed) {
        // Either we were closed, and the loop ends, or this client has gone.
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      client.setTcpNoDelay(true);
      new Conversation(client).run();
    } catch (IOException gone) {
      // The client has closed its end.
    } finally {
      clients.remove(client);
    }
  }

  private final class Conversation {
    private final InputStream in;
    private final Socket client;
    private final ByteArrayOutputStream replies = new ByteArrayOutputStream();
    private List<String> recipients = new ArrayList<>();

    Conversation(Socket client) throws IOException {
      this.client = client;
      this.in = new BufferedInputStream(client.getInputStream());
    }

    void run() throws IOException {
      reply("220 stub.test LMTP");
      while (true) {
        if (in.available() == 0) {
          flush();
        }
        String line = line();
        String verb = line.substring(0, Math.min(4, line.length())).toUpperCase(Locale.ROOT);
        switch (verb) {
          case "LHLO" -> {
            reply("250-stub.test");
            reply("250-PIPELINING");
            reply("250-XFORWARD IDENT");
            reply("250 ENHANCEDSTATUSCODES");
          }
          case "XFOR" -> {
            identities.add(line.replaceFirst(".*IDENT=", ""));
            reply("250 2.0.0 ok");
          }
          case "MAIL", "RSET" -> {
            recipients = new ArrayList<>();
            reply("250 2.0.0 ok");
          }
          case "RCPT" -> recipient(line.replaceAll(".*<|>.*", ""));
          case "DATA" -> data();
          case "QUIT" -> {
            reply("221 2.0.0 bye");
            flush();
            return;
          }
          default -> reply("250 2.0.0 ok");
        }
      }
    }

    private void recipient(String recipient) {
      if (accepts.test(recipient)) {
        recipients.add(recipient);
        reply("250 2.1.5 ok");
      } else {
        refused.increment();
        reply("451 4.4.1 destination does not answer, try again later");
      }
    }

    private void data() throws IOException {
      if (recipients.isEmpty()) {
        reply("503 5.5.1 no valid recipients");
        return;
      }
      reply("354 go ahead");
      flush();
      while (!line().equals(".")) {
        // The content is not kept.
      }
      long now = System.nanoTime();
      for (String recipient : recipients) {
        taken.put(recipient, now);
        reply("250 2.0.0 taken");
      }
      recipients = new ArrayList<>();
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int b = in.read(); b != '\n'; b = in.read()) {
        if (b < 0 || line.length() > MAX_LINE) {
          throw new IOException("closed, or a line without end");
        }
        if (b != '\r') {
          line.append((char) b);
        }
      }
      return line.toString();
    }

    private void reply(String line) {
      replies.writeBytes((line + "\r\n").getBytes(UTF_8));
    }

    private void flush() throws IOException {
      client.getOutputStream().write(replies.toByteArray());
      replies.reset();
    }
  }
}
