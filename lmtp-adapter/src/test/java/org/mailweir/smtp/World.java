package org.mailweir.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.mailweir.dns.MailExchangers;
import org.mailweir.dns.MailExchangers.Host;
import org.mailweir.dns.MailExchangers.Hosts;
import org.mailweir.dns.MailExchangers.NoMail;
import org.mailweir.dns.MailExchangers.Route;
import org.mailweir.message.Body;
import org.mailweir.message.Destination;
import org.mailweir.message.Recipient;
import org.mailweir.message.Sender;
import org.mailweir.thread.TaskThreads;
import org.mailweir.tls.TlsMode;
import org.mailweir.tls.TlsPolicies;
import org.mailweir.tls.TlsPolicy;

/** A client among routes that the test makes up, with a clock that can be pushed forward. */
final class World implements AutoCloseable {
  static final Destination EXAMPLE = new Destination("example.test");
  static final Sender SENDER = new Sender("a@sender.test", -1, false, false);
  static final Body HELLO = TestBody.of("Subject: hi\r\n\r\nhello\r\n");

  /** For tests in which a host is silent; a stall of the machine must not look like that. */
  static Timeouts timeouts(Duration greeting, Duration rest) {
    return new Timeouts(Duration.ofSeconds(20), greeting, rest, rest, rest, rest);
  }

  private final Map<Destination, Route> routes = new ConcurrentHashMap<>();
  private final ExecutorService threads = TaskThreads.newExecutor("world");
  private final AtomicLong ahead = new AtomicLong();
  final SmtpClient client;

  World(SmtpConfig.Builder config, TlsPolicies tls) {
    this(config, tls, Map.of());
  }

  World(SmtpConfig.Builder config, TlsPolicies tls, Map<Destination, MailExchangers> special) {
    MailExchangers exchangers =
        destination ->
            special.containsKey(destination)
                ? special.get(destination).lookup(destination)
                : routes.getOrDefault(destination, new NoMail(550, "5.1.2", "no such domain"));
    client = new SmtpClient(config.build(), tls, exchangers, threads, this::now);
  }

  /** Returns a world in which example.test is served by one server, without TLS. */
  static World of(ScriptedServer server) {
    return of(server, config(server.port()));
  }

  static World of(ScriptedServer server, SmtpConfig.Builder config) {
    return new World(config, TlsPolicy.of(TlsMode.NONE)).route(server.host("mx.example.test"));
  }

  static SmtpConfig.Builder config(int port) {
    return SmtpConfig.builder("relay.test").remotePort(port);
  }

  World route(Host... hosts) {
    return route(EXAMPLE, hosts);
  }

  World route(Destination destination, Host... hosts) {
    routes.put(destination, new Hosts(List.of(hosts)));
    return this;
  }

  World route(Destination destination, Route route) {
    routes.put(destination, route);
    return this;
  }

  long now() {
    return System.nanoTime() + ahead.get();
  }

  void advance(Duration time) {
    ahead.addAndGet(time.toNanos());
  }

  SmtpConnection connect() throws ConnectFailure, InterruptedException {
    return client.connect(EXAMPLE, new Watcher());
  }

  void stopThreads() {
    threads.shutdownNow();
  }

  /** Sends over the connection, and releases it. */
  List<SmtpResult> send(SmtpConnection connection, Body body, String... recipients)
      throws InterruptedException {
    List<SmtpResult> results =
        send(connection, SENDER, body, new Collector(recipients.length), recipients);
    connection.release();
    return results;
  }

  List<SmtpResult> send(
      SmtpConnection connection,
      Sender sender,
      Body body,
      Collector collector,
      String... recipients)
      throws InterruptedException {
    List<Recipient> list = new ArrayList<>();
    for (String each : recipients) {
      list.add(new Recipient(each, EXAMPLE));
    }
    connection.send(sender, list, body, now() + TimeUnit.SECONDS.toNanos(25), collector);
    return collector.all();
  }

  /** Connects, sends to the recipients, and releases. */
  List<SmtpResult> deliver(String... recipients) throws Exception {
    return send(connect(), HELLO, recipients);
  }

  @Override
  public void close() {
    client.close();
    threads.shutdownNow();
  }

  /** Collects results, and sees to it that each comes once. */
  static class Collector implements SmtpConnection.Results {
    private final SmtpResult[] results;
    final AtomicInteger finishes = new AtomicInteger();

    Collector(int recipients) {
      results = new SmtpResult[recipients];
    }

    @Override
    public boolean mayFinish() {
      assertThat(finishes.incrementAndGet()).as("calls of mayFinish").isEqualTo(1);
      return true;
    }

    @Override
    public void recipient(int index, SmtpResult result) {
      assertThat(results[index]).as("an earlier result of recipient " + index).isNull();
      results[index] = result;
    }

    List<SmtpResult> all() {
      assertThat(results).doesNotContainNull();
      return Arrays.asList(results);
    }
  }

  /** Remembers what an attempt said. */
  static final class Watcher implements SmtpConnector.ConnectObserver {
    final AtomicInteger connected = new AtomicInteger();
    volatile Runnable abort = () -> {};

    @Override
    public void connected() {
      connected.incrementAndGet();
    }

    @Override
    public void abortWith(Runnable abort) {
      this.abort = abort;
    }
  }
}
