package org.mailweir.postfix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mailweir.loopback.Arrival;
import org.mailweir.loopback.LmtpMessage;
import org.mailweir.loopback.LongQueueId;
import org.mailweir.loopback.LoopbackNet;
import org.mailweir.loopback.RefusingLmtp;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.loopback.SinkHost;
import org.mailweir.loopback.SmtpSink;
import org.mailweir.loopback.SmtpSubmission;
import org.mailweir.loopback.Waits;

@Timeout(180)
class PrivatePostfixTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final LmtpMessage.Content CONTENT =
      LmtpMessage.Content.of("Subject: test\nFrom: a@sender.test\n\nHello.\n..dots\n");

  @BeforeAll
  static void needsPostfix() {
    InstalledPostfix.assume();
  }

  @Test
  void letsFreshAndLocalMailFlowWhileAHerdIsFlushed(@TempDir Path home) throws Exception {
    int herd = 300;
    int fresh = 30;
    try (LoopbackNet net = LoopbackNet.open();
        SmtpSink local = SmtpSink.on(net);
        RefusingLmtp service = RefusingLmtp.accepting(r -> r.endsWith("@good.test"))) {
      SinkHost mailbox = local.host(SinkBehaviour.healthy());
      PostfixSettings settings =
          PostfixSettings.recommended(service.address())
              .local("local.test", new InetSocketAddress(mailbox.address(), net.port()));
      try (PrivatePostfix postfix = PrivatePostfix.start(home.resolve("postfix"), settings)) {
        postfix.defer();
        postfix.injectAll(herd, i -> to("u" + i + "@dead" + i % 50 + ".test"));
        await().atMost(PATIENCE).until(() -> postfix.count("deferred") == herd);
        assertThat(service.refused()).isZero();
        assertThat(postfix.queue())
            .allSatisfy(
                entry -> {
                  assertThat(entry.queueName()).isEqualTo("deferred");
                  assertThat(entry.recipients().get(0).delayReason())
                      .contains("deferred transport");
                });

        postfix.undefer();
        postfix.flush();
        Map<String, Long> injected = new TreeMap<>();
        List<String> ids = new ArrayList<>();
        try (SmtpSubmission submission = postfix.submission()) {
          for (int i = 0; i < fresh; i++) {
            for (String recipient : List.of("f" + i + "@good.test", "l" + i + "@local.test")) {
              injected.put(recipient, System.nanoTime());
              ids.add(submission.send(to(recipient)).replaceFirst(".* ", ""));
            }
          }
        }
        await().atMost(PATIENCE).until(() -> service.queueIds().size() == herd + fresh);
        await().atMost(PATIENCE).until(() -> service.taken().size() == fresh);
        await().atMost(PATIENCE).until(() -> local.count() == fresh);

        Waits waits = new Waits();
        service.taken().forEach((recipient, at) -> waits.add(at - injected.get(recipient)));
        local.arrivals().forEach(a -> waits.add(a.dotNanos() - injected.get(recipientOf(a))));
        assertThat(waits.count()).isEqualTo(2L * fresh);
        assertThat(local.byRecipient()).hasSize(fresh);
        assertThat(new String(local.arrivals().get(0).content().orElseThrow().bytes()))
            .endsWith("\r\n\r\nHello.\r\n..dots\r\n");
        assertThat(local.violations()).isEmpty();

        await().atMost(PATIENCE).until(() -> sent(postfix, ids) == 2L * fresh);
        assertThat(postfix.log().suspended()).isZero();
        assertThat(postfix.log().troubles()).isEmpty();
        assertThat(service.refused()).isGreaterThanOrEqualTo(herd);
        await().atMost(PATIENCE).until(() -> postfix.count("deferred") == herd);
      }
    }
  }

  @Test
  void holdsMailAndReleasesItToTheDeferredQueue(@TempDir Path home) throws Exception {
    try (RefusingLmtp service = RefusingLmtp.accepting(r -> true);
        PrivatePostfix postfix =
            PrivatePostfix.start(
                home.resolve("postfix"), PostfixSettings.recommended(service.address()))) {
      postfix.hold("@held\\.test$");
      postfix.injectAll(20, i -> to("u" + i + "@held.test"));
      String free = postfix.inject(to("u@free.test"));
      await().atMost(PATIENCE).until(() -> service.taken().containsKey("u@free.test"));
      await().atMost(PATIENCE).until(() -> postfix.log().deliveries(free).size() == 1);
      PostfixLog.Delivery delivery = postfix.log().deliveries(free).get(0);
      assertThat(delivery.status()).isEqualTo("sent");
      assertThat(delivery.service()).isEqualTo("lmtp-filtermail/lmtp");
      assertThat(postfix.count("hold")).isEqualTo(20);
      assertThat(service.taken()).hasSize(1);

      postfix.release();
      assertThat(postfix.count("hold")).isZero();
      postfix.flush();
      await().atMost(PATIENCE).until(() -> service.taken().size() == 21);
    }
  }

  @Test
  void tellsTheServiceItsLongQueueIdOrTheOneThatItWasTold(@TempDir Path home) throws Exception {
    try (RefusingLmtp service = RefusingLmtp.accepting(r -> true);
        PrivatePostfix postfix =
            PrivatePostfix.start(
                home.resolve("postfix"), PostfixSettings.recommended(service.address()))) {
      String own = postfix.inject(to("u@own.test"));
      assertThat(own).matches("[0-9BCDFGHJ-NP-TV-Zb-df-hj-np-tv-z]{10,11}z[0-9A-Za-z]+");
      String told = LongQueueId.of(Instant.now().minus(Duration.ofHours(1)), 7);
      assertThat(postfix.inject(to("u@told.test").withQueueId(told))).isNotEqualTo(told);
      await().atMost(PATIENCE).until(() -> service.taken().size() == 2);
      assertThat(service.queueIds()).containsExactlyInAnyOrder(own, told);
    }
  }

  @Test
  void stopsWithoutLeavingAProcessBehindAndFindsItsQueueAgain(@TempDir Path home) throws Exception {
    try (RefusingLmtp service = RefusingLmtp.accepting(r -> true)) {
      PostfixSettings settings = PostfixSettings.recommended(service.address());
      PrivatePostfix first = PrivatePostfix.start(home.resolve("postfix"), settings);
      assertThat(first.processes()).isNotEmpty();
      first.hold(".");
      String id = first.inject(to("u@held.test"));
      first.close();
      assertThat(first.processes()).isEmpty();

      try (PrivatePostfix second = PrivatePostfix.start(home.resolve("postfix"), settings)) {
        assertThat(second.queue()).extracting(QueueEntry::queueId).containsExactly(id);
        second.release();
        second.flush();
        await().atMost(PATIENCE).until(() -> service.taken().containsKey("u@held.test"));
      }
    }
  }

  private static long sent(PrivatePostfix postfix, List<String> ids) throws Exception {
    return postfix.log().deliveries().stream()
        .filter(d -> d.status().equals("sent") && ids.contains(d.queueId()))
        .count();
  }

  private static String recipientOf(Arrival arrival) {
    return arrival.recipients().get(0);
  }

  private static LmtpMessage to(String recipient) {
    return LmtpMessage.to(recipient, CONTENT);
  }
}
