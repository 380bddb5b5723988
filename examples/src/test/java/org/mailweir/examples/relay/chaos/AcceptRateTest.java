package org.mailweir.examples.relay.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mailweir.examples.relay.Relay;
import org.mailweir.examples.relay.RelayConfig;
import org.mailweir.examples.relay.spool.Query;
import org.mailweir.examples.relay.spool.disk.DiskSpool;
import org.mailweir.loopback.BlackHole;
import org.mailweir.loopback.DnsTable;
import org.mailweir.loopback.LoopbackDns;
import org.mailweir.loopback.LoopbackNet;
import org.mailweir.postfix.InstalledPostfix;
import org.mailweir.postfix.PostfixSettings;
import org.mailweir.postfix.PrivatePostfix;
import org.mailweir.tls.TlsMode;

/**
 * How fast the relay takes mail that it answers for, beside Postfix's smtpd and cleanup on the same
 * disk: smtp-source(1) hands in messages of 10 KB to the one and the other in turns. Neither
 * delivers: Postfix has the mail on hold, the relay's only destination is suspended.
 */
@Tag("herd")
@Timeout(1800)
final class AcceptRateTest {
  private static final int ROUNDS = 3;
  private static final int[] CLIENTS = {1, 10, 50};
  private static final int[] MESSAGES = {500, 3000, 5000};
  private static final int BYTES = 10_240;

  @TempDir Path home;

  @BeforeAll
  static void needsPostfix() {
    InstalledPostfix.assume();
  }

  @Test
  void takesMailBesidePostfix() throws Exception {
    Path spool = home.resolve("spool");
    int taken = 0;
    try (LoopbackNet net = LoopbackNet.open();
        BlackHole dead = BlackHole.open(net.nextAddress(), net.port());
        LoopbackDns dns =
            LoopbackDns.serving(new DnsTable(3600).mail("dead.test", dead.address().getAddress()));
        PrivatePostfix postfix =
            PrivatePostfix.start(
                home.resolve("postfix"),
                PostfixSettings.recommended(dead.address()).with("in_flow_delay", "0"))) {
      postfix.hold("@");
      try (Relay relay = Relay.start(config(spool, dns, net))) {
        source(relay.address(), 10, 1000);
        source(postfix.address(), 10, 1000);
        taken += 1000;
        for (int i = 0; i < CLIENTS.length; i++) {
          double ours = 0;
          double theirs = 0;
          for (int round = 0; round < ROUNDS; round++) {
            ours += source(relay.address(), CLIENTS[i], MESSAGES[i]) / ROUNDS;
            theirs += source(postfix.address(), CLIENTS[i], MESSAGES[i]) / ROUNDS;
            taken += MESSAGES[i];
          }
          System.out.printf(
              Locale.ROOT,
              "%d clients: the relay takes %.0f messages a second, Postfix %.0f, ratio %.2f%n",
              CLIENTS[i],
              ours,
              theirs,
              ours / theirs);
        }
      }
      assertThat(postfix.count("hold")).isEqualTo(taken);
    }
    try (DiskSpool kept = DiskSpool.open(spool)) {
      assertThat(kept.totals().messages()).isEqualTo(taken);
      assertThat(kept.list(Query.all(), 1)).hasSize(1);
    }
  }

  private static RelayConfig config(Path spool, LoopbackDns dns, LoopbackNet net) {
    RelayConfig.Builder config = RelayConfig.builder().spool(spool);
    config
        .transport()
        .listen(new InetSocketAddress("127.0.0.1", 0))
        .hostname("relay.test")
        .dns(List.of(dns.address()))
        .remotePort(net.port())
        .tls(TlsMode.NONE)
        .hold(Duration.ofMillis(500))
        .connectTimeout(Duration.ofSeconds(1));
    return config.build();
  }

  /** Returns messages a second. */
  private static double source(InetSocketAddress server, int clients, int messages)
      throws IOException, InterruptedException {
    Path said = Files.createTempFile("smtp-source", ".out");
    long began = System.nanoTime();
    Process process =
        new ProcessBuilder(
                "/usr/sbin/smtp-source",
                "-d",
                "-s",
                Integer.toString(clients),
                "-m",
                Integer.toString(messages),
                "-l",
                Integer.toString(BYTES),
                "-f",
                "a@sender.test",
                "-t",
                "u@dead.test",
                server.getAddress().getHostAddress() + ":" + server.getPort())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    assertThat(process.waitFor()).as(Files.readString(said)).isZero();
    return messages * 1e9 / (System.nanoTime() - began);
  }
}
