package org.mailweir.examples.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.core.DestinationStatus;
import org.mailweir.core.Standing;
import org.mailweir.examples.relay.spool.Accepted;
import org.mailweir.examples.relay.spool.Entry;
import org.mailweir.examples.relay.spool.MemorySpool;
import org.mailweir.examples.relay.spool.Settlement;
import org.mailweir.loopback.Arrival;
import org.mailweir.loopback.BlackHole;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.message.Destination;
import org.mailweir.message.Recipient;
import org.mailweir.message.Sender;

@Timeout(60)
class RelayTest {
  private final MemorySpool spool = new MemorySpool();

  @Test
  void deliversToAllDestinationsOfAMessage() throws Exception {
    try (RelayWorld world = RelayWorld.open()) {
      world.host("one.test", SinkBehaviour.healthy());
      world.host("two.test", SinkBehaviour.healthy());
      Relay relay = world.start(spool);

      assertThat(RelayWorld.send(relay, "a@here.test", "b@one.test", "c@two.test").delivered())
          .isTrue();

      await().atMost(RelayWorld.TIMEOUT).until(() -> world.sink().count() == 2);
      assertThat(world.sink().byRecipient()).containsOnlyKeys("b@one.test", "c@two.test");
      awaitEmpty();
      assertThat(relay.queue().counts().delivered()).isEqualTo(2);
    }
  }

  @Test
  void triesAgainWhatIsGreylisted() throws Exception {
    try (RelayWorld world = RelayWorld.open()) {
      world.host("grey.test", SinkBehaviour.greylisting());
      Relay relay = world.start(spool);

      RelayWorld.send(relay, "a@here.test", "b@grey.test");

      await().atMost(RelayWorld.TIMEOUT).until(() -> world.sink().count() == 1);
      awaitEmpty();
      assertThat(relay.queue().counts().attempts()).isEqualTo(2);
    }
  }

  @Test
  void tellsTheSenderWhoIsUnknown() throws Exception {
    try (RelayWorld world = RelayWorld.open()) {
      world.host("strict.test", SinkBehaviour.rejecting());
      world.host("here.test", SinkBehaviour.healthy());
      Relay relay = world.start(spool);

      RelayWorld.send(relay, "a@here.test", "b@strict.test");

      await().atMost(RelayWorld.TIMEOUT).until(() -> world.sink().count() == 1);
      Arrival notice = world.sink().arrivals().get(0);
      assertThat(notice.sender()).isEmpty();
      assertThat(notice.recipients()).containsExactly("a@here.test");
      assertThat(new String(notice.content().orElseThrow().bytes(), UTF_8))
          .contains("Final-Recipient: rfc822; b@strict.test\r\nAction: failed\r\nStatus: 5.1.1");
      awaitEmpty();
    }
  }

  @Test
  void neverBouncesANotification() throws Exception {
    try (RelayWorld world = RelayWorld.open()) {
      world.host("strict.test", SinkBehaviour.rejecting());
      Relay relay = world.start(spool);

      RelayWorld.send(relay, "", "b@strict.test");

      awaitEmpty();
      assertThat(relay.queue().counts().bounced()).isEqualTo(1);
      assertThat(relay.queue().counts().notices()).isZero();
    }
  }

  @Test
  void deliversWhatWaitedWhenTheDestinationIsBack() throws Exception {
    try (RelayWorld world = RelayWorld.open()) {
      BlackHole hole = world.dead("away.test");
      Relay relay = world.start(spool);
      for (int i = 0; i < 50; i++) {
        RelayWorld.send(relay, "a@here.test", "b" + i + "@away.test");
      }
      await().atMost(RelayWorld.TIMEOUT).until(() -> isSuspended(relay, "away.test"));
      long attempts = relay.queue().counts().attempts();
      assertThat(attempts).isLessThan(10);

      world.sink().recover(hole, SinkBehaviour.healthy());
      relay.queue().flush(new Destination("away.test"));

      await().atMost(RelayWorld.TIMEOUT).until(() -> world.sink().count() == 50);
      awaitEmpty();
      assertThat(relay.queue().counts().attempts() - attempts).isLessThanOrEqualTo(51);
    }
  }

  @Test
  void returnsWhatExpiresWhileItsDestinationIsAway() throws Exception {
    try (RelayWorld world = RelayWorld.open()) {
      world.dead("away.test");
      world.host("here.test", SinkBehaviour.healthy());
      Relay relay = world.start(spool, Duration.ofSeconds(2));

      RelayWorld.send(relay, "a@here.test", "b@away.test");

      await().atMost(RelayWorld.TIMEOUT).until(() -> world.sink().count() == 1);
      String notice =
          new String(world.sink().arrivals().get(0).content().orElseThrow().bytes(), UTF_8);
      assertThat(notice).contains("Action: failed\r\nStatus: 4.4.7").contains("Subject: hello");
      awaitEmpty();
      assertThat(relay.queue().counts().expired()).isEqualTo(1);
    }
  }

