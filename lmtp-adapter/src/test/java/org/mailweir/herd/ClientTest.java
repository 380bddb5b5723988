package org.mailweir.herd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.mailweir.herd.HerdWorld.TIMEOUT;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mailweir.core.GateStats;
import org.mailweir.delivery.DeliveryCounts;
import org.mailweir.loopback.Arrival;
import org.mailweir.loopback.Dialogue;
import org.mailweir.loopback.Letters;
import org.mailweir.loopback.LmtpMessage;
import org.mailweir.loopback.LmtpOutcome;
import org.mailweir.loopback.LmtpOutcome.RecipientReply;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.program.Metrics;
import org.mailweir.transport.Transport;

/** Clients that go away, dawdle or talk rubbish: the next one is served as ever. */
@Timeout(90)
class ClientTest {
  private static final String ENVELOPE =
      "MAIL FROM:<a@sender.test>\r\nRCPT TO:<b@alive.test>\r\nDATA\r\n";

  private final Letters letters = new Letters();
  private HerdWorld world;
  private Transport transport;

  @BeforeEach
  void open() throws Exception {
    world = HerdWorld.open();
    world.host("alive.test", SinkBehaviour.healthy());
    world.host("slow.test", SinkBehaviour.slow(Duration.ofSeconds(3)));
    world.dead("dead.test");
    transport =
        world.start(
            world
                .config()
                .hold(Duration.ofSeconds(20))
                .connectTimeout(Duration.ofSeconds(60))
                .admin(new InetSocketAddress("127.0.0.1", 0)));
  }

  @AfterEach
  void close() throws Exception {
    world.close();
  }

  static Stream<String> beginnings() {
    return Stream.of(
        "",
        "LH",
        "LHLO client.test\r\n",
        "LHLO client.test\r\nMAIL FROM:<a@sender.test>\r\n",
        "LHLO client.test\r\nMAIL FROM:<a@sender.test>\r\nRCPT TO:<b@alive.test>\r\n",
        "LHLO client.test\r\nMAIL FROM:<a@sender.test>\r\nRCPT TO:<b@dead.test>\r\n",
        "LHLO client.test\r\n" + ENVELOPE,
        "LHLO client.test\r\n" + ENVELOPE + "Subject: half",
        "LHLO client.test\r\n"
            + ENVELOPE
            + "Subject: all but the end\r\n\r\n"
            + "x".repeat(400_000),
        "LHLO client.test\r\n" + ENVELOPE + "Subject: x\r\n\r\n.\r",
        "LHLO client.test\r\n" + ENVELOPE.replace("alive", "dead") + "Subject: x\r\n\r\n.\r\n");
  }

