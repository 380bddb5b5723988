package org.mailweir.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.dns.MailExchangers;
import org.mailweir.dns.MailExchangers.Host;
import org.mailweir.dns.MailExchangers.NoMail;
import org.mailweir.dns.MailExchangers.Unresolved;
import org.mailweir.loopback.BlackHole;
import org.mailweir.smtp.ConnectFailure.Kind;
import org.mailweir.tls.TlsMode;
import org.mailweir.tls.TlsPolicy;

/** Getting to the point where MAIL may be sent, over one address and over many. */
@Timeout(60)
class ConnectTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final InetAddress HOLE = InetAddresses.forString("127.0.0.8");

  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
  }

  private <T extends AutoCloseable> T keep(T resource) {
    opened.add(resource);
    return resource;
  }

  private ScriptedServer server() throws IOException {
    return keep(new ScriptedServer());
  }

  /** Returns servers at 127.0.0.2 and so on, on one port. */
  private List<ScriptedServer> servers(int count) throws IOException {
    for (int attempt = 0; ; attempt++) {
      List<ScriptedServer> servers = new ArrayList<>();
      try {
        int port = 0;
        for (int i = 0; i < count; i++) {
          servers.add(new ScriptedServer("127.0.0." + (i + 2), port));
          port = servers.get(0).port();
        }
        servers.forEach(this::keep);
        return servers;
      } catch (BindException taken) {
        for (ScriptedServer each : servers) {
          each.close();
        }
        if (attempt == 20) {
          throw taken;
        }
      }
    }
  }

  private World world(SmtpConfig.Builder config, Host... hosts) {
    return keep(new World(config, TlsPolicy.of(TlsMode.NONE))).route(hosts);
  }

  private static Host host(String name, String address) throws IOException {
    return new Host(name, InetAddress.getByName(address));
  }

  private static ConnectFailure failure(World world) {
    return catchThrowableOfType(ConnectFailure.class, world::connect);
  }

  private static void assertNoSockets(World world) {
    await().untilAsserted(() -> assertThat(world.client.counters().open()).isZero());
  }

  @Test
  void namesThePeer() throws Exception {
    ScriptedServer server = server();
    World world = keep(World.of(server));
    assertThat(world.connect().peer()).isEqualTo("mx.example.test[127.0.0.1]:" + server.port());
  }

  @Test
  void tellsOnceThatTcpIsConnected() throws Exception {
    World world = keep(World.of(server()));
    World.Watcher watcher = new World.Watcher();
    world.client.connect(World.EXAMPLE, watcher);
    assertThat(watcher.connected).hasValue(1);
  }

  @ParameterizedTest
  @CsvSource({"500", "502", "550"})
  void greetsWithHeloWhereEhloIsNotUnderstood(String code) throws Exception {
    ScriptedServer server = server().on("EHLO", code + " what").on("HELO", "250 hello");
    World world = keep(World.of(server));
    assertThat(world.deliver("u@x.test").get(0).reply().code()).isEqualTo(250);
    assertThat(server.commands) // QUIT may come at this moment
        .startsWith("EHLO relay.test", "HELO relay.test", "MAIL FROM:<a@sender.test>");
  }

  @ParameterizedTest
  @CsvSource({
    "BANNER, 554 5.7.1 go away, UNREACHABLE, 4.3.0, connection",
    "BANNER, 450 4.3.1 full, UNREACHABLE, 4.3.1, connection",
    "BANNER, 421 4.3.2 closing, PUSHED_BACK, 4.3.2, connection",
    "BANNER, 450 too many connections, PUSHED_BACK, 4.3.0, connection",
    "BANNER, 250 what, UNREACHABLE, 4.3.0, connection",
    "EHLO, 421 4.7.0 busy, PUSHED_BACK, 4.7.0, EHLO",
    "EHLO, 450 later, UNREACHABLE, 4.3.0, EHLO"
  })
  void failsOnRefusalsBeforeMail(
      String verb, String reply, Kind kind, String status, String command) throws Exception {
    World world = keep(World.of(server().on(verb, reply)));
    ConnectFailure failure = failure(world);
    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure.reply().code()).isEqualTo(451);
    assertThat(failure.reply().status()).isEqualTo(status);
    assertThat(failure.reply().text())
        .isEqualTo(
            "host mx.example.test[127.0.0.1] said: " + reply + " (in reply to " + command + ")");
    assertNoSockets(world);
  }

  @ParameterizedTest
  @CsvSource({
    "BANNER, <drop>, lost connection: connection closed",
    "EHLO, <drop>, lost connection: connection closed",
    "BANNER, <endless lines>, protocol error: a reply",
    "BANNER, <endless line>, protocol error: a reply line",
    "EHLO, <endless lines>, protocol error: a reply of more than",
    "BANNER, SSH-2.0-OpenSSH_9.2, protocol error: no SMTP reply"
  })
  void failsOnHostsThatSpeakNoSmtp(String verb, String deed, String cause) throws Exception {
    World world = keep(World.of(server().on(verb, deed)));
    ConnectFailure failure = failure(world);
    assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
    assertThat(failure.reply().text()).startsWith("mx.example.test[127.0.0.1]: " + cause);
    assertNoSockets(world);
  }

  @ParameterizedTest
  @ValueSource(strings = {"BANNER", "EHLO"})
  void failsOnSilentHosts(String verb) throws Exception {
    ScriptedServer server = server().on(verb, ScriptedServer.HANG);
    Timeouts impatient = World.timeouts(Duration.ofMillis(500), LONG);
    World world = keep(World.of(server, World.config(server.port()).timeouts(impatient)));
    ConnectFailure failure = failure(world);
    assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
    assertThat(failure.reply().text())
        .isEqualTo("mx.example.test[127.0.0.1]: connected, but timed out before it was ready");
    assertNoSockets(world);
  }

  @Test
  void takesABannerThatDrips() throws Exception {
    ScriptedServer server =
        server()
            .on("BANNER", ScriptedServer.DRIP + "220-a\r\n220 b")
            .on("EHLO", ScriptedServer.DRIP + "250-a\r\n250 PIPELINING");
    assertThat(keep(World.of(server)).deliver("u@x.test").get(0).reply().code()).isEqualTo(250);
  }

  @Test
  void failsWhereNobodyListens() throws Exception {
    int port;
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      port = gone.getLocalPort();
    }
    World world = world(World.config(port), host("mx.example.test", "127.0.0.1"));
    ConnectFailure failure = failure(world);
    assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
    assertThat(failure.reply().status()).isEqualTo("4.4.1");
    assertThat(failure.reply().text())
        .isEqualTo("connect to mx.example.test[127.0.0.1] port " + port + ": Connection refused");
    assertNoSockets(world);
  }

  @Test
  void goesOnToTheNextAddressAtOnceWhereOneFails() throws Exception {
    List<ScriptedServer> servers = servers(3);
    servers.get(0).on("BANNER", "554 no");
    servers.get(1).on("EHLO", ScriptedServer.DROP);
    World world =
        world(
            World.config(servers.get(0).port()).stagger(LONG, LONG),
            servers.get(0).host("a"),
            servers.get(1).host("b"),
            servers.get(2).host("c"));
    assertThat(world.deliver("u@x.test").get(0).reply().text()).startsWith("host c[127.0.0.4]");
    assertThat(servers.get(2).messages).hasSize(1);
  }

  @Test
  void triesAddressesInTheirOrder() throws Exception {
    List<ScriptedServer> servers = servers(2);
    World world =
        world(
            World.config(servers.get(0).port()),
            servers.get(1).host("first"),
            servers.get(0).host("second"));
    assertThat(world.connect().peer()).startsWith("first[127.0.0.3]");
    assertThat(servers.get(0).connections()).isZero();
  }

  @Test
  void deliversPastABlackHole() throws Exception {
    ScriptedServer healthy = keep(new ScriptedServer("127.0.0.9", 0));
    BlackHole hole = keep(BlackHole.open(HOLE, healthy.port()));
    World world =
        world(
            World.config(healthy.port()).stagger(Duration.ofMillis(200), LONG),
            new Host("hole", hole.address().getAddress()),
            healthy.host("healthy"));
    assertThat(world.deliver("u@x.test").get(0).reply().code()).isEqualTo(250);
    assertThat(healthy.messages).hasSize(1);
    await().untilAsserted(() -> assertThat(world.client.counters().open()).isEqualTo(1));
  }

  @Test
  void deliversPastAHostThatNeverGreets() throws Exception {
    List<ScriptedServer> servers = servers(2);
    servers.get(0).on("BANNER", ScriptedServer.HANG);
    World world =
        world(
            World.config(servers.get(0).port())
                .stagger(Duration.ofMillis(100), Duration.ofMillis(300)),
            servers.get(0).host("silent"),
            servers.get(1).host("healthy"));
    assertThat(world.deliver("u@x.test").get(0).reply().code()).isEqualTo(250);
    assertThat(servers.get(0).connections()).isEqualTo(1);
    await().untilAsserted(() -> assertThat(world.client.counters().open()).isEqualTo(1));
  }

  @Test
  void timesOutOnABlackHoleAlone() throws Exception {
    BlackHole hole = keep(BlackHole.open(HOLE, 0));
    World world =
        world(
            World.config(hole.address().getPort()).connectTimeout(Duration.ofMillis(300)),
            new Host("hole", hole.address().getAddress()));
    assertThat(failure(world).reply().text())
        .isEqualTo("connect to hole[127.0.0.8] port " + hole.address().getPort() + ": timed out");
    assertNoSockets(world);
  }

  @Test
  void namesAllAddressesWhenAllFail() throws Exception {
    List<ScriptedServer> servers = servers(2);
    servers.get(0).on("BANNER", "554 5.7.1 go away");
    servers.get(1).on("BANNER", ScriptedServer.DROP);
    World world =
        world(
            World.config(servers.get(0).port()),
            servers.get(0).host("a"),
            servers.get(1).host("b"));
    ConnectFailure failure = failure(world);
    assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
    assertThat(failure.reply().text())
        .isEqualTo(
            "no host of example.test is ready: host a[127.0.0.2] said: 554 5.7.1 go away (in reply"
                + " to connection); b[127.0.0.3]: lost connection: connection closed");
  }

  @Test
  void isPushedBackWhereOneOfTheHostsSaysSo() throws Exception {
    List<ScriptedServer> servers = servers(2);
    servers.get(0).on("BANNER", "421 4.3.2 busy");
    servers.get(1).on("BANNER", "554 no");
    World world =
        world(
            World.config(servers.get(0).port()),
            servers.get(0).host("a"),
            servers.get(1).host("b"));
    assertThat(failure(world).kind()).isEqualTo(Kind.PUSHED_BACK);
  }

  @Test
  void boundsTheTextHoweverManyAddressesFail() throws Exception {
    int port;
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      port = gone.getLocalPort();
    }
    Host[] hosts = new Host[16];
    for (int i = 0; i < hosts.length; i++) {
      hosts[i] = host("a-mail-exchanger-with-a-very-long-name-" + i + ".example.test", "127.0.0.1");
    }
    assertThat(failure(world(World.config(port), hosts)).reply().text()).hasSizeBetween(300, 400);
  }

  @Test
  void triesTheLastGoodAddressFirstForAWhile() throws Exception {
    List<ScriptedServer> servers = servers(2);
    servers.get(0).on("BANNER", "554 no");
    World world =
        world(
            World.config(servers.get(0).port()).idle(0, 0),
            servers.get(0).host("a"),
            servers.get(1).host("b"));
    world.deliver("u@x.test");
    world.deliver("u@x.test");
    assertThat(servers.get(0).connections()).isEqualTo(1);
    assertThat(servers.get(1).connections()).isEqualTo(2);
    world.advance(Duration.ofMinutes(9));
    world.deliver("u@x.test");
    world.advance(Duration.ofMinutes(2));
    world.deliver("u@x.test");
    assertThat(servers.get(0).messages).as("preference holds again").hasSize(1);
  }

  @Test
  void tellsDnsFailuresApart() throws Exception {
    World world = keep(new World(World.config(25), TlsPolicy.of(TlsMode.NONE)));
    world.route(World.EXAMPLE, new NoMail(556, "5.1.10", "takes no mail"));
    assertThat(failure(world).kind()).isEqualTo(Kind.PERMANENT);
    assertThat(failure(world).reply().code()).isEqualTo(556);
    assertThat(failure(world).reply().status()).isEqualTo("5.1.10");
    world.route(World.EXAMPLE, new Unresolved("SERVFAIL"));
    assertThat(failure(world).kind()).isEqualTo(Kind.UNRESOLVED);
    assertThat(failure(world).reply().status()).isEqualTo("4.4.3");
  }

  @Test
  void probesWithoutSendingMailAndQuits() throws Exception {
    ScriptedServer server = server();
    World world = keep(World.of(server));
    world.deliver("u@x.test");
    world.client.probe(World.EXAMPLE);
    assertThat(server.connections()).as("never over an idle connection").isEqualTo(2);
    await().until(() -> server.count("QUIT") == 1);
    assertThat(server.count("MAIL")).isEqualTo(1);
  }

  /** An attempt on a thread of its own that hangs where the test wants it to. */
  private static final class Hanging {
    final World.Watcher watcher = new World.Watcher();
    final CompletableFuture<SmtpConnection> result = new CompletableFuture<>();
    final Thread thread;

    Hanging(World world) {
      thread =
          new Thread(
              () -> {
                try {
                  result.complete(world.client.connect(World.EXAMPLE, watcher));
                } catch (Throwable failure) {
                  result.completeExceptionally(failure);
                }
              });
      thread.setDaemon(true);
      thread.start();
    }

    Throwable failure() {
      return catchThrowableOfType(ExecutionException.class, result::get).getCause();
    }
  }

  private World hangingAt(String where) throws Exception {
    if (where.equals("lookup")) {
      MailExchangers never =
          destination -> {
            new CountDownLatch(1).await();
            return new Unresolved("never");
          };
      return keep(
          new World(
              World.config(25),
              TlsPolicy.of(TlsMode.NONE),
              java.util.Map.of(World.EXAMPLE, never)));
    }
    if (where.equals("connect")) {
      BlackHole hole = keep(BlackHole.open(HOLE, 0));
      return world(
          World.config(hole.address().getPort()), new Host("hole", hole.address().getAddress()));
    }
    return keep(World.of(server().on(where, ScriptedServer.HANG)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lookup", "connect", "BANNER", "EHLO"})
  void endsAtOnceWhenAborted(String where) throws Exception {
    World world = hangingAt(where);
    Hanging attempt = new Hanging(world);
    if (!where.equals("lookup")) {
      await().until(() -> world.client.counters().open() == 1);
    }
    await()
        .untilAsserted(
            () -> {
              attempt.watcher.abort.run();
              assertThat(attempt.result).isDone();
            });
    assertThat(attempt.failure())
        .isInstanceOfSatisfying(
            ConnectFailure.class, each -> assertThat(each.kind()).isEqualTo(Kind.ABORTED));
    assertNoSockets(world);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lookup", "connect", "BANNER", "EHLO"})
  void endsAtOnceWhenInterrupted(String where) throws Exception {
    World world = hangingAt(where);
    Hanging attempt = new Hanging(world);
    if (!where.equals("lookup")) {
      await().until(() -> world.client.counters().open() == 1);
    }
    attempt.thread.interrupt();
    assertThat(attempt.failure()).isInstanceOf(InterruptedException.class);
    assertNoSockets(world);
  }

  @Test
  void saysNothingOfTheHostWhereWeHaveNoThreads() throws Exception {
    ScriptedServer server = server();
    World world = keep(World.of(server));
    world.stopThreads();
    assertThat(failure(world).kind()).isEqualTo(Kind.ABORTED);
    assertNoSockets(world);
  }

  @Test
  void isRefusedAfterTheEnd() throws Exception {
    World world = keep(World.of(server()));
    world.client.close();
    assertThat(failure(world).kind()).isEqualTo(Kind.ABORTED);
  }
}
