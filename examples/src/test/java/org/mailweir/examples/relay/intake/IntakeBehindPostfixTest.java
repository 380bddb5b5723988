package org.mailweir.examples.relay.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mailweir.examples.relay.spool.Entry;
import org.mailweir.examples.relay.spool.Letter;
import org.mailweir.examples.relay.spool.MemorySpool;
import org.mailweir.examples.relay.spool.QueueIds;
import org.mailweir.lmtp.LmtpServer;
import org.mailweir.lmtp.LmtpSettings;
import org.mailweir.lmtp.Protocol;
import org.mailweir.loopback.LmtpMessage;
import org.mailweir.message.BodyStore;
import org.mailweir.message.Recipient;
import org.mailweir.postfix.InstalledPostfix;
import org.mailweir.postfix.PostfixSettings;
import org.mailweir.postfix.PrivatePostfix;
import org.mailweir.postfix.WireTap;
import org.mailweir.thread.TaskThreads;

/** A real Postfix whose relay host we are. */
@Timeout(120)
class IntakeBehindPostfixTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String TEXT =
      "Message-ID: <1@sender.test>\nDate: Sun, 22 Nov 2026 03:00:00 +0000\n"
          + "From: sender@sender.test\nTo: x:;\nSubject: dots\n\n"
          + ".\n..two\n\u00e4\n"
          + "x".repeat(900)
          + "\n\n.\n";

  @TempDir Path home;
  private final MemorySpool spool = new MemorySpool();
  private final Queue<Entry> queued = new ConcurrentLinkedQueue<>();
  private final ExecutorService threads = TaskThreads.newExecutor("intake");

  @BeforeAll
  static void needsPostfix() {
    InstalledPostfix.assume();
  }

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  private LmtpServer server(Protocol protocol) throws IOException {
    Clock clock = Clock.systemUTC();
    LmtpServer server =
        new LmtpServer(
            LmtpSettings.of("us.test", 100).withProtocol(protocol).withDsn(true),
            InetAddress::isLoopbackAddress,
            new BodyStore(1 << 20, 64 << 20),
            new Intake(
                "us.test",
                spool,
                new QueueIds(clock),
                Duration.ofDays(2),
                clock,
                () -> true,
                queued::addAll),
            threads);
    server.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return server;
  }

  private PrivatePostfix postfix(Protocol protocol, InetSocketAddress us) throws Exception {
    PostfixSettings settings = PostfixSettings.recommended(us);
    return PrivatePostfix.start(
        home.resolve("postfix"),
        protocol == Protocol.LMTP
            ? settings
            : settings.with("default_transport", "smtp:[127.0.0.1]:" + us.getPort()));
  }

  private static LmtpMessage message(String... recipients) {
    return new LmtpMessage(
        "", "sender@sender.test", List.of(recipients), LmtpMessage.Content.of(TEXT));
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void takesWhatPostfixSends(Protocol protocol) throws Exception {
    try (LmtpServer server = server(protocol);
        PrivatePostfix postfix = postfix(protocol, server.localAddress())) {
      postfix.injectAll(30, i -> message("u" + i + "@dest.test", "v" + i + "@other.test"));
      await().atMost(PATIENCE).until(() -> queued.size() == 60 && postfix.queue().isEmpty());
      for (Entry entry : queued) {
        try (Letter letter = spool.open(entry.id()).orElseThrow()) {
          assertWhole(letter, protocol);
        }
      }
      assertThat(postfix.log().troubles()).isEmpty();
      assertThat(String.join("\n", postfix.log().lines()))
          .contains("status=sent (250 2.0.0 Ok: queued as ");
    }
  }

  @Test
  void postfixSaysWhatItMaySay() throws Exception {
    try (LmtpServer server = server(Protocol.SMTP);
        WireTap tap =
            new WireTap(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), server.localAddress());
        PrivatePostfix postfix = postfix(Protocol.SMTP, tap.address())) {
      postfix.inject(message("u@dest.test", "v@dest.test"));
      await().atMost(PATIENCE).until(() -> tap.commands().contains("C: QUIT"));
      assertThat(tap.commands())
          .satisfiesExactly(
              line -> assertThat(line).isEqualTo("C: EHLO relay.test"),
              line ->
                  assertThat(line)
                      .matches("C: MAIL FROM:<sender@sender.test> SIZE=\\d+ BODY=8BITMIME"),
              line ->
                  assertThat(line).isEqualTo("C: RCPT TO:<u@dest.test> ORCPT=rfc822;u@dest.test"),
              line ->
                  assertThat(line).isEqualTo("C: RCPT TO:<v@dest.test> ORCPT=rfc822;v@dest.test"),
              line -> assertThat(line).isEqualTo("C: DATA"),
              line -> assertThat(line).isEqualTo("C: QUIT"));
      assertThat(queued).as("two recipients at one destination").hasSize(1);
    }
  }

  private static void assertWhole(Letter letter, Protocol protocol) throws IOException {
    String with = protocol == Protocol.LMTP ? "LMTP" : "ESMTP";
    String id = letter.envelope().queueId();
    String[] top = new String(letter.body().open().readAllBytes(), UTF_8).split("Message-ID: ", 2);
    assertThat("Message-ID: " + top[1]).isEqualTo(TEXT.replace("\n", "\r\n"));
    assertThat(top[0])
        .startsWith("Received: from relay.test ([127.0.0.1])\r\n")
        .contains("\r\n\tby us.test with " + with + " id " + id + ";\r\n\t");
    List<Recipient> recipients = letter.envelope().recipients();
    assertThat(recipients).hasSize(1);
    assertThat(recipients.get(0).dsn().orcpt())
        .as("what Postfix says where DSN is offered")
        .isEqualTo("rfc822;" + recipients.get(0).address());
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void getsItLaterWhileTheSpoolIsFull(Protocol protocol) throws Exception {
    spool.capacity(0);
    try (LmtpServer server = server(protocol);
        PrivatePostfix postfix = postfix(protocol, server.localAddress())) {
      postfix.inject(message("u@dest.test"));
      await().atMost(PATIENCE).until(() -> postfix.count("deferred") == 1);
      assertThat(postfix.queue().get(0).toString()).contains("452 4.3.1 No room in the queue now");
      spool.capacity(1 << 20);
      postfix.flush();
      await().atMost(PATIENCE).until(() -> queued.size() == 1 && postfix.queue().isEmpty());
    }
  }
}
