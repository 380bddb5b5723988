package org.mailweir.lmtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.message.BodyStore;
import org.mailweir.message.Reply;
import org.mailweir.thread.TaskThreads;

/** The server with real sockets. */
@Timeout(60)
class LmtpServerTest {
  private static final String MAIL = "MAIL FROM:<s@t.test>\r\n";
  private static final String RCPT = "RCPT TO:<a@one.test>\r\n";
  private static final String OPEN = MAIL + RCPT + "DATA\r\n";
  private static final LmtpSettings SETTINGS = LmtpSettings.of("relay.test", 10);
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final ScriptedTransactions script = new ScriptedTransactions();
  private final BodyStore bodies = new BodyStore(1 << 20, 64 << 20);
  private final ExecutorService threads = TaskThreads.newExecutor("lmtp");
  private LmtpServer server = server(SETTINGS);

  @BeforeEach
  void start() throws IOException {
    server.start(ANY_PORT);
  }

  @AfterEach
  void nothingIsLeft() throws InterruptedException {
    server.close();
    threads.shutdown();
    assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    assertThat(server.connections()).isZero();
    assertThat(server.transactions()).isZero();
    assertThat(script.closed.get()).isEqualTo(script.begun.get());
    assertThat(script.closedTwice).hasValue(0);
    assertThat(bodies.bodies()).isZero();
    assertThat(bodies.memoryInUse() + bodies.diskInUse()).isZero();
  }

  @Test
  void takesAPipelinedMessage() throws IOException {
    try (TestClient client = TestClient.greeted(server.localAddress())) {
      client.send(OPEN);
      assertThat(client.lines(3))
          .containsExactly("250 2.1.0 Ok", "250 2.1.5 Ok", "354 End data with <CR><LF>.<CR><LF>");
      client.send("Subject: x\r\n\r\n..dot\r\n.\r\nQUIT\r\n");
      assertThat(client.lines(3)).containsExactly("250 2.1.5 Ok", "221 2.0.0 Bye", "closed");
    }
    assertThat(script.bodies.remove()).asString().isEqualTo("Subject: x\r\n\r\n.dot\r\n");
  }

  @Test
  void takesThirtyMegabytesUnchanged() throws IOException {
    byte[] content = new byte[(30 << 20) - 2];
    new SplittableRandom(1).nextBytes(content);
    for (int i = 0; i < content.length; i++) {
      // No line ends and no dots but those put in here.
      content[i] = content[i] == '\r' || content[i] == '\n' ? 0 : content[i];
      if (i % 997 == 996) {
        content[i - 1] = '\r';
        content[i] = '\n';
      } else if (i % 997 == 0) {
        content[i] = 'x';
      }
    }
    try (TestClient client = TestClient.greeted(server.localAddress())) {
      client.send(OPEN).lines(3);
      client.send(content).send("\r\n.\r\n");
      assertThat(client.line()).isEqualTo("250 2.1.5 Ok");
    }
    byte[] received = script.bodies.remove();
    assertThat(received).hasSize(content.length + 2);
    assertThat(Arrays.equals(received, 0, content.length, content, 0, content.length)).isTrue();
  }

  @Test
  void sendsEachReplyAsSoonAsItIsKnown() throws IOException {
    CountDownLatch seen = new CountDownLatch(1);
    script.delivery =
        (recipients, replies, client) -> {
          replies.accept(ScriptedTransactions.OK);
          seen.await();
          replies.accept(new Reply(451, "4.4.1", "slow"));
        };
    try (TestClient client = TestClient.greeted(server.localAddress())) {
      client.send(MAIL + RCPT + RCPT + "DATA\r\n").lines(4);
      client.send("x\r\n.\r\n");
      assertThat(client.line()).isEqualTo("250 2.1.5 Ok");
      seen.countDown();
      assertThat(client.line()).isEqualTo("451 4.4.1 slow");
    }
  }

