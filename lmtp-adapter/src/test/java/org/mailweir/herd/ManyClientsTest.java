package org.mailweir.herd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.loopback.Letters;
import org.mailweir.loopback.LmtpConnection;
import org.mailweir.loopback.LmtpOutcome;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.program.TransportProcess;

/**
 * 5,000 clients that are connected and idle, and 500 that send: what the program takes for them,
 * with virtual threads (Java 21) and without.
 */
@Tag("herd")
class ManyClientsTest {
  private static final int IDLE = 5000;
  private static final int ACTIVE = 500;
  private static final int EACH = 20;
  private static final long MOST = 300L << 20;

  @Test
  @Timeout(600)
  void fiveThousandIdleAndFiveHundredActiveClientsFitIn300Megabytes() throws Exception {
    Letters letters = new Letters();
    ExecutorService threads = Executors.newFixedThreadPool(ACTIVE);
    try (HerdWorld world = HerdWorld.open()) {
      List<String> domains = world.alive("alive", 50, SinkBehaviour.healthy());
      try (TransportProcess program =
          TransportProcess.start(
              // As the launcher does.
              List.of("-Xmx256m", "-Xss512k", "-XX:+UseSerialGC", "-XX:NewRatio=7"),
              "--hostname=relay.test",
              "--tls=none",
              "--max-clients=" + (IDLE + ACTIVE) / 2, // twice as many connections are taken
              "--dns=127.0.0.1:" + world.dns().getPort(),
              "--remote-port=" + world.net().port())) {
        for (int i = 0; i < IDLE; i++) {
          world.keep(LmtpConnection.open(program.address(), HerdWorld.TIMEOUT));
        }
        long idle = program.residentBytes();
        long began = System.nanoTime();
        List<Future<Long>> clients = new ArrayList<>();
        for (int i = 0; i < ACTIVE; i++) {
          int client = i;
          clients.add(
              threads.submit(
                  () -> {
                    LmtpConnection connection =
                        LmtpConnection.open(program.address(), HerdWorld.TIMEOUT);
                    long delivered = 0;
                    for (int m = 0; m < EACH; m++) {
                      LmtpOutcome outcome =
                          connection.send(letters.fresh(domains.get((client + m) % 50)), false);
                      assertThat(outcome.failure()).isEmpty();
                      delivered += outcome.delivered() ? 1 : 0;
                    }
                    connection.quit();
                    return delivered;
                  }));
        }
        long most = idle;
        long delivered = 0;
        for (Future<Long> each : clients) {
          delivered += each.get();
          most = Math.max(most, program.residentBytes());
        }
        System.out.printf(
            Locale.ROOT,
            "%,d idle clients: %d MB; with %d active ones: %d MB at most; %,d of %,d messages"
                + " delivered in %.1f s, Java %s%n",
            IDLE,
            idle >> 20,
            ACTIVE,
            most >> 20,
            delivered,
            ACTIVE * EACH,
            (System.nanoTime() - began) / 1e9,
            System.getProperty("java.version"));
        assertThat(delivered).isGreaterThan(ACTIVE * EACH / 2);
        assertThat(most).isLessThan(MOST);
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
