package org.mailweir.lmtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.message.BodyStore;
import org.mailweir.thread.TaskThreads;

/** How the server stops. */
@Timeout(60)
class LmtpServerStopTest {
  private static final String MAIL = "MAIL FROM:<s@t.test>\r\n";
  private static final String RCPT = "RCPT TO:<a@one.test>\r\n";
  private static final Duration LONG = Duration.ofSeconds(30);

  private final ScriptedTransactions script = new ScriptedTransactions();
  private final ExecutorService threads = TaskThreads.newExecutor("lmtp");
  private final CountDownLatch delivering = new CountDownLatch(1);
  private final CountDownLatch finish = new CountDownLatch(1);
  private final LmtpServer server =
      new LmtpServer(
          LmtpSettings.of("relay.test", 10),
          InetAddress::isLoopbackAddress,
          new BodyStore(1 << 20, 1 << 20),
          script,
          threads);

  @BeforeEach
  void script() {
    script.delivery =
        (recipients, replies, client) -> {
          replies.accept(ScriptedTransactions.OK);
          delivering.countDown();
          finish.await();
          replies.accept(ScriptedTransactions.OK);
        };
  }

  @AfterEach
  void close() {
    finish.countDown();
    server.close();
    threads.shutdown();
    assertThat(script.closed.get()).isEqualTo(script.begun.get());
    assertThat(script.closedTwice).hasValue(0);
  }

  @Test
  void isClosedToTheWorldUntilItIsStarted() {
    assertThatThrownBy(server::localAddress).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void waitsForADeliveryAndRefusesNewMail() throws Exception {
    open(false);
    try (TestClient busy = TestClient.greeted(server.localAddress());
        TestClient idle = TestClient.greeted(server.localAddress())) {
      InetSocketAddress address = server.localAddress();
      beginDelivery(busy);
      Future<Boolean> stopped = threads.submit(() -> server.stop(LONG));
      await().until(() -> refuses(idle));
      assertThatIOException().isThrownBy(() -> new TestClient(address).close());
      assertThat(stopped.isDone()).isFalse();
      finish.countDown();
      assertThat(busy.lines(2)).containsExactly("250 2.1.5 Ok", "closed");
      assertThat(idle.line()).isEqualTo("closed");
      assertThat(stopped.get()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void answersTheRestWith451WhenTheGraceIsOver(boolean channel) throws Exception {
    open(channel);
    try (TestClient busy = TestClient.greeted(server.localAddress())) {
      beginDelivery(busy);
      assertThat(server.stop(Duration.ZERO)).isFalse();
      assertThat(busy.lines(2)).containsExactly("451 4.3.2 Shutting down, try later", "closed");
    }
    assertThat(server.transactions()).isZero();
  }

  @Test
  void answersRecipientsThatWaitForTheirAdmissionWith451() throws Exception {
    CountDownLatch admitting = new CountDownLatch(1);
    script.admission =
        (recipients, client) -> {
          admitting.countDown();
          finish.await();
          return recipients.stream().map(recipient -> ScriptedTransactions.OK).toList();
        };
    open(false);
    try (TestClient waiting = TestClient.greeted(server.localAddress())) {
      waiting.send(MAIL + RCPT + RCPT + "DATA\r\n");
      admitting.await();
      Future<Boolean> stopped = threads.submit(() -> server.stop(Duration.ZERO));
      assertThat(waiting.lines(5))
          .containsExactly(
              "250 2.1.0 Ok",
              "451 4.3.2 Shutting down, try later",
              "451 4.3.2 Shutting down, try later",
              "503 5.5.1 No valid recipients",
              "closed");
      assertThat(stopped.get()).isFalse();
    }
  }

  @Test
  void stopsOnlyOnce() throws Exception {
    open(false);
    assertThat(server.stop(LONG)).isTrue();
    assertThat(server.stop(LONG)).isTrue();
    server.close();
  }

  @Test
  void stopsWithoutHavingBeenStarted() throws Exception {
    assertThat(server.stop(LONG)).isTrue();
  }

  @Test
  void startsOnlyOnce() throws Exception {
    open(false);
    assertThatThrownBy(() -> open(false)).isInstanceOf(IllegalStateException.class);
  }

  private void open(boolean channel) throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    if (channel) {
      server.start(ServerSocketChannel.open().bind(any));
    } else {
      server.start(any);
    }
  }

  private void beginDelivery(TestClient client) throws Exception {
    client.send(MAIL + RCPT + RCPT + "DATA\r\n").lines(4);
    client.send("x\r\n.\r\n");
    assertThat(client.line()).isEqualTo("250 2.1.5 Ok");
    delivering.await();
  }

  private static boolean refuses(TestClient client) throws IOException {
    client.send(MAIL + RCPT + "RSET\r\n");
    return client.lines(3).get(1).equals("451 4.3.2 Shutting down, try later");
  }
}
