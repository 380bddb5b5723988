package org.mailweir.examples.relay.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mailweir.examples.relay.spool.Envelope;
import org.mailweir.examples.relay.spool.Query;
import org.mailweir.examples.relay.spool.disk.DiskSpool;
import org.mailweir.loopback.DnsTable;
import org.mailweir.loopback.LoopbackDns;
import org.mailweir.loopback.LoopbackNet;
import org.mailweir.loopback.ServiceTime;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.loopback.SinkBehaviour.Greeting;
import org.mailweir.loopback.SinkHost;
import org.mailweir.loopback.SmtpSink;
import org.mailweir.message.Recipient;

/**
 * The whole relay under load, among hosts that fail in all ways, with a disk that is full for a
 * while, and killed with SIGKILL again and again: at the end every recipient of an acknowledged
 * message has it, or his sender was told, or he still waits in the spool; none is lost, and each
 * duplicate has a lost answer.
 */
final class ChaosTest {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Duration SETTLING = Duration.ofSeconds(30);
  private static final int CLIENTS = 8;

  /** The relay's --max-clients. */
  private static final int UNDER_WAY = 100;

  @TempDir private Path directory;

  @Test
  @Timeout(110)
  void losesNothing() throws Exception {
    run(20261122, 600, 3);
  }

  @Test
  @Tag("herd")
  @Timeout(1800)
  void losesNothingWhenKilledTwentyTimes() throws Exception {
    run(7, 20_000, 20);
  }

  private void run(long seed, int messages, int kills) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    Path full = directory.resolve("full");
    List<Long> killed = new ArrayList<>();
    try (LoopbackNet net = LoopbackNet.open();
        SmtpSink sink = SmtpSink.on(net, seed)) {
      DnsTable zone = new DnsTable(3600);
      ChaosHosts hosts = new ChaosHosts(sink, zone);
      try (LoopbackDns dns = LoopbackDns.serving(zone)) {
        InetSocketAddress address = freePort();
        List<String> arguments =
            List.of(
                Integer.toString(address.getPort()),
                Integer.toString(dns.address().getPort()),
                Integer.toString(net.port()),
                directory.resolve("spool").toString(),
                full.toString());
        RelayProcess relay = RelayProcess.start(arguments);
        try (ChaosLoad load = new ChaosLoad(address, hosts.domains(), messages)) {
          load.start(CLIENTS, random.split());
          for (int i = 1; i <= kills; i++) {
            int until = messages * i / (kills + 1) - random.nextInt(messages / (2 * kills + 2));
            hosts.change(random);
            await()
                .atMost(PATIENCE)
                .untilAsserted(
                    () ->
                        assertThat(load.acknowledged())
                            .as(load.lastFailure())
                            .hasSizeGreaterThanOrEqualTo(until));
            if (i == kills / 2 + 1) {
              fill(full, load);
            }
            killed.add(System.nanoTime());
            relay.kill();
            killed.add(System.nanoTime());
            relay = RelayProcess.start(arguments);
          }
          await().atMost(PATIENCE).until(load::isOver);
          hosts.recover();
          settle(sink, load, killed);
          relay.close();
          Account account = Account.of(load.acknowledged(), sink.byRecipient(), waiting(), killed);
          System.out.printf(
              "chaos, seed %d: %d messages begun, %d acknowledged, %d times 452, %d kills; %s%n",
              seed, load.tries(), load.acknowledged().size(), load.told452(), kills, account);
          assertThat(account.lost()).isEmpty();
          assertThat(account.unexplained()).isEmpty();
          // No more than what is under way at a kill: a message has two recipients at most.
          assertThat(account.duplicates()).isLessThan((kills + 1) * 2 * UNDER_WAY);
          assertThat(account.altered()).isEmpty();
          assertThat(account.delivered() + account.bounced() + account.queued())
              .isEqualTo(account.recipients());
          assertThat(account.delivered()).isGreaterThan(account.recipients() / 2);
          assertThat(load.told452()).isPositive();
          assertThat(sink.violations()).isEmpty();
        } finally {
          relay.kill();
        }
      }
    }
  }

  /** Fills the disk until a client has been told so. */
  private static void fill(Path full, ChaosLoad load) throws IOException {
    int before = load.told452();
    Files.createFile(full);
    await().atMost(PATIENCE).until(() -> load.told452() > before);
    Files.delete(full);
  }

  /** Waits until all is delivered or bounced; what takes longer is found in the spool. */
  private static void settle(SmtpSink sink, ChaosLoad load, List<Long> killed) {
    try {
      await()
          .atMost(SETTLING)
          .pollInterval(Duration.ofMillis(200))
          .until(
              () ->
                  Account.of(load.acknowledged(), sink.byRecipient(), Set.of(), killed)
                      .lost()
                      .isEmpty());
    } catch (ConditionTimeoutException someAreStillQueued) {
      return;
    }
  }

  /** Returns who still waits. */
  private Set<String> waiting() throws Exception {
    Set<String> waiting = new HashSet<>();
    try (DiskSpool spool = DiskSpool.open(directory.resolve("spool"))) {
      for (Envelope each : spool.list(Query.all(), 1_000_000)) {
        each.recipients().stream().map(Recipient::address).forEach(waiting::add);
      }
    }
    return waiting;
  }

  private static InetSocketAddress freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new InetSocketAddress("127.0.0.1", socket.getLocalPort());
    }
  }

  /** Hosts of all kinds, some of which change while the test runs. */
  private static final class ChaosHosts {
    private static final ServiceTime SERVICE = ServiceTime.constant(Duration.ofMillis(20));

    private final List<String> domains = new ArrayList<>();
    private final List<SinkHost> changing = new ArrayList<>();
    private final SmtpSink sink;
    private final DnsTable zone;

    ChaosHosts(SmtpSink sink, DnsTable zone) throws IOException {
      this.sink = sink;
      this.zone = zone;
      add("well.test", SinkBehaviour.healthy());
      add("slow.test", SinkBehaviour.healthy().serving(SERVICE));
      add("narrow.test", SinkBehaviour.healthy().serving(SERVICE).limitedTo(3));
      add("grey.test", SinkBehaviour.greylisting());
      add("strict.test", SinkBehaviour.rejecting());
      changing.add(add("flaky.test", SinkBehaviour.healthy().flaky(0.3)));
      changing.add(add("moody.test", SinkBehaviour.healthy()));
      zone.mail(ChaosLoad.SENDER_DOMAIN, sink.host(SinkBehaviour.healthy()).address());
    }

    private SinkHost add(String domain, SinkBehaviour behaviour) throws IOException {
      SinkHost host = sink.host(behaviour);
      zone.mail(domain, host.address());
      domains.add(domain);
      return host;
    }

    List<String> domains() {
      return domains;
    }

    /** Gives the moody one another temper. */
    void change(SplittableRandom random) {
      Greeting[] greetings = Greeting.values();
      // Never to greet is left out: it costs each attempt its whole time.
      Greeting greeting = greetings[random.nextInt(greetings.length)];
      changing
          .get(1)
          .behave(
              SinkBehaviour.healthy()
                  .greeting(greeting == Greeting.NEVER ? Greeting.PROMPT : greeting)
                  .flaky(random.nextDouble() / 2));
    }

    void recover() {
      changing.forEach(each -> each.behave(SinkBehaviour.healthy()));
    }
  }
}
