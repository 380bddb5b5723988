package org.mailweir.herd;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.program.TransportProcess;

/**
 * Many clients with large messages at once: the program stays within its heap, which ends it where
 * it does not, and each message arrives whole or is refused with 452.
 */
class MemoryTest {
  private static final byte[] BLOCK =
      ("x".repeat(77) + "\r\n.y\r\n").repeat(781).getBytes(US_ASCII);
  private static final byte[] STUFFED =
      ("x".repeat(77) + "\r\n..y\r\n").repeat(781).getBytes(US_ASCII);

  @ParameterizedTest
  @CsvSource({"40, 60", "200, 4"}) // 3.8 MB each, in files; and 256 KB each, in memory if they may
  @Timeout(110)
  void staysWithinItsHeap(int clients, int blocks) throws Exception {
    List<String> answers = run(clients, blocks, "40m", "--max-body-memory=4000000");
    assertThat(answers).allMatch(answer -> answer.startsWith("250 "));
  }

  @Test
  @Tag("herd")
  @Timeout(1800)
  void fiveHundredClientsWithThirtyMegabytesStayWithinTheHeap() throws Exception {
    List<String> answers = run(500, 475, "256m");
    assertThat(answers)
        .as("for the rest there is no room on the disk, or no host of ours quick enough to take it")
        .allMatch(answer -> answer.matches("(250 |452 4\\.3\\.1 |451 4\\.4\\.1 ).*"))
        .anyMatch(answer -> answer.startsWith("250 "))
        .anyMatch(answer -> answer.startsWith("452 "));
  }

  private static List<String> run(int clients, int blocks, String heap, String... options)
      throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    try (HerdWorld world = HerdWorld.open()) {
      int domains = 20;
      List<String> names =
          world.alive("alive", domains, SinkBehaviour.slow(Duration.ofMillis(100)));
      List<String> all =
          new ArrayList<>(
              List.of(
                  "--hostname=relay.test",
                  "--tls=none",
                  "--patience=200s",
                  "--max-clients=" + 2 * clients, // the least share of unproven ones must do
                  "--dns=127.0.0.1:" + world.dns().getPort(),
                  "--remote-port=" + world.net().port()));
      all.addAll(List.of(options));
      try (TransportProcess program =
          TransportProcess.start(
              List.of("-Xmx" + heap, "-Xss512k", "-XX:+UseSerialGC", "-XX:NewRatio=7"),
              all.toArray(String[]::new))) {
        for (String name : names) { // proven ones, so that all may wait for a turn
          assertThat(deliver(program.address(), "first@" + name, 1)).startsWith("250 ");
        }
        List<Future<String>> sent = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
          String recipient = "u" + i + "@" + names.get(i % domains);
          sent.add(threads.submit(() -> deliver(program.address(), recipient, blocks)));
        }
        List<String> answers = new ArrayList<>();
        for (Future<String> each : sent) {
          answers.add(each.get());
        }
        long delivered = answers.stream().filter(answer -> answer.startsWith("250 ")).count();
        System.out.printf(
            Locale.ROOT,
            "%d clients with %.1f MB each: %d delivered, %d refused; heap %s, resident %d MB%n",
            clients,
            blocks * (double) BLOCK.length / (1 << 20),
            delivered,
            clients - delivered,
            heap,
            program.residentBytes() >> 20);
        assertThat(program.isAlive()).isTrue();
        assertThat(world.sink().count()).isEqualTo((int) delivered + domains);
        assertThat(world.sink().arrivals().subList(domains, (int) delivered + domains))
            .allMatch(arrival -> arrival.sha256().equals(hash(blocks)));
        assertThat(world.sink().violations()).isEmpty();
        return answers;
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static HashCode hash(int blocks) {
    Hasher hasher = Hashing.sha256().newHasher();
    for (int i = 0; i < blocks; i++) {
      hasher.putBytes(BLOCK);
    }
    return hasher.hash();
  }

  /** Hands in one message, block by block; returns the first refusal, or the last reply. */
  private static String deliver(InetSocketAddress server, String recipient, int blocks)
      throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(server);
      socket.setSoTimeout(600_000);
      BufferedReader in =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      OutputStream out = socket.getOutputStream();
      in.readLine();
      out.write("LHLO client.test\r\n".getBytes(US_ASCII));
      for (String line = in.readLine(); line.charAt(3) == '-'; line = in.readLine()) {
        assertThat(line).startsWith("250-");
      }
      String size = " SIZE=" + (long) blocks * BLOCK.length;
      for (String command :
          List.of("MAIL FROM:<a@sender.test>" + size, "RCPT TO:<" + recipient + ">", "DATA")) {
        out.write((command + "\r\n").getBytes(US_ASCII));
        String reply = in.readLine();
        if (!reply.startsWith("250") && !reply.startsWith("354")) {
          return reply;
        }
      }
      for (int i = 0; i < blocks; i++) {
        out.write(STUFFED);
      }
      out.write(".\r\n".getBytes(US_ASCII));
      return in.readLine();
    }
  }
}
