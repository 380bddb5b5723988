package org.mailweir.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.dns.MailExchangers.Host;
import org.mailweir.loopback.BlackHole;
import org.mailweir.loopback.LoopbackNet;
import org.mailweir.message.Destination;
import org.mailweir.tls.TlsMode;
import org.mailweir.tls.TlsPolicy;

/** What mail to one domain teaches for mail to another. */
@Timeout(60)
class SharedHostsTest {
  private static final Destination OTHER = new Destination("other.test");
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private <T extends AutoCloseable> T keep(T each) {
    open.add(0, each);
    return each;
  }

  private World world(int port) {
    return keep(new World(World.config(port), TlsPolicy.of(TlsMode.NONE)));
  }

  private static void deliver(World world, Destination destination) throws Exception {
    SmtpConnection connection = world.client.connect(destination, new World.Watcher());
    assertThat(world.send(connection, World.HELLO, "u@x.test").get(0).reply().code())
        .isEqualTo(250);
  }

  @Test
  void domainsWithTheSameHostsShareConnections() throws Exception {
    ScriptedServer server = keep(new ScriptedServer());
    World world = world(server.port());
    world.route(World.EXAMPLE, server.host("mx.provider.test"));
    world.route(OTHER, server.host("MX.provider.test"));
    deliver(world, World.EXAMPLE);
    deliver(world, OTHER);
    deliver(world, World.EXAMPLE);
    assertThat(server.connections()).isEqualTo(1);
    assertThat(world.client.counters().reused()).isEqualTo(2);
  }

  @Test
  void domainsWithOtherHostNamesAtTheSameAddressShareNone() throws Exception {
    ScriptedServer server = keep(new ScriptedServer());
    World world = world(server.port());
    world.route(World.EXAMPLE, server.host("mx.a.test"));
    world.route(OTHER, server.host("mx.b.test"));
    deliver(world, World.EXAMPLE);
    deliver(world, OTHER);
    assertThat(server.connections()).as("a certificate is valid for a name").isEqualTo(2);
  }

  @Test
  void aDomainThatMovedIsNotSentOverConnectionsToItsFormerHosts() throws Exception {
    ScriptedServer server = keep(new ScriptedServer());
    ScriptedServer next = keep(new ScriptedServer("127.0.0.2", server.port()));
    World world = world(server.port());
    world.route(World.EXAMPLE, server.host("mx.old.test"));
    deliver(world, World.EXAMPLE);
    world.route(World.EXAMPLE, next.host("mx.new.test"));
    world.advance(Duration.ofSeconds(61));
    deliver(world, World.EXAMPLE);
    assertThat(next.messages).hasSize(1);
  }

  @Test
  void anAddressThatHangsGoesLastForMailOfOthersToo() throws Exception {
    LoopbackNet net = keep(LoopbackNet.open());
    InetAddress dead = net.nextAddress();
    keep(BlackHole.open(dead, net.port()));
    InetAddress live = net.nextAddress();
    ScriptedServer server = keep(new ScriptedServer(live.getHostAddress(), net.port()));
    World world =
        keep(
            new World(
                World.config(net.port()).stagger(Duration.ofMillis(1), Duration.ofSeconds(20)),
                TlsPolicy.of(TlsMode.NONE)));
    Host[] hosts = {new Host("mx1.test", dead), new Host("mx2.test", live)};
    world.route(World.EXAMPLE, hosts);
    deliver(world, World.EXAMPLE);
    assertThat(world.client.counters().opened()).isEqualTo(1);

    World.Watcher watcher = new World.Watcher();
    world.route(OTHER, new Host("mx1.test", dead), new Host("mx3.test", live));
    SmtpConnection connection = world.client.connect(OTHER, watcher);
    connection.abort();
    await().until(() -> world.client.counters().open() == world.client.counters().idle());
    assertThat(server.connections()).isEqualTo(2);
  }

