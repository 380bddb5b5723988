package org.mailweir.smtp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.dns.MailExchangers.Host;
import org.mailweir.smtp.ConnectFailure.Kind;
import org.mailweir.smtp.SmtpResult.Stage;
import org.mailweir.tls.TestKeys;
import org.mailweir.tls.TlsMode;
import org.mailweir.tls.TlsPolicy;

/**
 * Hosts that mean no good: none of them holds a thread beyond a deadline, fills the memory, gets a
 * message twice, or gets one recipient's refusal taken for another's. Bad certificates are in
 * {@link StartTlsTest}.
 */
@Timeout(60)
class HostilePeersTest {
  private static final Duration SHORT = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofSeconds(30);

  private ScriptedServer server;

  @BeforeEach
  void start() throws IOException {
    server = new ScriptedServer();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private static World world(Host host, int port, Duration greeting, Duration rest) {
    return new World(
            World.config(port).timeouts(World.timeouts(greeting, rest)), TlsPolicy.of(TlsMode.NONE))
        .route(host);
  }

  private World world(Duration greeting, Duration rest) {
    return world(server.host("mx.example.test"), server.port(), greeting, rest);
  }

  /** A listener that does to each client what the test says, until the client has gone. */
  private static final class Peer implements AutoCloseable {
    private final ServerSocket listener;

    Peer(Deed deed) throws IOException {
      listener = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
      Thread thread =
          new Thread(
              () -> {
                while (!listener.isClosed()) {
                  try (Socket socket = listener.accept()) {
                    deed.to(socket);
                  } catch (IOException gone) {
                    continue;
                  }
                }
              },
              "peer");
      thread.setDaemon(true);
      thread.start();
    }

    World world(Duration greeting) {
      Host host = new Host("mx.example.test", listener.getInetAddress());
      return HostilePeersTest.world(host, listener.getLocalPort(), greeting, LONG);
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }

  private interface Deed {
    void to(Socket socket) throws IOException;
  }

  private static ConnectFailure failure(World world) {
    ConnectFailure failure = catchThrowableOfType(ConnectFailure.class, world::connect);
    assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
    await().untilAsserted(() -> assertThat(world.client.counters().open()).isZero());
    return failure;
  }

  @Test
  void aBannerThatDripsForEverEndsAtTheDeadlineOfTheWhole() throws Exception {
    Deed drips =
        socket -> {
          OutputStream out = socket.getOutputStream();
          while (true) { // each byte would begin a time-out by byte anew
            out.write('2');
            out.flush();
            Thread.onSpinWait();
            if (socket.getInputStream().available() > 0) {
              return;
            }
            pause();
          }
        };
    try (Peer peer = new Peer(drips);
        World world = peer.world(SHORT)) {
      assertThat(failure(world).reply().text()).contains("timed out before it was ready");
    }
  }

  /** A byte every 20 ms: 4,096 of them would take 80 s. */
  private static void pause() {
    java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
  }

  @Test
  void ofFourGigabytesOfBannerAFewKilobytesAreRead() throws Exception {
    AtomicLong sent = new AtomicLong();
    byte[] flood = new byte[64 << 10];
    java.util.Arrays.fill(flood, (byte) 'x');
    Deed floods =
        socket -> {
          OutputStream out = socket.getOutputStream();
          while (sent.get() < 4L << 30) {
            out.write(flood);
            sent.addAndGet(flood.length);
          }
        };
    try (Peer peer = new Peer(floods);
        World world = peer.world(LONG)) {
      assertThat(failure(world).reply().text())
          .contains("a reply line of more than " + ReplyParser.MAX_LINE + " bytes");
      assertThat(sent.get()).as("what fits in socket buffers").isLessThan(64L << 20);
    }
  }

  @Test
  void aBannerOfEndlessLinesIsNotReadToItsEnd() throws Exception {
    byte[] line = "220-and so on\r\n".repeat(1000).getBytes(US_ASCII);
    Deed continues =
        socket -> {
          while (true) {
            socket.getOutputStream().write(line);
          }
        };
    try (Peer peer = new Peer(continues);
        World world = peer.world(LONG)) {
      assertThat(failure(world).reply().text())
          .contains("a reply of more than " + ReplyParser.MAX_LINES + " lines");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"EHLO", "MAIL", "RCPT", "DATA", "DOT"})
  void aReplyThatNeverEndsEndsTheConversation(String verb) throws Exception {
    server.on(verb, ScriptedServer.ENDLESS_LINES);
    try (World world = world(LONG, LONG)) {
      if (verb.equals("EHLO")) {
        failure(world);
      } else {
        SmtpResult result = world.deliver("u@x.test").get(0);
        assertThat(result.reply().code()).isEqualTo(451);
        assertThat(result.stage()).isEqualTo(Stage.valueOf(verb));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"BANNER", "EHLO", "MAIL", "RCPT", "DATA", "DOT"})
  void aHostThatDropsTheConnectionGetsTheMessageOnceAtMost(String verb) throws Exception {
    server.on(verb, ScriptedServer.DROP);
    try (World world = world(LONG, LONG)) {
      if (verb.equals("BANNER") || verb.equals("EHLO")) {
        failure(world);
        assertThat(server.messages).isEmpty();
        return;
      }
      SmtpResult result = world.deliver("u@x.test").get(0);
      assertThat(result.reply().code()).isEqualTo(451);
      assertThat(result.reply().status()).isEqualTo("4.4.2");
      assertThat(result.reply().text().contains("may have been delivered"))
          .as(result.reply().text())
          .isEqualTo(verb.equals("DOT"));
      assertThat(server.messages).hasSize(verb.equals("DOT") ? 1 : 0);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"BANNER", "EHLO", "MAIL", "RCPT", "DATA", "DOT"})
  void aHostThatFallsSilentIsGivenUpAtTheDeadlineOfTheStep(String verb) throws Exception {
    server.on(verb, ScriptedServer.HANG);
    boolean early = verb.equals("BANNER") || verb.equals("EHLO");
    try (World world = early ? world(SHORT, LONG) : world(LONG, SHORT)) {
      if (early) {
        assertThat(failure(world).reply().text()).contains("timed out");
      } else {
        assertThat(world.deliver("u@x.test").get(0).reply().text()).startsWith("timed out with");
      }
    }
  }

  /** Says that it takes commands in one write, and reads no more than the first of them. */
  @Test
  void aHostThatLiesAboutPipeliningAndSwallowsCommandsIsGivenUp() throws Exception {
    Deed swallows =
        socket -> {
          say(socket, "220 hi");
          line(socket);
          say(socket, "250-hi\r\n250 PIPELINING");
          line(socket); // MAIL; what came with it is thrown away
          socket.getInputStream().skipNBytes(socket.getInputStream().available());
          say(socket, "250 ok");
          while (socket.getInputStream().read() >= 0) {
            Thread.onSpinWait();
          }
        };
    Timeouts timeouts = World.timeouts(LONG, SHORT);
    try (Peer peer = new Peer(swallows);
        World world =
            new World(
                    World.config(peer.listener.getLocalPort()).timeouts(timeouts),
                    TlsPolicy.of(TlsMode.NONE))
                .route(new Host("mx.example.test", peer.listener.getInetAddress()))) {
      SmtpResult result = world.deliver("u@x.test").get(0);
      assertThat(result.reply().code()).isEqualTo(451);
      assertThat(result.stage()).isEqualTo(Stage.RCPT);
    }
  }

  /** Answers more often than it was asked: the answers must not be taken for later ones. */
  @Test
  void aHostThatAnswersBeforeItIsAskedGetsNoSecondMessageOverThatConnection() throws Exception {
    server.on("DOT", "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n250 taken");
    try (World world = world(LONG, LONG)) {
      assertThat(world.deliver("u@x.test").get(0).reply().code()).isEqualTo(250);
      assertThat(world.deliver("v@x.test").get(0).reply().code()).isEqualTo(250);
      assertThat(server.messages).as("both were sent").hasSize(2);
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void a354ToEachCommandSendsNoMessage() throws Exception {
    server.on("MAIL", "354 go").on("RCPT", "354 go").on("DATA", "354 go");
    try (World world = world(LONG, LONG)) {
      assertThat(world.deliver("u@x.test").get(0).reply().code()).isEqualTo(451);
      assertThat(server.messages).isEmpty();
    }
  }

  @Test
  void whatFewerRepliesThanCommandsAnswerIsNoRecipientsSuccess() throws Exception {
    server.offers("PIPELINING").on("RCPT", "250 ok", ScriptedServer.HANG);
    try (World world = world(LONG, SHORT)) {
      List<SmtpResult> results = world.deliver("u@x.test", "v@x.test");
      assertThat(results).allMatch(result -> result.reply().code() == 451);
      assertThat(server.messages).isEmpty();
    }
  }

  @Test
  void aHostThatRenegotiatesTlsInTheMiddleIsServed() throws Exception {
    server.tls(TestKeys.server("trusted"));
    server.offers("PIPELINING", "STARTTLS").on("RCPT", ScriptedServer.RENEGOTIATE + "250 ok");
    server.onlyTls12();
    SmtpConfig.Builder config = World.config(server.port()).timeouts(World.timeouts(LONG, LONG));
    try (World world =
        new World(config, TlsPolicy.of(TlsMode.ENCRYPT)).route(server.host("mx.example.test"))) {
      assertThat(world.deliver("u@x.test").get(0).reply().code()).isIn(250, 451);
    }
  }

  @Test
  void aHostThatRenegotiatesForEverIsGivenUp() throws Exception {
    server.tls(TestKeys.server("trusted"));
    server.offers("PIPELINING", "STARTTLS").on("RCPT", ScriptedServer.RENEGOTIATE_FOR_EVER);
    server.onlyTls12();
    SmtpConfig.Builder config = World.config(server.port()).timeouts(World.timeouts(LONG, SHORT));
    try (World world =
        new World(config, TlsPolicy.of(TlsMode.ENCRYPT)).route(server.host("mx.example.test"))) {
      assertThat(world.deliver("u@x.test").get(0).reply().code()).isEqualTo(451);
      assertThat(server.messages).isEmpty();
    }
  }

  private static void say(Socket socket, String text) throws IOException {
    socket.getOutputStream().write((text + "\r\n").getBytes(US_ASCII));
  }

  private static String line(Socket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = socket.getInputStream().read(); b != '\n'; b = socket.getInputStream().read()) {
      if (b < 0) {
        throw new IOException("closed");
      }
      line.append((char) b);
    }
    return line.toString();
  }
}
