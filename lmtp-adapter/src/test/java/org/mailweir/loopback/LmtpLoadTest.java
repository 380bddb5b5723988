package org.mailweir.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mailweir.loopback.LmtpLoad.Settings;
import org.mailweir.loopback.LmtpOutcome.RecipientReply;
import org.mailweir.loopback.LmtpOutcome.Stage;

@Timeout(60)
class LmtpLoadTest {
  private static final LmtpMessage.Content CONTENT =
      LmtpMessage.Content.of("Subject: test\n\n.dot\n");
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  @Test
  void reportsAnAnswerForEachRecipient() throws IOException {
    try (RefusingLmtp service = RefusingLmtp.accepting(r -> r.endsWith("@good.test"));
        LmtpConnection connection = LmtpConnection.open(service.address(), TIMEOUT)) {
      LmtpMessage message =
          new LmtpMessage(
              "4Zabcdef", "a@b.test", List.of("1@good.test", "2@bad.test", "3@good.test"), CONTENT);
      LmtpOutcome outcome = connection.send(message, false);
      assertThat(outcome.failure()).isEmpty();
      assertThat(outcome.recipients())
          .extracting(RecipientReply::stage)
          .containsExactly(Stage.DOT, Stage.RCPT, Stage.DOT);
      assertThat(outcome.deferred()).containsExactly("2@bad.test");
      assertThat(service.queueIds()).containsExactly("4Zabcdef");

      LmtpOutcome refused = connection.send(LmtpMessage.to("4@bad.test", CONTENT), true);
      assertThat(refused.failure()).isEmpty();
      assertThat(refused.recipients().get(0).code()).isEqualTo(451);
      assertThat(connection.usable()).isFalse();
    }
  }

  @Test
  void drivesAHerdAndFreshMailThroughTheSameClients() throws Exception {
    try (RefusingLmtp service = RefusingLmtp.accepting(r -> r.endsWith("@good.test"));
        LmtpLoad load =
            LmtpLoad.start(service.address(), Settings.postfix().clients(10).timeout(TIMEOUT))) {
      AtomicInteger fresh = new AtomicInteger();
      load.flush(
          IntStream.range(0, 2000)
              .mapToObj(i -> LmtpMessage.to(i + "@dead" + i % 50 + ".test", CONTENT))
              .toList());
      try (LmtpLoad.Pace pace =
          load.pace(500, () -> LmtpMessage.to(fresh.incrementAndGet() + "@good.test", CONTENT))) {
        while (load.unfinished() > 10) {
          load.awaitFinished(Duration.ofMillis(20));
        }
        assertThat(pace.sent()).isPositive();
      }
      assertThat(load.awaitFinished(TIMEOUT)).isTrue();
      assertThat(load.outcomes()).allMatch(o -> o.failure().isEmpty());
      assertThat(load.outcomes()).filteredOn(LmtpOutcome::delivered).hasSize(fresh.get());
      assertThat(service.refused()).isEqualTo(2000);
      assertThat(service.taken()).hasSize(fresh.get());
    }
  }

  @Test
  void takesIncomingMailBeforeDeferredOnceTheActiveQueueIsFull() throws Exception {
    ActiveQueue queue = new ActiveQueue(2, 1_000_000);
    queue.deferred(queued("old1"), System.nanoTime());
    queue.deferred(queued("old2"), System.nanoTime());
    assertThat(queue.nothingReady()).isFalse(); // fills the active queue
    queue.deferred(queued("old3"), System.nanoTime());
    queue.incoming(queued("new"));
    for (String expected : List.of("old1", "old2", "new", "old3")) {
      assertThat(queue.take().orElseThrow().message().recipients()).containsExactly(expected);
      queue.done();
    }
    assertThat(queue.size()).isZero();
  }

  @Test
  void triesDeferredRecipientsAgain() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    try (RefusingLmtp service =
            RefusingLmtp.accepting(r -> r.startsWith("1") || asked.incrementAndGet() > 2);
        LmtpLoad load =
            LmtpLoad.start(
                service.address(),
                Settings.postfix().timeout(TIMEOUT).retrying(5, Duration.ofMillis(1)))) {
      load.submit(new LmtpMessage("", "a@b.test", List.of("1@x.test", "2@x.test"), CONTENT));
      assertThat(load.awaitFinished(TIMEOUT)).isTrue();
      assertThat(load.outcomes()).extracting(LmtpOutcome::attempt).containsExactly(1, 2, 3);
      assertThat(load.outcomes().get(2).message().recipients()).containsExactly("2@x.test");
      assertThat(load.outcomes().get(2).delivered()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "250-a\\r\\n251 b\\r\\n|codes differ",
        "250 no carriage return\\n|without CR",
        "451 5.1.1 classes differ\\r\\n|class of the status",
        "hello\\r\\n|no reply",
        "250 \\0\\r\\n|byte 0",
      })
  void refusesRepliesThatAreNone(String reply, String complaint) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread peer =
          new Thread(
              () -> {
                try (Socket client = server.accept()) {
                  String raw = "220 x\r\n250 x\r\n" + reply;
                  client
                      .getOutputStream()
                      .write(
                          raw.replace("\\r", "\r")
                              .replace("\\n", "\n")
                              .replace("\\0", "\0")
                              .getBytes(StandardCharsets.US_ASCII));
                  client.getInputStream().readAllBytes();
                } catch (IOException gone) {
                  // The client was right to go.
                }
              });
      peer.start();
      try (LmtpConnection connection =
          LmtpConnection.open(
              (java.net.InetSocketAddress) server.getLocalSocketAddress(), TIMEOUT)) {
        LmtpOutcome outcome = connection.send(LmtpMessage.to("a@b.test", CONTENT), true);
        assertThat(outcome.failure().orElseThrow()).contains("protocol: ", complaint);
        assertThat(outcome.recipients().get(0).deferred()).isTrue();
      }
      peer.join();
    }
  }

  @Test
  void makesQueueIdsThatBeginWithTheArrivalTime() {
    // As Postfix has it in mail_queue.h: seconds, microseconds, z, inode.
    assertThat(LongQueueId.of(Instant.EPOCH, 0)).isEqualTo("0000000000z0");
    assertThat(LongQueueId.of(Instant.ofEpochSecond(52 * 52 + 1, 51_000), 51))
        .isEqualTo("000101" + "000z" + "z" + "10");
    assertThat(LongQueueId.of(Instant.parse("2026-11-22T03:00:00.999999Z"), 123456))
        .matches("[0-9A-Za-z]{6,25}")
        .hasSize(6 + 4 + 1 + 3);
  }

  @Test
  void makesDeferredMailActiveAtThePaceOfAQueueManagerAndNewMailAtOnce() throws Exception {
    ActiveQueue queue = new ActiveQueue(1000, 1); // the next burst is due after 20 s
    long now = System.nanoTime();
    for (int i = 0; i < 50; i++) {
      queue.deferred(queued(i + "@dead.test"), now);
    }
    for (int i = 0; i < 20; i++) {
      assertThat(queue.take()).isPresent();
    }
    assertThat(queue.nothingReady()).isTrue();
    queue.incoming(queued("fresh@good.test"));
    assertThat(queue.take()).isPresent();
    assertThat(queue.nothingReady()).isTrue();
    assertThat(queue.size()).isEqualTo(30 + 21); // deferred, and under way
  }

  private static ActiveQueue.Queued queued(String recipient) {
    return new ActiveQueue.Queued(LmtpMessage.to(recipient, CONTENT), 1, System.nanoTime());
  }
}
