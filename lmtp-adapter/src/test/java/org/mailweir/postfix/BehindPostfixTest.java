package org.mailweir.postfix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mailweir.loopback.LmtpMessage;
import org.mailweir.loopback.LongQueueId;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.loopback.SmtpSubmission;
import org.mailweir.postfix.PostfixLog.Delivery;
import org.mailweir.program.ServedSocket;

/** A transport behind a real Postfix: what each of them does to the other's mail. */
@Timeout(180)
class BehindPostfixTest {
  private static final int CLIENTS = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** No bound on speed: mail that waited for a held client or for a retry takes longer. */
  private static final double DELAYED_SECONDS = 20;

  @TempDir Path home;

  @BeforeAll
  static void needsPostfix() {
    InstalledPostfix.assume();
  }

  @Test
  void aFlushedHerdDelaysNeitherFreshNorLocalMail() throws Exception {
    int herd = 400;
    List<String> dead = domains("dead", 40);
    List<String> known = domains("known", 10);
    List<String> fresh = new ArrayList<>();
    List<String> local = new ArrayList<>();
    try (Relay relay = Relay.start(home, CLIENTS)) {
      PrivatePostfix postfix = relay.postfix();
      relay.blackHoles(dead);
      for (String domain : known) {
        relay.host(domain, SinkBehaviour.healthy());
        fresh.add("first@" + domain);
        postfix.inject(Letter.to("first@" + domain));
      }
      await().atMost(PATIENCE).until(() -> relay.remote().count() == known.size());

      postfix.defer();
      Instant longAgo = Instant.now().minus(Duration.ofHours(1));
      postfix.injectAll(
          herd,
          i ->
              Letter.to("u" + i + "@" + dead.get(i % dead.size()))
                  .withQueueId(LongQueueId.of(longAgo, i)));
      await().atMost(PATIENCE).until(() -> postfix.count("deferred") == herd);
      postfix.undefer();
      assertThat(postfix.count("deferred")).isEqualTo(herd);
      postfix.flush();

      try (SmtpSubmission submission = postfix.submission()) {
        for (int i = 0; i < 40; i++) {
          if (i % 4 == 0) {
            relay.host("new" + i + ".test", SinkBehaviour.healthy());
            submit(submission, fresh, "u" + i + "@new" + i + ".test");
          }
          submit(submission, fresh, "u" + i + "@" + known.get(i % known.size()));
          submit(submission, local, "u" + i + "@" + Relay.LOCAL);
          if (i % 10 == 9) {
            postfix.flush(); // the herd comes again
          }
          await()
              .atMost(PATIENCE)
              .until(
                  () ->
                      relay.remote().count() >= fresh.size()
                          && relay.local().count() >= local.size());
        }
      }
      await().atMost(PATIENCE).until(() -> answered(postfix, dead, "deferred") >= herd);
      await().atMost(PATIENCE).until(() -> postfix.count("deferred") == herd);
      await().atMost(PATIENCE).until(() -> answered(postfix, List.of(Relay.LOCAL), "sent") == 40);

      assertArrivedOnce(relay, fresh);
      assertThat(relay.local().byRecipient()).containsOnlyKeys(local);
      relay.local().byRecipient().values().forEach(copies -> assertThat(copies).hasSize(1));
      assertThat(postfix.log().suspended()).isZero();
      assertThat(postfix.log().troubles()).isEmpty();
      assertThat(postfix.log().deliveries())
          .filteredOn(d -> domainOf(d).equals(Relay.LOCAL))
          .allSatisfy(d -> assertThat(d.delaySeconds()).isLessThan(DELAYED_SECONDS));
      List<QueueEntry> left = postfix.queue();
      assertThat(left).hasSize(herd);
      for (QueueEntry entry : left) {
        QueueEntry.Undelivered recipient = entry.recipients().get(0);
        String domain = recipient.address().replaceFirst(".*@", "");
        assertThat(entry.queueName()).isEqualTo("deferred");
        assertThat(recipient.delayReason())
            .matches(
                ".* said: 451 4\\.\\d\\.\\d "
                    + Pattern.quote(domain)
                    + "(: connection not established| suspended| not ).*");
      }
    }
  }