  @Test
  void answersEarlierCommandsBeforeAnAdmissionBlocks() throws IOException {
    CountDownLatch seen = new CountDownLatch(1);
    script.admission =
        (recipients, client) -> {
          seen.await();
          return recipients.stream().map(recipient -> ScriptedTransactions.OK).toList();
        };
    try (TestClient client = TestClient.greeted(server.localAddress())) {
      client.send(MAIL + RCPT + RCPT);
      assertThat(client.line()).isEqualTo("250 2.1.0 Ok");
      seen.countDown();
      assertThat(client.lines(2)).containsOnly("250 2.1.5 Ok");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "LHL",
        "LHLO x\r\n",
        "LHLO x\r\n" + MAIL,
        "LHLO x\r\n" + MAIL + "RCPT",
        "LHLO x\r\n" + MAIL + RCPT,
        "LHLO x\r\n" + OPEN,
        "LHLO x\r\n" + OPEN + "half a li",
        "LHLO x\r\n" + OPEN + "line\r\n.",
        "LHLO x\r\n" + OPEN + "line\r\n.\r\n",
        "LHLO x\r\n" + OPEN + "line\r\n.\r\n" + MAIL + RCPT
      })
  void endsEverythingWhenTheClientDisconnects(String sent) throws IOException {
    try (TestClient client = new TestClient(server.localAddress())) {
      client.line();
      client.send(sent);
      client.socket().shutdownOutput();
      while (!client.line().equals("closed")) {
        // Read to the end.
      }
    }
    await().until(() -> server.connections() == 0);
    assertThat(script.closed.get()).isEqualTo(script.begun.get());
    assertThat(bodies.bodies()).isZero();
  }

  @Test
  void noticesWhileItBlocksThatTheClientHasGone() throws Exception {
    AtomicBoolean noticed = new AtomicBoolean();
    CountDownLatch blocking = new CountDownLatch(1);
    script.delivery =
        (recipients, replies, client) -> {
          assertThat(client.gone()).isFalse();
          blocking.countDown();
          while (!noticed.get()) {
            noticed.set(client.gone());
          }
        };
    try (TestClient client = TestClient.greeted(server.localAddress())) {
      client.send(OPEN + "x\r\n.\r\n").lines(3);
      blocking.await();
    }
    await().untilTrue(noticed);
  }

  @Test
  void keepsWhatTheClientPipelinesWhileATransactionBlocks() throws Exception {
    CountDownLatch sent = new CountDownLatch(1);
    script.delivery =
        (recipients, replies, client) -> {
          sent.await();
          for (int i = 0; i < 50; i++) {
            assertThat(client.gone()).isFalse();
          }
          replies.accept(ScriptedTransactions.OK);
        };
    try (TestClient client = TestClient.greeted(server.localAddress())) {
      client.send(OPEN + "x\r\n.\r\n").lines(3);
      client.send("NOOP\r\n".repeat(1000) + "QUIT\r\n");
      sent.countDown();
      assertThat(client.line()).isEqualTo("250 2.1.5 Ok");
      assertThat(client.lines(1000)).containsOnly("250 2.0.0 Ok");
      assertThat(client.lines(2)).containsExactly("221 2.0.0 Bye", "closed");
    }
  }

  @Test
  void tellsOnceThatABodyIsLate() throws IOException {
    restart(timeouts(300_000, 300_000, 300_000, 20));
    try (TestClient client = TestClient.greeted(server.localAddress())) {
      client.send(OPEN).lines(3);
      await().untilAtomic(script.lateCalls, calls -> assertThat(calls).isEqualTo(1));
      client.send("more\r\n");
      client.send(".\r\n");
      assertThat(client.line()).isEqualTo("250 2.1.5 Ok");
      client.send(OPEN + ".\r\n").lines(4);
    }
    assertThat(script.lateCalls).hasValueLessThanOrEqualTo(2);
  }

  @Test
  void closesAnIdleConnectionPolitely() throws IOException {
    restart(timeouts(50, 300_000, 300_000, 1000));
    try (TestClient client = new TestClient(server.localAddress())) {
      assertThat(client.lines(3))
          .containsExactly(
              "220 relay.test LMTP Mailweir",
              "421 4.4.2 Waited too long for input, closing",
              "closed");
    }
  }

  @Test
  void closesWhenABodyMakesNoProgress() throws IOException {
    restart(timeouts(300_000, 50, 300_000, 1000));
    try (TestClient client = TestClient.greeted(server.localAddress())) {
      client.send(OPEN + "half").lines(3);
      assertThat(client.line()).startsWith("421 4.4.2");
    }
  }

  @Test
  void closesWhenABodyDripsForTooLong() throws IOException {
    restart(timeouts(300_000, 300_000, 200, 1000));
    try (TestClient client = TestClient.greeted(server.localAddress())) {
      client.send(OPEN).lines(3);
      AtomicBoolean answered = new AtomicBoolean();
      Future<?> dripping =
          threads.submit(
              () -> {
                while (!answered.get()) {
                  client.send("x");
                  LockSupport.parkNanos(1_000_000);
                }
                return null;
              });
      assertThat(client.line()).startsWith("421 4.4.2");
      answered.set(true);
      assertThat(dripping).succeedsWithin(Duration.ofSeconds(20));
    }
  }