  @Test
  void goesOnAfterARestartWithWhatWasLeft() throws Exception {
    try (RelayWorld world = RelayWorld.open()) {
      BlackHole hole = world.dead("away.test");
      Relay first = world.start(spool);
      RelayWorld.send(first, "a@here.test", "b@away.test");
      await().atMost(RelayWorld.TIMEOUT).until(() -> first.queue().counts().attempts() == 1);
      first.stop(Duration.ZERO);
      assertThat(spool.all()).hasSize(1);
      world.sink().recover(hole, SinkBehaviour.healthy());

      Relay second = world.start(spool.reopen());

      await().atMost(RelayWorld.TIMEOUT).until(() -> world.sink().count() == 1);
      awaitEmpty();
      assertThat(second.queue().counts().delivered()).isEqualTo(1);
    }
  }

  @Test
  void waitsAtItsStopForTheAnswerToWhatIsSent() throws Exception {
    try (RelayWorld world = RelayWorld.open()) {
      world.host("slow.test", SinkBehaviour.slow(Duration.ofSeconds(2)));
      Relay relay = world.start(spool);
      RelayWorld.send(relay, "a@here.test", "b@slow.test");
      await().atMost(RelayWorld.TIMEOUT).until(() -> relay.queue().pastDot() == 1);

      relay.stop(Duration.ZERO);

      assertThat(spool.all()).isEmpty();
      assertThat(world.sink().count()).isEqualTo(1);
    }
  }

  @Test
  void keepsAtItsStopWhatIsNotSent() throws Exception {
    try (RelayWorld world = RelayWorld.open()) {
      world.host("silent.test", SinkBehaviour.silent());
      Relay relay = world.start(spool);
      RelayWorld.send(relay, "a@here.test", "b@silent.test");
      await().atMost(RelayWorld.TIMEOUT).until(() -> relay.queue().underway() == 1);

      relay.stop(Duration.ZERO);

      assertThat(spool.all()).hasSize(1);
    }
  }

  @Test
  void triesOnceMoreWhatExpiredWhileItWasAway() throws Exception {
    try (RelayWorld world = RelayWorld.open()) {
      world.host("one.test", SinkBehaviour.healthy());
      Instant longAgo = Clock.systemUTC().instant().minus(Duration.ofDays(30));
      spool.add(accepted(longAgo, longAgo.plus(Duration.ofDays(2))), RelayWorld.body());

      Relay relay = world.start(spool.reopen());

      awaitEmpty();
      assertThat(relay.queue().counts().delivered()).isEqualTo(1);
    }
  }

  @Test
  void doesNotWaitForATimeThatAWrongClockHasSet() throws Exception {
    try (RelayWorld world = RelayWorld.open()) {
      world.host("one.test", SinkBehaviour.healthy());
      Instant ahead = Clock.systemUTC().instant().plus(Duration.ofDays(3000));
      Entry entry =
          spool.add(accepted(ahead, ahead.plus(Duration.ofDays(2))), RelayWorld.body()).get(0);
      spool.settle(
          entry.id(),
          new Settlement(
              List.of(), Map.of(), ahead.plus(Duration.ofHours(1)), 1, false, List.of()));

      Relay relay = world.start(spool.reopen());

      awaitEmpty();
      assertThat(relay.queue().counts().delivered()).isEqualTo(1);
    }
  }

  private static Accepted accepted(Instant arrived, Instant expires) {
    Recipient recipient = new Recipient("b@one.test", new Destination("one.test"));
    Sender sender = new Sender("a@here.test", -1, false, false);
    return new Accepted("message", sender, List.of(recipient), arrived, expires);
  }

  @Test
  void sendsNothingTwiceWhileTheSpoolCannotRecordIt() throws Exception {
    try (RelayWorld world = RelayWorld.open()) {
      world.host("one.test", SinkBehaviour.slow(Duration.ofMillis(500)));
      Relay relay = world.start(spool);
      RelayWorld.send(relay, "a@here.test", "b@one.test");
      spool.failing(true);

      await().atMost(RelayWorld.TIMEOUT).until(() -> world.sink().count() == 1);
      assertThat(RelayWorld.send(relay, "a@here.test", "c@one.test").recipients().get(0).code())
          .isEqualTo(452);
      assertThat(relay.queue().underway()).isEqualTo(1);
      spool.failing(false);

      awaitEmpty();
      assertThat(world.sink().count()).isEqualTo(1);
    }
  }

  private void awaitEmpty() {
    await().atMost(RelayWorld.TIMEOUT).untilAsserted(() -> assertThat(spool.all()).isEmpty());
  }

  private static boolean isSuspended(Relay relay, String domain) {
    return relay
        .gate()
        .status(new Destination(domain))
        .map(DestinationStatus::standing)
        .filter(Standing.SUSPENDED::equals)
        .isPresent();
  }
}