  @Test
  void handsOnWhatTheRemotesSayForNowAndForGood() throws Exception {
    try (Relay relay = Relay.start(home, CLIENTS)) {
      PrivatePostfix postfix = relay.postfix();
      relay.host("strict.test", SinkBehaviour.rejecting());
      List<String> grey = IntStream.range(0, 10).mapToObj(i -> "u@grey" + i + ".test").toList();
      for (String recipient : grey) {
        relay.host(recipient.substring(2), SinkBehaviour.greylisting());
        postfix.inject(Letter.to(recipient));
      }
      String unwanted = postfix.inject(Letter.to("u@strict.test"));
      await().atMost(PATIENCE).until(() -> postfix.count("deferred") == grey.size());
      assertThat(relay.remote().count()).isZero();
      assertThat(postfix.queue())
          .filteredOn(entry -> entry.queueName().equals("deferred")) // not the bounce on its way
          .hasSize(grey.size())
          .allSatisfy(
              entry ->
                  assertThat(entry.recipients().get(0).delayReason())
                      .matches(".* mx1\\.grey\\d\\.test.* 450 4\\.7\\.1 .*"));
      await().atMost(PATIENCE).until(() -> postfix.log().deliveries(unwanted).size() == 1);
      Delivery bounced = postfix.log().deliveries(unwanted).get(0);
      assertThat(bounced.status()).isEqualTo("bounced");
      assertThat(bounced.dsn()).isEqualTo("5.1.1");
      assertThat(bounced.text()).contains("mx1.strict.test", "550 5.1.1");
      await()
          .atMost(PATIENCE)
          .until(() -> answered(postfix, List.of("sender.test"), "sent") == 1); // the notification

      postfix.flush();
      await().atMost(PATIENCE).until(() -> answered(postfix, domains("grey", 10), "sent") == 10);
      assertArrivedOnce(relay, grey);
      await().atMost(PATIENCE).until(() -> postfix.queue().isEmpty());
      assertThat(postfix.log().suspended()).isZero();
    }
  }

  @Test
  void deliversGroupMailToTheHealthyOnceHoweverOftenTheDeadIsTried() throws Exception {
    String[] group = {"a@one.test", "b@two.test", "c@dead.test", "d@three.test", "e@four.test"};
    try (Relay relay = Relay.start(home, CLIENTS)) {
      PrivatePostfix postfix = relay.postfix();
      for (String domain : List.of("one.test", "two.test", "three.test", "four.test")) {
        relay.host(domain, SinkBehaviour.healthy());
      }
      relay.blackHoles(List.of("dead.test"));
      String id = postfix.inject(Letter.to(group));
      for (int attempt = 1; attempt <= 3; attempt++) {
        long attempts = attempt;
        await()
            .atMost(PATIENCE)
            .until(() -> answered(postfix, List.of("dead.test"), "deferred") >= attempts);
        await().atMost(PATIENCE).until(() -> postfix.count("deferred") == 1);
        assertThat(postfix.queue().get(0).recipients())
            .extracting(QueueEntry.Undelivered::address)
            .containsExactly("c@dead.test");
        postfix.flush();
      }
      assertThat(relay.remote().byRecipient())
          .containsOnlyKeys("a@one.test", "b@two.test", "d@three.test", "e@four.test");
      assertThat(relay.remote().arrivals())
          .hasSize(4)
          .allSatisfy(arrival -> Letter.assertUnchanged(arrival, group));
      assertThat(postfix.log().deliveries(id))
          .filteredOn(d -> d.status().equals("sent"))
          .hasSize(4);
    }
  }

