package org.mailweir.lmtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.message.BodyStore;

/** Clients with nothing to say have no thread, and notice nothing of it. */
@Timeout(60)
class IdleClientsTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final String MESSAGE = "MAIL FROM:<s@t.test>\r\nRCPT TO:<a@one.test>\r\nDATA\r\n";
  private static final LmtpTimeouts TIMES = LmtpTimeouts.DEFAULT;

  private final ScriptedTransactions script = new ScriptedTransactions();
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(0, 10_000, 60, TimeUnit.SECONDS, new SynchronousQueue<>());
  private LmtpServer server = server(TIMES.idle());

  private LmtpServer server(Duration idle) {
    LmtpTimeouts times =
        new LmtpTimeouts(
            idle,
            TIMES.bodyProgress(),
            TIMES.bodyTotal(),
            TIMES.write(),
            TIMES.batch(),
            TIMES.bodyLate());
    return new LmtpServer(
        LmtpSettings.of("relay.test", 10).withTimeouts(times).withMaxConnections(6000),
        InetAddress::isLoopbackAddress,
        new BodyStore(1 << 20, 1 << 20),
        script,
        threads,
        true);
  }

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
    assertThat(script.closed.get()).isEqualTo(script.begun.get());
  }

  private TestClient parked() throws IOException {
    TestClient client = TestClient.greeted(server.localAddress());
    awaitNoThread();
    return client;
  }

  private void awaitNoThread() {
    await().until(() -> threads.getActiveCount() == 0);
  }

  private static void deliver(TestClient client) throws IOException {
    client.send(MESSAGE);
    assertThat(client.lines(3))
        .containsExactly("250 2.1.0 Ok", "250 2.1.5 Ok", "354 End data with <CR><LF>.<CR><LF>");
    client.send("Subject: x\r\n\r\nx\r\n.\r\n");
    assertThat(client.line()).isEqualTo("250 2.1.5 Ok");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void goOnWhenTheyHaveSomethingToSay(boolean handedIn) throws Exception {
    if (handedIn) {
      server.close();
      server = server(TIMES.idle());
      server.start(ServerSocketChannel.open().bind(ANY_PORT));
    }
    try (TestClient client = parked()) {
      for (int i = 0; i < 5; i++) {
        deliver(client);
        awaitNoThread();
        client.send("NOOP\r\n");
        assertThat(client.line()).isEqualTo("250 2.0.0 Ok");
      }
      assertThat(server.connections()).isEqualTo(1);
      awaitNoThread();
      client.send("QUIT\r\n");
      assertThat(client.lines(2)).containsExactly("221 2.0.0 Bye", "closed");
    }
    await().until(() -> server.connections() == 0);
  }

  @Test
  void mayStopInTheMiddleOfALine() throws Exception {
    try (TestClient client = parked()) {
      client.send("NO");
      await().until(() -> threads.getActiveCount() == 1);
      client.send("OP\r\n");
      assertThat(client.line()).isEqualTo("250 2.0.0 Ok");
    }
  }

  @Test
  void haveAThreadInATransaction() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    script.admission =
        (recipients, client) -> {
          asked.countDown();
          return recipients.stream().map(each -> ScriptedTransactions.OK).toList();
        };
    try (TestClient client = parked()) {
      client.send("MAIL FROM:<s@t.test>\r\n");
      assertThat(client.line()).isEqualTo("250 2.1.0 Ok");
      client.send("RCPT TO:<a@one.test>\r\n");
      asked.await();
      assertThat(client.line()).isEqualTo("250 2.1.5 Ok");
      assertThat(threads.getActiveCount()).isEqualTo(1);
      client.send("RSET\r\n");
      assertThat(client.line()).isEqualTo("250 2.0.0 Ok");
      awaitNoThread();
    }
  }

  @Test
  void areToldWhenTheyAreWaitedForNoLonger() throws Exception {
    server.close();
    server = server(Duration.ofMillis(700));
    server.start(ANY_PORT);
    try (TestClient client = parked()) {
      assertThat(server.connections()).isEqualTo(1);
      assertThat(client.lines(2))
          .containsExactly("421 4.4.2 Waited too long for input, closing", "closed");
    }
    await().until(() -> server.connections() == 0);
  }

  @Test
  void areMissedWhenTheyHangUp() throws Exception {
    parked().close();
    await().until(() -> server.connections() == 0);
  }

  @Test
  void areHungUpOnAtTheStop() throws Exception {
    try (TestClient client = parked()) {
      assertThat(server.stop(Duration.ofSeconds(10))).isTrue();
      assertThat(client.line()).isEqualTo("closed");
      assertThat(server.connections()).isZero();
    }
  }

  @Test
  void areRefusedNewTransactionsWhileTheServerDrains() throws Exception {
    try (TestClient client = parked()) {
      server.drain();
      client.send(MESSAGE);
      assertThat(client.lines(2).get(1)).startsWith("451 4.3.2");
    }
  }

  @Test
  void maySpeakAllAtOnce() throws Exception {
    List<TestClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 1000; i++) {
        clients.add(TestClient.greeted(server.localAddress()));
      }
      awaitNoThread();
      for (int round = 0; round < 3; round++) {
        for (TestClient client : clients) {
          client.send("NOOP\r\n");
        }
        for (TestClient client : clients) {
          assertThat(client.line()).isEqualTo("250 2.0.0 Ok");
        }
      }
      assertThat(server.connections()).isEqualTo(1000);
    } finally {
      for (TestClient client : clients) {
        client.close();
      }
    }
    await().until(() -> server.connections() == 0);
  }
}
