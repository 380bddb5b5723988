package org.mailweir.mxdeliv;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.mailweir.dns.DnsClient;
import org.mailweir.dns.DnsMailExchangers;
import org.mailweir.https.HttpsClients;
import org.mailweir.loopback.DnsTable;
import org.mailweir.loopback.LoopbackDns;
import org.mailweir.message.Destination;
import org.mailweir.message.Recipient;
import org.mailweir.message.Sender;
import org.mailweir.smtp.SmtpConnection;
import org.mailweir.smtp.SmtpConnector.ConnectObserver;
import org.mailweir.smtp.SmtpResult;
import org.mailweir.thread.TaskThreads;
import org.mailweir.tls.TestKeys;
import org.mailweir.tls.TlsPolicies;
import org.mailweir.tls.TlsPolicy;

/** One web server on loopback, whose name is mx.example.test, and SMTP beside it. */
final class HttpsWorld implements AutoCloseable {
  static final Destination EXAMPLE = new Destination("example.test");
  static final Sender SENDER = new Sender("a@sender.test", -1, false, false);
  static final Duration LONG = Duration.ofSeconds(20);

  /** Of the web server, which tells of each client that has gone. */
  private static final Logger NOISE = Logger.getLogger("okhttp3");

  static {
    NOISE.setLevel(Level.OFF);
  }

  final MockWebServer web = new MockWebServer();
  final FakeSmtp smtp = new FakeSmtp();
  final DnsTable zone = new DnsTable();
  final List<RecordedRequest> requests = new CopyOnWriteArrayList<>();
  volatile MockResponse head = code(405);
  volatile MockResponse post = code(200);
  private final LoopbackDns dns = LoopbackDns.serving(zone);
  private final ExecutorService threads = TaskThreads.newExecutor("https-world");
  private final AtomicLong ahead = new AtomicLong();
  private final HttpsClients clients = new HttpsClients(new DnsClient(List.of(dns.address())));
  private TlsPolicies policies = TlsPolicy.verifying(TestKeys.store("roots"));
  private Duration headStart = LONG;
  private MxdelivConnector connector;

  HttpsWorld() throws Exception {
    this("trusted");
  }

  HttpsWorld(String key) throws Exception {
    InetAddress local = InetAddress.getByName("127.0.0.1");
    zone.exchangers("example.test", 10, "mx.example.test").host("mx.example.test", local);
    web.useHttps(TestKeys.server(key).getSocketFactory());
    web.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            requests.add(request);
            return "HEAD".equals(request.getMethod()) ? head : post;
          }
        });
    web.start(local, 0);
    connector = connect();
  }

  static MockResponse code(int code) {
    return new MockResponse.Builder().code(code).build();
  }

  static MockResponse code(int code, String body) {
    return new MockResponse.Builder().code(code).body(body).build();
  }

  /** Sets the head start of HTTPS before SMTP. */
  HttpsWorld headStart(Duration time) {
    headStart = time;
    connector = connect();
    return this;
  }

  HttpsWorld policies(TlsPolicies others) {
    policies = others;
    connector = connect();
    return this;
  }

  private MxdelivConnector connect() {
    MxdelivSettings settings =
        new MxdelivSettings(
            web.getPort(), headStart, LONG, Duration.ofMinutes(30), Duration.ofSeconds(10));
    DnsMailExchangers exchangers =
        new DnsMailExchangers(new DnsClient(List.of(dns.address())), "relay.test", new Random(1));
    return new MxdelivConnector(smtp, exchangers, policies, clients, settings, threads, this::now);
  }

  MxdelivConnector connector() {
    return connector;
  }

  long now() {
    return System.nanoTime() + ahead.get();
  }

  void advance(Duration time) {
    ahead.addAndGet(time.toNanos());
  }

  List<String> methods() {
    return requests.stream().map(RecordedRequest::getMethod).toList();
  }

  SmtpConnection open() throws Exception {
    return connector.connect(EXAMPLE, new Watcher());
  }

  /** Sends one message to these recipients, and returns a result for each. */
  List<SmtpResult> deliver(String... recipients) throws Exception {
    return send(open(), SENDER, "Subject: hi\r\n\r\nhello\r\n", new Leave(), recipients);
  }

  List<SmtpResult> send(
      SmtpConnection connection, Sender sender, String text, Leave leave, String... recipients)
      throws InterruptedException {
    List<Recipient> list = new ArrayList<>();
    for (String each : recipients) {
      list.add(new Recipient(each, EXAMPLE));
    }
    leave.results = new SmtpResult[recipients.length];
    connection.send(sender, list, new Text(text), now() + TimeUnit.SECONDS.toNanos(60), leave);
    connection.release();
    return leave.all();
  }

  @Override
  public void close() throws IOException {
    clients.close();
    threads.shutdownNow();
    web.close();
    dns.close();
  }

  /** Collects results, and sees to it that leave is taken once at a time. */
  static class Leave implements SmtpConnection.Results {
    private SmtpResult[] results = {};
    private boolean finishing;
    final AtomicInteger given = new AtomicInteger();
    final AtomicInteger givenBack = new AtomicInteger();

    @Override
    public boolean mayFinish() {
      if (finishing) {
        throw new AssertionError("asked twice for leave");
      }
      finishing = true;
      given.incrementAndGet();
      return true;
    }

    @Override
    public void notTaken() {
      if (!finishing) {
        throw new AssertionError("there was no leave");
      }
      finishing = false;
      givenBack.incrementAndGet();
    }

    @Override
    public void recipient(int index, SmtpResult result) {
      if (results[index] != null) {
        throw new AssertionError("a second result of " + index);
      }
      results[index] = result;
    }

    List<SmtpResult> all() {
      if (Arrays.asList(results).contains(null)) {
        throw new AssertionError("not every recipient has a result");
      }
      return Arrays.asList(results);
    }
  }

  /** Keeps the way to end an attempt. */
  static final class Watcher implements ConnectObserver {
    final AtomicInteger connected = new AtomicInteger();
    volatile Runnable abort = () -> {};

    @Override
    public void connected() {
      connected.incrementAndGet();
    }

    @Override
    public void abortWith(Runnable newAbort) {
      abort = newAbort;
    }
  }
}