  @Test
  void aDeadAddressIsTriedOnceForHostsOfManyNames() throws Exception {
    int port = closedPort();
    World world = world(port);
    world.route(World.EXAMPLE, host("mx.a.test", "127.0.0.1"));
    world.route(OTHER, host("mx.b.test", "127.0.0.1"));
    assertThat(failure(world, World.EXAMPLE).reply().text())
        .startsWith("connect to mx.a.test[127.0.0.1] port " + port)
        .doesNotContain("a moment ago");
    assertThat(failure(world, World.EXAMPLE).reply().text())
        .as("the same hosts are tried again: that is the gate's to decide")
        .doesNotContain("a moment ago");
    ConnectFailure told = failure(world, OTHER);
    assertThat(told.kind()).isEqualTo(ConnectFailure.Kind.UNREACHABLE);
    assertThat(told.reply().text())
        .startsWith("connect to mx.a.test[127.0.0.1] port " + port)
        .endsWith("(seen a moment ago, with mail for other hosts at that address)");
    world.advance(AddressBook.TROUBLE.plusSeconds(1));
    assertThat(failure(world, OTHER).reply().text()).startsWith("connect to mx.b.test[127.0.0.1]");
  }

  @Test
  void anAddressAtWhichMailHangsIsNotTriedForOtherNames() throws Exception {
    LoopbackNet net = keep(LoopbackNet.open());
    InetAddress dead = net.nextAddress();
    keep(BlackHole.open(dead, net.port()));
    World world = world(net.port());
    world.route(World.EXAMPLE, new Host("mx.a.test", dead));
    world.route(OTHER, new Host("mx.b.test", dead));
    ExecutorService threads = Executors.newSingleThreadExecutor();
    keep(threads::shutdownNow);
    threads.execute(
        () -> catchThrowable(() -> world.client.connect(World.EXAMPLE, new World.Watcher())));
    await().until(() -> world.client.counters().open() == 1);
    world.advance(AddressBook.HANGS.plusSeconds(1));
    ConnectFailure told = failure(world, OTHER);
    assertThat(told.kind()).isEqualTo(ConnectFailure.Kind.UNREACHABLE);
    assertThat(told.reply().text())
        .startsWith("connect to mx.a.test[" + dead.getHostAddress() + "] port " + net.port())
        .endsWith(": no answer for 9 s (so far, with mail for other hosts at that address)");
  }

  @Test
  void aProbeTriesWhatIsRememberedAsDead() throws Exception {
    int port = closedPort();
    World world = world(port);
    world.route(World.EXAMPLE, host("mx.a.test", "127.0.0.1"));
    world.route(OTHER, host("mx.b.test", "127.0.0.1"));
    failure(world, World.EXAMPLE);
    keep(new ScriptedServer("127.0.0.1", port));
    world.client.probe(OTHER);
    deliver(world, OTHER);
  }

  @Test
  void anAddressThatWasReadyOfLateIsTriedForAll() throws Exception {
    ScriptedServer server = new ScriptedServer();
    World world =
        keep(new World(World.config(server.port()).idle(0, 0), TlsPolicy.of(TlsMode.NONE)));
    world.route(World.EXAMPLE, server.host("mx.a.test"));
    world.route(OTHER, server.host("mx.b.test"));
    deliver(world, World.EXAMPLE);
    server.close();
    failure(world, World.EXAMPLE);
    assertThat(failure(world, OTHER).reply().text()).startsWith("connect to mx.b.test[127.0.0.1]");
  }

  private static ConnectFailure failure(World world, Destination destination) {
    return catchThrowableOfType(
        ConnectFailure.class, () -> world.client.connect(destination, new World.Watcher()));
  }

  private static int closedPort() throws Exception {
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return gone.getLocalPort();
    }
  }

  private static Host host(String name, String address) throws Exception {
    return new Host(name, InetAddress.getByName(address));
  }
}