  @ParameterizedTest
  @MethodSource("beginnings")
  void leavesNothingBehindWhenItGoesAwayBeforeTheDeliveryBegan(String said) throws Exception {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(said.getBytes(ISO_8859_1));
      awaitReplies(socket, said);
    }
    assertNothingIsHeld();
    assertThat(world.sink().arrivals()).isEmpty();
    assertServes();
  }

  @Test
  void hasItsMailDeliveredOnceWhenItGoesAwayBehindTheRemoteDot() throws Exception {
    try (Socket socket = connect()) {
      String said =
          "LHLO client.test\r\n" + ENVELOPE.replace("alive", "slow") + "Subject: x\r\n\r\n.\r\n";
      socket.getOutputStream().write(said.getBytes(ISO_8859_1));
      await().atMost(TIMEOUT).until(() -> transport.deliveries().pastDot() == 1);
    }
    assertNothingIsHeld();
    assertThat(world.sink().arrivals()).hasSize(1).allMatch(Arrival::answered);
    assertServes();
  }

  @Test
  void isServedHoweverSlowlyItSpeaks() throws Exception {
    String said =
        "LHLO client.test\r\n" + ENVELOPE + "Subject: slow\r\n\r\n..\r\nslow\r\n.\r\nQUIT\r\n";
    try (Socket socket = connect()) {
      socket.setTcpNoDelay(true);
      for (byte b : said.getBytes(ISO_8859_1)) {
        socket.getOutputStream().write(b); // a packet each
      }
      List<String> replies = replies(socket);
      assertThat(replies.get(replies.size() - 1)).startsWith("221 ");
    }
    assertThat(world.sink().arrivals()).hasSize(1);
    byte[] content = world.sink().arrivals().get(0).content().orElseThrow().bytes();
    assertThat(new String(content, ISO_8859_1)).isEqualTo("Subject: slow\r\n\r\n.\r\nslow\r\n");
    assertNothingIsHeld();
  }

  @Test
  void getsRepliesOfTheRightShapeToRubbishAndNothingElse() throws Exception {
    SplittableRandom random = new SplittableRandom(3);
    for (int round = 0; round < 60; round++) {
      byte[] rubbish = new byte[1 + random.nextInt(4000)];
      random.nextBytes(rubbish);
      try (Socket socket = connect()) {
        try {
          if (round % 2 == 0) {
            socket.getOutputStream().write("LHLO client.test\r\n".getBytes(ISO_8859_1));
          }
          socket.getOutputStream().write(rubbish);
          socket.getOutputStream().write("\r\nQUIT\r\n".getBytes(ISO_8859_1));
        } catch (SocketException closed) {
          // It had heard enough.
        }
        assertThat(replies(socket))
            .allSatisfy(line -> assertThat(line).matches("[2-5][0-5][0-9][ -][ -~]*"));
      }
    }
    assertNothingIsHeld();
    assertServes();
  }

  @Test
  void isToldOfAWrongOrderAndMayGoOn() throws Exception {
    try (Dialogue client =
        Dialogue.with(transport.address().getAddress(), transport.address().getPort())) {
      client
          .expect(220)
          .say("MAIL FROM:<a@sender.test>", 503)
          .say("EHLO client.test", 500)
          .say("LHLO client.test", 250)
          .say("RCPT TO:<b@alive.test>", 503)
          .say("DATA", 503)
          .say("MAIL FROM:<a@sender.test>", 250)
          .say("MAIL FROM:<a@sender.test>", 503)
          .say("DATA", 503)
          .say("RCPT TO:<b\0@alive.test>", 500)
          .say("RCPT TO:<b@alive.test>", 250)
          .say("DATA", 354)
          .send("Subject: x\r\n\r\n.\r\n")
          .expect(250)
          .say("VRFY b", 252)
          .say("QUIT", 221)
          .expectEnd();
    }
    assertThat(world.sink().arrivals()).hasSize(1);
    assertNothingIsHeld();
  }

  @Test
  void isCutOffWhenItsLineHasNoEnd() throws Exception {
    try (Socket socket = connect()) {
      byte[] chunk = "x".repeat(8192).getBytes(ISO_8859_1);
      assertThatExceptionOfType(SocketException.class)
          .isThrownBy(
              () -> {
                for (int i = 0; i < 10_000; i++) {
                  socket.getOutputStream().write(chunk);
                }
              });
    }
    assertNothingIsHeld();
    assertServes();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.connect(transport.address());
    socket.setSoTimeout((int) TIMEOUT.toMillis());
    return socket;
  }

  /** Waits for as many replies as there surely are, so that what was said has been read. */
  private static void awaitReplies(Socket socket, String said) throws IOException {
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
    int expected = 1 + (said.contains("LHLO client.test\r\n") ? 1 : 0);
    expected += said.contains("MAIL") ? 1 : 0;
    expected += said.contains("RCPT") && said.contains("alive") ? 1 : 0;
    for (int replies = 0; replies < expected; ) {
      replies += reader.readLine().charAt(3) == ' ' ? 1 : 0;
    }
  }

  private static List<String> replies(Socket socket) throws IOException {
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
    List<String> replies = new ArrayList<>();
    try {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        replies.add(line);
      }
    } catch (SocketException reset) {
      // It closed with something of ours unread.
    }
    return replies;
  }

  private void assertNothingIsHeld() {
    await()
        .atMost(TIMEOUT)
        .untilAsserted(
            () -> {
              GateStats gate = transport.gate().stats();
              assertThat(gate.clientsHeld() + gate.inFlight() + gate.waiting()).isZero();
              assertThat(transport.deliveries())
                  .extracting(DeliveryCounts::transactions, DeliveryCounts::deliveries)
                  .containsExactly(0, 0);
              assertThat(Metrics.of(transport.adminAddress().orElseThrow()))
                  .containsEntry("mailweir_bodies", 0.0)
                  .containsEntry("mailweir_bodies_memory_bytes", 0.0)
                  .containsEntry("mailweir_bodies_disk_bytes", 0.0);
            });
  }

  private void assertServes() throws Exception {
    LmtpMessage letter = letters.fresh("alive.test");
    LmtpOutcome outcome = world.client(transport).send(letter, true);
    assertThat(outcome.recipients()).allMatch(RecipientReply::delivered);
  }
}
