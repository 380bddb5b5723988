package org.mailweir.examples.relay.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mailweir.examples.relay.spool.QueueIds;
import org.mailweir.examples.relay.spool.disk.DiskSpool;
import org.mailweir.lmtp.LmtpServer;
import org.mailweir.lmtp.LmtpSettings;
import org.mailweir.lmtp.Protocol;
import org.mailweir.message.BodyStore;
import org.mailweir.postfix.InstalledPostfix;
import org.mailweir.postfix.PostfixSettings;
import org.mailweir.postfix.PrivatePostfix;
import org.mailweir.thread.TaskThreads;

/**
 * How fast mail is accepted, durably, beside Postfix's own smtpd(8) and cleanup(8): the same load
 * generator, the same disk, in turns. Neither delivers anything meanwhile.
 */
@Tag("herd")
@Timeout(600)
class AcceptRateTest {
  private static final Path SOURCE = Path.of("/usr/sbin/smtp-source");
  private static final int MESSAGES = 4000;
  private static final int SESSIONS = 20;
  private static final int BYTES = 4000;
  private static final int ROUNDS = 5;
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @TempDir Path home;

  @BeforeAll
  static void needsPostfix() {
    InstalledPostfix.assume();
    assumeTrue(Files.isExecutable(SOURCE), "SKIPPED: smtp-source is not installed");
  }

  @Test
  void acceptsBesidePostfix() throws Exception {
    ExecutorService threads = TaskThreads.newExecutor("intake");
    Clock clock = Clock.systemUTC();
    try (DiskSpool spool = DiskSpool.open(home.resolve("spool"));
        LmtpServer server =
            new LmtpServer(
                LmtpSettings.of("us.test", 100).withProtocol(Protocol.SMTP).withDsn(true),
                InetAddress::isLoopbackAddress,
                new BodyStore(16 << 20, 64 << 20),
                new Intake(
                    "us.test",
                    spool,
                    new QueueIds(clock),
                    Duration.ofDays(2),
                    clock,
                    () -> true,
                    entries -> {}),
                threads)) {
      server.start(ANY_PORT);
      PostfixSettings settings = PostfixSettings.recommended(server.localAddress());
      try (PrivatePostfix postfix = PrivatePostfix.start(home.resolve("postfix"), settings)) {
        postfix.defer();
        rate(server.localAddress(), 1000);
        rate(postfix.address(), 1000);
        double[] ratios = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
          double us = rate(server.localAddress(), MESSAGES);
          double smtpd = rate(postfix.address(), MESSAGES);
          ratios[round] = us / smtpd;
          System.out.printf(
              Locale.ROOT,
              "round %d: we take %.0f messages a second, smtpd(8) %.0f, ratio %.2f%n",
              round,
              us,
              smtpd,
              ratios[round]);
        }
        Arrays.sort(ratios);
        System.out.printf(Locale.ROOT, "median ratio %.2f%n", ratios[ROUNDS / 2]);
        assertThat(spool.totals().messages()).isEqualTo(1000 + ROUNDS * MESSAGES);
        assertThat(postfix.log().troubles()).isEmpty();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Returns messages a second. The load generator ends in failure if one is refused. */
  private static double rate(InetSocketAddress server, int messages) throws Exception {
    long began = System.nanoTime();
    Process source =
        new ProcessBuilder(
                SOURCE.toString(),
                "-s" + SESSIONS,
                "-m" + messages,
                "-l" + BYTES,
                "-d",
                "-fa@sender.test",
                "-tu@dest.test",
                server.getAddress().getHostAddress() + ":" + server.getPort())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(source.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(source.exitValue()).isZero();
    return messages / ((System.nanoTime() - began) / 1e9);
  }
}
