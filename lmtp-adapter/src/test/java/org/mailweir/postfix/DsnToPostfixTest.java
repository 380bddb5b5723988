package org.mailweir.postfix;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mailweir.dns.MailExchangers.Host;
import org.mailweir.dns.MailExchangers.Hosts;
import org.mailweir.loopback.Arrival;
import org.mailweir.loopback.LoopbackNet;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.loopback.SmtpSink;
import org.mailweir.message.Body;
import org.mailweir.message.BodyStore;
import org.mailweir.message.BodyWriter;
import org.mailweir.message.Destination;
import org.mailweir.message.MailDsn;
import org.mailweir.message.RcptDsn;
import org.mailweir.message.Recipient;
import org.mailweir.message.Sender;
import org.mailweir.smtp.SmtpClient;
import org.mailweir.smtp.SmtpConfig;
import org.mailweir.smtp.SmtpConnection;
import org.mailweir.smtp.SmtpConnector;
import org.mailweir.smtp.SmtpResult;
import org.mailweir.thread.TaskThreads;
import org.mailweir.tls.TlsMode;
import org.mailweir.tls.TlsPolicy;

/** A real Postfix understands what our client says of notifications, and acts on it. */
@Timeout(120)
class DsnToPostfixTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Destination DEST = new Destination("dest.test");

  @TempDir Path home;

  @BeforeAll
  static void needsPostfix() {
    InstalledPostfix.assume();
  }

  @Test
  void postfixSendsTheNotificationThatWasAskedFor() throws Exception {
    ExecutorService threads = TaskThreads.newExecutor("smtp");
    try (LoopbackNet net = LoopbackNet.open();
        SmtpSink mailboxes = SmtpSink.on(net)) {
      InetSocketAddress mailbox =
          new InetSocketAddress(mailboxes.host(SinkBehaviour.healthy()).address(), net.port());
      PostfixSettings settings =
          PostfixSettings.recommended(mailbox)
              .local("dest.test", mailbox)
              .local("asks.test", mailbox);
      try (PrivatePostfix mx = PrivatePostfix.start(home.resolve("mx"), settings);
          SmtpClient client = client(mx.address(), threads)) {
        assertThat(send(client))
            .allMatch(SmtpResult::notifies)
            .allMatch(result -> result.reply().code() == 250);
        await().atMost(PATIENCE).until(() -> mailboxes.byRecipient().containsKey("s@asks.test"));
        Arrival notice = mailboxes.byRecipient().get("s@asks.test").get(0);
        assertThat(new String(notice.content().orElseThrow().bytes(), US_ASCII))
            .contains("Original-Envelope-Id: envelope+7")
            .contains("Original-Recipient: rfc822;alias@dest.test")
            .contains("Action: relayed")
            .doesNotContain("silent@dest.test");
        assertThat(mx.log().troubles()).isEmpty();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static SmtpClient client(InetSocketAddress mx, ExecutorService threads) {
    return new SmtpClient(
        SmtpConfig.builder("us.test").remotePort(mx.getPort()).build(),
        TlsPolicy.of(TlsMode.NONE),
        destination -> new Hosts(List.of(new Host("mx.dest.test", mx.getAddress()))),
        threads,
        System::nanoTime);
  }

  private static List<SmtpResult> send(SmtpClient client) throws Exception {
    BodyStore bodies = new BodyStore(1 << 20, 1 << 20);
    BodyWriter writer = bodies.newBody();
    byte[] text = "Subject: hi\r\n\r\nhello\r\n".getBytes(US_ASCII);
    writer.write(text, 0, text.length);
    SmtpConnection connection = client.connect(DEST, new Unobserved());
    try (Body body = writer.finish()) {
      Collected results = new Collected();
      connection.send(
          new Sender("s@asks.test", -1, false, false, new MailDsn("HDRS", "envelope+2B7")),
          List.of(
              new Recipient("u@dest.test", DEST, new RcptDsn("SUCCESS", "rfc822;alias@dest.test")),
              new Recipient("silent@dest.test", DEST, new RcptDsn("NEVER", ""))),
          body,
          System.nanoTime() + PATIENCE.toNanos(),
          results);
      return results.all;
    } finally {
      connection.release();
    }
  }

  private static final class Unobserved implements SmtpConnector.ConnectObserver {
    @Override
    public void connected() {}

    @Override
    public void abortWith(Runnable abort) {}
  }

  private static final class Collected implements SmtpConnection.Results {
    final List<SmtpResult> all = new ArrayList<>();

    @Override
    public boolean mayFinish() {
      return true;
    }

    @Override
    public void recipient(int index, SmtpResult result) {
      all.add(result);
    }
  }
}
