package org.mailweir.herd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mailweir.herd.HerdWorld.TIMEOUT;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.loopback.Arrival;
import org.mailweir.loopback.Letters;
import org.mailweir.loopback.LmtpConnection;
import org.mailweir.loopback.LmtpLoad;
import org.mailweir.loopback.LmtpLoad.Settings;
import org.mailweir.loopback.LmtpMessage;
import org.mailweir.loopback.LmtpOutcome;
import org.mailweir.loopback.LmtpOutcome.RecipientReply;
import org.mailweir.loopback.ServiceTime;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.transport.Transport;

/** Messages to many destinations at once, some of them dead. */
@Timeout(90)
class GroupMailTest {
  private static final int MOST_DOMAINS = 50;

  private final Letters letters = new Letters();

  @Test
  void reachesAllThatAreAliveExactlyOnceAndAnswersInOrder() throws Exception {
    try (HerdWorld world = HerdWorld.open()) {
      List<String> alive = world.alive("alive", 54, SinkBehaviour.healthy());
      List<String> dead = world.dead("dead", 6);
      Transport transport = world.start();
      LmtpLoad load =
          world.load(transport.address(), Settings.postfix().clients(15).timeout(TIMEOUT));
      alive.forEach(domain -> load.submit(letters.fresh(domain)));
      assertThat(load.awaitFinished(TIMEOUT)).isTrue();

      // The same mail in each run.
      Random random = new Random(7);
      List<String> all = new ArrayList<>(Stream.concat(alive.stream(), dead.stream()).toList());
      int recipients = alive.size();
      for (int message = 0; message < 60; message++) {
        LmtpMessage letter = group(all, random);
        recipients += letter.recipients().size();
        load.submit(letter);
      }
      assertThat(load.awaitFinished(TIMEOUT)).isTrue();

      List<RecipientReply> replies =
          load.outcomes().stream().flatMap(outcome -> outcome.recipients().stream()).toList();
      assertThat(replies).hasSize(recipients);
      assertThat(replies)
          .allSatisfy(
              reply -> {
                boolean isAlive = reply.recipient().contains("@alive");
                assertThat(reply.code()).as(reply.toString()).isEqualTo(isAlive ? 250 : 451);
              });
      world.assertExactlyOnce(load.outcomes());
    }
  }

  /**
   * At full size: 300 proven destinations and 30 dead ones, five messages a second. Prints the
   * waits of the living.
   */
  @Test
  @Tag("herd")
  @Timeout(600)
  void doesNotLetTheLivingWaitForTheDeadUnderLoad() throws Exception {
    try (HerdWorld world = HerdWorld.open()) {
      ServiceTime time = ServiceTime.lognormal(Duration.ofMillis(600), 0.6);
      List<String> alive = world.alive("alive", 300, SinkBehaviour.healthy().serving(time));
      List<String> dead = world.dead("dead", 30);
      Transport transport =
          world.start(
              world
                  .config()
                  .hold(Duration.ofSeconds(5))
                  .connectTimeout(Duration.ofSeconds(60))
                  .patience(Duration.ofSeconds(30)));
      LmtpLoad load =
          world.load(
              transport.address(),
              Settings.postfix().timeout(TIMEOUT).retrying(6, Duration.ofSeconds(5)));
      for (int round = 0; round < 3; round++) {
        alive.forEach(domain -> load.submit(letters.fresh(domain)));
        load.awaitFinished(TIMEOUT);
      }
      Random random = new Random(7);
      List<String> all = new ArrayList<>(Stream.concat(alive.stream(), dead.stream()).toList());
      int before = load.outcomes().size();
      try (LmtpLoad.Pace pace = load.pace(5, () -> group(all, random))) {
        while (pace.sent() < 200) {
          load.awaitFinished(Duration.ofMillis(10));
        }
      }
      assertThat(load.awaitFinished(Duration.ofMinutes(5))).isTrue();
      HerdFigures figures = new HerdFigures();
      List<LmtpOutcome> outcomes = load.outcomes().subList(before, load.outcomes().size());
      figures.count(outcomes, world.sink().byRecipient(), "alive");
      System.out.printf(
          "Group mail, 5 a second: %s; %s%n", figures, transport.gate().stats().refused());
      assertThat(figures.waits("alive").percentile(99)).isLessThan(1);
      assertThat(world.sink().byRecipient().values()).allMatch(copies -> copies.size() == 1);
      assertThat(world.sink().violations()).isEmpty();
    }
  }

  private LmtpMessage group(List<String> domains, Random random) {
    Collections.shuffle(domains, random);
    return letters.fresh(
        domains.subList(0, 2 + random.nextInt(MOST_DOMAINS - 1)).toArray(String[]::new));
  }

  @Test
  void doesNotLetTheLivingWaitForTheDead() throws Exception {
    try (HerdWorld world = HerdWorld.open()) {
      List<String> alive = world.alive("alive", 9, SinkBehaviour.healthy());
      world.dead("dead.test");
      Transport transport = world.start();
      LmtpConnection client = world.client(transport);

      LmtpMessage letter =
          letters.fresh(
              Stream.concat(Stream.of("dead.test"), alive.stream()).toArray(String[]::new));
      LmtpOutcome outcome = client.send(letter, false);

      assertThat(outcome.recipients())
          .extracting(RecipientReply::code)
          .containsExactlyElementsOf(
              IntStream.range(0, 10).mapToObj(i -> i == 0 ? 451 : 250).toList());
      // The dead one is first in line, so it is answered first; all others had their mail by then.
      long deadAnswered = outcome.recipients().get(0).atNanos();
      assertThat(world.sink().arrivals())
          .hasSize(9)
          .extracting(Arrival::dotNanos)
          .allSatisfy(arrived -> assertThat(arrived - deadAnswered).isNegative());
      world.assertExactlyOnce(List.of(outcome));
    }
  }

  @Test
  void sendsOneCopyToSeveralRecipientsOfOneDomain() throws Exception {
    try (HerdWorld world = HerdWorld.open()) {
      world.host("alive.test", SinkBehaviour.healthy());
      world.host("other.test", SinkBehaviour.rejecting());
      LmtpConnection client = world.client(world.start());
      LmtpMessage letter =
          letters
              .fresh("alive.test")
              .withRecipients(
                  List.of("a@alive.test", "b@other.test", "c@ALIVE.test", "d@alive.test"));
      LmtpOutcome outcome = client.send(letter, false);
      assertThat(outcome.recipients())
          .extracting(RecipientReply::code)
          .containsExactly(250, 550, 250, 250);
      assertThat(world.sink().arrivals()).hasSize(1);
      assertThat(world.sink().arrivals().get(0).recipients())
          .containsExactly("a@alive.test", "c@ALIVE.test", "d@alive.test");
    }
  }
}