  @Test
  void closesOnAClientThatReadsNothing() throws IOException {
    LmtpTimeouts normal = LmtpTimeouts.DEFAULT;
    restart(
        new LmtpTimeouts(
            normal.idle(),
            normal.bodyProgress(),
            normal.bodyTotal(),
            Duration.ofMillis(100),
            normal.batch(),
            normal.bodyLate()));
    byte[] flood = "NOOP\r\n".repeat(10_000).getBytes(ISO_8859_1);
    try (TestClient client = TestClient.greeted(server.localAddress())) {
      assertThatIOException()
          .isThrownBy(
              () -> {
                while (true) {
                  client.send(flood);
                }
              });
    }
    await().until(() -> server.connections() == 0);
  }

  @Test
  void answers452ToEachRecipientWhenADeclaredSizeHasNoRoom() throws IOException {
    restart(SETTINGS.withMaxMessageSize(1L << 40));
    try (TestClient client = TestClient.greeted(server.localAddress())) {
      client.send("MAIL FROM:<s@t.test> SIZE=900000000\r\n" + RCPT + RCPT + "DATA\r\n");
      assertThat(client.lines(4))
          .containsExactly(
              "250 2.1.0 Ok",
              "452 4.3.1 No room for the message now, try later",
              "452 4.3.1 No room for the message now, try later",
              "503 5.5.1 No valid recipients");
      assertThat(client.send("RSET\r\n").line()).isEqualTo("250 2.0.0 Ok");
    }
    assertThat(script.begun).hasValue(0);
  }

  @Test
  void letsConnectionsBeyondTheLimitWait() throws IOException {
    restart(SETTINGS.withMaxConnections(1));
    try (TestClient first = TestClient.greeted(server.localAddress());
        TestClient second = new TestClient(server.localAddress())) {
      assertThat(first.send("NOOP\r\n").line()).startsWith("250");
      assertThat(server.connections()).isEqualTo(1);
      assertThat(first.send("QUIT\r\n").lines(2)).containsExactly("221 2.0.0 Bye", "closed");
      first.close();
      assertThat(second.line()).startsWith("220 ");
    }
  }

  @Test
  void hangsUpOnPeersThatAreNotTrusted() throws IOException {
    server.close();
    server = new LmtpServer(SETTINGS, peer -> false, bodies, script, threads);
    server.start(ANY_PORT);
    try (TestClient client = new TestClient(server.localAddress())) {
      assertThat(client.line()).isEqualTo("closed");
    }
  }

  @Test
  void takesAListeningChannel() throws IOException {
    server.close();
    server = server(SETTINGS);
    ServerSocketChannel channel = ServerSocketChannel.open().bind(ANY_PORT);
    server.start(channel);
    takesAPipelinedMessage();
    tellsIfTheClientHasGoneOverAChannel();
  }

  private void tellsIfTheClientHasGoneOverAChannel() throws IOException {
    script.delivery =
        (recipients, replies, client) -> {
          while (!client.gone()) {
            Thread.onSpinWait();
          }
        };
    try (TestClient client = TestClient.greeted(server.localAddress())) {
      client.send(OPEN + ".\r\n").lines(3);
    }
    await().until(() -> server.connections() == 0);
  }

  @Test
  void saysWhichPortIsInUse() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      LmtpServer other = server(SETTINGS);
      assertThatIOException()
          .isThrownBy(() -> other.start((InetSocketAddress) taken.getLocalSocketAddress()))
          .isInstanceOf(BindException.class)
          .withMessageContaining("127.0.0.1 port " + taken.getLocalPort());
    }
  }

  private void restart(LmtpSettings settings) throws IOException {
    server.close();
    server = server(settings);
    server.start(ANY_PORT);
  }

  private LmtpServer server(LmtpSettings settings) {
    return new LmtpServer(settings, InetAddress::isLoopbackAddress, bodies, script, threads);
  }

  private static LmtpSettings timeouts(long idle, long progress, long total, long late) {
    return SETTINGS.withTimeouts(
        new LmtpTimeouts(
            Duration.ofMillis(idle),
            Duration.ofMillis(progress),
            Duration.ofMillis(total),
            Duration.ofSeconds(60),
            Duration.ofMillis(5),
            Duration.ofMillis(late)));
  }

  private void restart(LmtpTimeouts timeouts) throws IOException {
    restart(SETTINGS.withTimeouts(timeouts));
  }
}
