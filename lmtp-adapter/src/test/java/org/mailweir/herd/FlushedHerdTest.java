package org.mailweir.herd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mailweir.herd.HerdWorld.TIMEOUT;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.core.Standing;
import org.mailweir.loopback.Letters;
import org.mailweir.loopback.LmtpLoad;
import org.mailweir.loopback.LmtpLoad.Settings;
import org.mailweir.loopback.LmtpMessage;
import org.mailweir.loopback.LmtpOutcome;
import org.mailweir.loopback.LmtpOutcome.RecipientReply;
import org.mailweir.loopback.LmtpOutcome.Stage;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.message.Destination;
import org.mailweir.transport.Transport;

/** A herd of deferred mail for dead destinations, small, while fresh mail flows. */
@Timeout(90)
class FlushedHerdTest {
  private static final int HERD = 400;

  private final Letters letters = new Letters();

  @Test
  void freshMailIsDeliveredAtTheFirstAttemptWhileTheHerdIsRefused() throws Exception {
    try (HerdWorld world = HerdWorld.open()) {
      List<String> alive = world.alive("alive", 10, SinkBehaviour.healthy());
      List<String> unseen = world.alive("unseen", 20, SinkBehaviour.healthy());
      List<String> dead = world.dead("dead", 20);
      Transport transport = world.start();
      LmtpLoad load = world.load(transport.address(), Settings.postfix().timeout(TIMEOUT));
      for (String domain : alive) {
        load.submit(letters.fresh(domain));
      }
      assertThat(load.awaitFinished(TIMEOUT)).isTrue();

      load.flush(letters.herd(HERD, dead));
      AtomicInteger next = new AtomicInteger();
      try (LmtpLoad.Pace proven = load.pace(20, () -> letters.fresh(nextOf(alive, next)))) {
        for (String domain : unseen) {
          load.submit(letters.fresh(domain));
        }
        while (load.unfinished() > 0 && answered(load, dead) < HERD) {
          load.awaitFinished(Duration.ofMillis(20));
        }
        assertThat(proven.sent()).isPositive();
      }
      assertThat(load.awaitFinished(TIMEOUT)).isTrue();

      assertThat(load.outcomes())
          .filteredOn(outcome -> !isTo(dead, outcome.message()))
          .hasSize(alive.size() + unseen.size() + next.get())
          .allMatch(LmtpOutcome::delivered);
      assertThat(load.outcomes())
          .filteredOn(outcome -> isTo(dead, outcome.message()))
          .hasSize(HERD)
          .flatExtracting(LmtpOutcome::recipients)
          .allSatisfy(
              reply -> {
                RecipientReply answer = (RecipientReply) reply;
                assertThat(answer.code()).isEqualTo(451);
                // At RCPT, or after the dot if it was the one that found out.
                assertThat(answer.stage()).isIn(Stage.RCPT, Stage.DOT);
                assertThat(answer.text()).startsWith("4.");
              });
      assertThat(refusedAtRcpt(load, dead)).isGreaterThanOrEqualTo(HERD - 3L * dead.size());
      for (String domain : Stream.concat(alive.stream(), unseen.stream()).toList()) {
        assertThat(transport.gate().status(new Destination(domain)).orElseThrow().standing())
            .isEqualTo(Standing.LIVE);
      }
      world.assertExactlyOnce(load.outcomes());
    }
  }

  private static String nextOf(List<String> domains, AtomicInteger next) {
    return domains.get(next.getAndIncrement() % domains.size());
  }

  private static long answered(LmtpLoad load, List<String> domains) {
    return load.outcomes().stream().filter(outcome -> isTo(domains, outcome.message())).count();
  }

  private static long refusedAtRcpt(LmtpLoad load, List<String> domains) {
    return load.outcomes().stream()
        .filter(outcome -> isTo(domains, outcome.message()))
        .filter(outcome -> outcome.recipients().get(0).stage() == Stage.RCPT)
        .count();
  }

  private static boolean isTo(List<String> domains, LmtpMessage message) {
    String recipient = message.recipients().get(0);
    return domains.contains(recipient.substring(recipient.indexOf('@') + 1));
  }
}
