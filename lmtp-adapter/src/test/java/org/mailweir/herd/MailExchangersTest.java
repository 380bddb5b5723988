package org.mailweir.herd;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.loopback.Letters;
import org.mailweir.loopback.LmtpConnection;
import org.mailweir.loopback.LmtpOutcome;
import org.mailweir.loopback.LmtpOutcome.RecipientReply;
import org.mailweir.loopback.LmtpOutcome.Stage;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.transport.Transport;

/** Destinations with several mail hosts, of which some are dead, or all. */
@Timeout(90)
class MailExchangersTest {
  private final Letters letters = new Letters();

  @Test
  void deliversToTheSecondHostWhenTheFirstSwallowsConnections() throws Exception {
    try (HerdWorld world = HerdWorld.open()) {
      InetAddress swallows = world.hole().address().getAddress();
      InetAddress healthy = world.sink().host(SinkBehaviour.healthy()).address();
      world.zone().mail("backed.test", swallows, healthy);
      LmtpConnection client =
          world.client(world.start(world.config().hold(Duration.ofSeconds(20))));
      List<LmtpOutcome> outcomes =
          List.of(
              client.send(letters.fresh("backed.test"), false),
              client.send(letters.fresh("backed.test"), false));
      assertThat(outcomes).allMatch(LmtpOutcome::delivered);
      world.assertExactlyOnce(outcomes);
    }
  }

  @Test
  void deliversToTheSecondHostWhenTheFirstRefusesConnections() throws Exception {
    try (HerdWorld world = HerdWorld.open()) {
      InetAddress healthy = world.sink().host(SinkBehaviour.healthy()).address();
      world.zone().mail("backed.test", world.net().nextAddress(), healthy);
      LmtpConnection client = world.client(world.start());
      LmtpOutcome outcome = client.send(letters.fresh("backed.test"), false);
      assertThat(outcome.delivered()).isTrue();
      world.assertExactlyOnce(List.of(outcome));
    }
  }

  @Test
  void namesEachHostAndWhyItFailedWhenAllDo() throws Exception {
    try (HerdWorld world = HerdWorld.open()) {
      InetAddress swallows = world.hole().address().getAddress();
      world.zone().mail("lost.test", swallows, world.net().nextAddress());
      Transport transport =
          world.start(
              world.config().hold(Duration.ofSeconds(20)).connectTimeout(Duration.ofSeconds(2)));
      LmtpConnection client = world.client(transport);

      RecipientReply found = client.send(letters.fresh("lost.test"), false).recipients().get(0);
      assertThat(found.stage()).isEqualTo(Stage.DOT);
      assertThat(found.code()).isEqualTo(451);
      assertThat(found.text())
          .startsWith("4.4.1 ")
          .contains("mx1.lost.test", "timed out", "mx2.lost.test", "refused");

      RecipientReply known = client.send(letters.fresh("lost.test"), false).recipients().get(0);
      assertThat(known.stage()).isEqualTo(Stage.RCPT);
      assertThat(known.code()).isEqualTo(451);
      assertThat(known.text())
          .startsWith("4.4.1 ")
          .contains("lost.test suspended", "mx1.lost.test", "timed out", "next try in");
    }
  }

  @Test
  void bouncesWhatHasNowhereToGo() throws Exception {
    try (HerdWorld world = HerdWorld.open()) {
      world.zone().nullMx("null.test");
      LmtpConnection client = world.client(world.start());
      LmtpOutcome outcome = client.send(letters.fresh("null.test", "missing.test"), false);
      assertThat(outcome.recipients()).extracting(RecipientReply::code).containsExactly(556, 550);
      assertThat(outcome.recipients().get(0).text()).startsWith("5.1.10 ");
      assertThat(outcome.recipients().get(1).text()).startsWith("5.1.2 ");
    }
  }

  @Test
  void defersWhatTheDnsHasNoAnswerFor() throws Exception {
    try (HerdWorld world = HerdWorld.open()) {
      world.zone().failing("broken.test");
      LmtpConnection client = world.client(world.start());
      RecipientReply reply = client.send(letters.fresh("broken.test"), false).recipients().get(0);
      assertThat(reply.code()).isEqualTo(451);
      assertThat(reply.text()).startsWith("4.4.3 ");
    }
  }
}
