package org.mailweir.lmtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.message.BodyStore;
import org.mailweir.message.Reply;
import org.mailweir.thread.TaskThreads;

/** The server with real sockets, where it speaks SMTP. */
@Timeout(60)
class SmtpServerTest {
  private final ScriptedTransactions script = new ScriptedTransactions();
  private final ExecutorService threads = TaskThreads.newExecutor("smtp");

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  private LmtpServer start(Predicate<InetAddress> trusted) throws IOException {
    LmtpSettings settings = LmtpSettings.of("relay.test", 10).withProtocol(Protocol.SMTP);
    BodyStore bodies = new BodyStore(1 << 20, 1 << 20);
    LmtpServer server = new LmtpServer(settings, trusted, bodies, script, threads);
    server.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return server;
  }

  @Test
  void answersOnceWhenAllRecipientsAreKnown() throws IOException {
    script.delivery =
        (recipients, replies, client) -> {
          for (int i = 0; i < recipients; i++) {
            replies.accept(new Reply(250, "2.0.0", "queued"));
          }
        };
    try (LmtpServer server = start(InetAddress::isLoopbackAddress);
        TestClient client = new TestClient(server.localAddress())) {
      client.send("EHLO client.test\r\n").lines(7);
      client.send("MAIL FROM:<>\r\nRCPT TO:<a@one.test>\r\nRCPT TO:<b@two.test>\r\nDATA\r\n");
      assertThat(client.lines(4)).last().asString().startsWith("354 ");
      client.send("text\r\n.\r\nQUIT\r\n");
      assertThat(client.lines(3)).containsExactly("250 2.0.0 queued", "221 2.0.0 Bye", "closed");
      assertThat(script.origins.remove().address().isLoopbackAddress()).isTrue();
    }
  }

  @Test
  void answersOnceWhenATransactionFails() throws IOException {
    script.delivery =
        (recipients, replies, client) -> {
          replies.accept(new Reply(250, "2.0.0", "queued"));
          throw new IllegalStateException("a defect");
        };
    try (LmtpServer server = start(InetAddress::isLoopbackAddress);
        TestClient client = new TestClient(server.localAddress())) {
      client.send("HELO client.test\r\n").lines(2);
      client.send("MAIL FROM:<>\r\nRCPT TO:<a@one.test>\r\nRCPT TO:<b@two.test>\r\nDATA\r\n");
      client.lines(4);
      client.send("text\r\n.\r\nNOOP\r\n");
      assertThat(client.lines(2))
          .containsExactly("451 4.3.0 Internal error, try later", "250 2.0.0 Ok");
    }
  }

  @Test
  void tellsStrangersWhyItHangsUp() throws IOException {
    try (LmtpServer server = start(peer -> false);
        TestClient client = new TestClient(server.localAddress())) {
      assertThat(client.lines(2))
          .containsExactly("554 relay.test takes mail from trusted networks only", "closed");
    }
  }
}