  @Test
  void losesAndRepeatsNothingWhenTheTransportIsRestarted() throws Exception {
    List<String> recipients = IntStream.range(0, 90).mapToObj(i -> "u" + i + "@slow.test").toList();
    try (Relay relay = Relay.start(home, CLIENTS)) {
      PrivatePostfix postfix = relay.postfix();
      relay.host("slow.test", SinkBehaviour.slow(Duration.ofMillis(100)));
      for (int i = 0; i < recipients.size(); i++) {
        postfix.inject(Letter.to(recipients.get(i)));
        if (i % 30 == 15) {
          relay.restartTransport();
        }
      }
      flushUntilEmpty(postfix);
      assertArrivedOnce(relay, recipients);
      assertThat(postfix.log().suspended()).isZero();
    }
  }

  @Test
  void isNeverRefusedAConnectionWhileTheSocketStaysOpen() throws Exception {
    assumeTrue(ServedSocket.isPossible(), "SKIPPED: no /usr/bin/perl to hold a socket with");
    List<String> recipients = new ArrayList<>();
    Set<Long> programs = new HashSet<>();
    try (Relay relay = Relay.startOnServedSocket(home, CLIENTS)) {
      PrivatePostfix postfix = relay.postfix();
      relay.host("slow.test", SinkBehaviour.slow(Duration.ofMillis(100)));
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 10; i++) { // handed in while the last program stops and this one starts
          submit(postfix, recipients, "early" + round + "-" + i + "@slow.test");
        }
        await()
            .atMost(PATIENCE)
            .until(() -> relay.program().program().filter(programs::add).isPresent());
        String probe = "late" + round + "@slow.test";
        submit(postfix, recipients, probe);
        await()
            .atMost(PATIENCE)
            .until(
                () -> {
                  postfix.flush(); // may have been refused: ten others try the new site
                  return relay.remote().byRecipient().containsKey(probe);
                });
        relay.program().restart();
      }
      flushUntilEmpty(postfix);

      assertArrivedOnce(relay, recipients);
      assertThat(programs).hasSize(3);
      assertThat(postfix.log().suspended()).isZero();
      assertThat(postfix.log().lines()).noneMatch(line -> line.contains("Connection refused"));
    }
  }

  /** A restarted transport knows no site yet, and lets a few messages at a time try a new one. */
  private static void flushUntilEmpty(PrivatePostfix postfix) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              postfix.flush();
              return postfix.queue().isEmpty();
            });
  }

  private static void submit(PrivatePostfix postfix, List<String> sent, String recipient)
      throws Exception {
    postfix.inject(Letter.to(recipient));
    sent.add(recipient);
  }

  private static void submit(SmtpSubmission submission, List<String> sent, String recipient)
      throws Exception {
    LmtpMessage letter = Letter.to(recipient);
    submission.send(letter);
    sent.add(recipient);
  }

  private static void assertArrivedOnce(Relay relay, List<String> recipients) {
    assertThat(relay.remote().byRecipient()).containsOnlyKeys(recipients);
    assertThat(relay.remote().arrivals()).hasSameSizeAs(recipients);
    relay
        .remote()
        .arrivals()
        .forEach(a -> Letter.assertUnchanged(a, a.recipients().toArray(String[]::new)));
    assertThat(relay.remote().violations()).isEmpty();
  }

  /** Returns how many attempts for these domains have ended in this way. */
  private static long answered(PrivatePostfix postfix, List<String> domains, String status)
      throws Exception {
    return postfix.log().deliveries().stream()
        .filter(d -> d.status().equals(status) && domains.contains(domainOf(d)))
        .count();
  }

  private static String domainOf(Delivery delivery) {
    return delivery.recipient().replaceFirst(".*@", "");
  }

  private static List<String> domains(String name, int count) {
    return IntStream.range(0, count).mapToObj(i -> name + i + ".test").toList();
  }
}
