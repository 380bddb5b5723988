package org.mailweir.examples.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.core.DestinationStatus;
import org.mailweir.core.Standing;
import org.mailweir.core.TimeSource;
import org.mailweir.examples.relay.spool.Accepted;
import org.mailweir.examples.relay.spool.MemorySpool;
import org.mailweir.loopback.BlackHole;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.loopback.SinkHost;
import org.mailweir.message.Destination;
import org.mailweir.message.Recipient;
import org.mailweir.message.Sender;

/** What the relay's own queue makes of a herd, with its default retry schedule. */
@Tag("herd")
class RelayHerdTest {
  private static final int MESSAGES = 20_000;
  private static final int DEAD = 200;

  /** An hour in a minute. */
  private static final int SPEED = 60;

  private static final int HOURS = 2;

  private final MemorySpool spool = new MemorySpool();

  @Test
  @Timeout(600)
  void triesAFiftiethOfWhatPostfixTries() throws Exception {
    TimeSource fast = () -> System.nanoTime() * SPEED;
    try (RelayWorld world = RelayWorld.open()) {
      for (int i = 0; i < DEAD; i++) {
        world.dead("dead" + i + ".test");
      }
      // A minute of this time, to which the hold of 5 s belongs.
      Relay relay = start(world, Duration.ofMillis(60_000 / SPEED), fast);
      for (int i = 0; i < MESSAGES; i++) {
        hand(relay, "dead" + i % DEAD + ".test", i);
      }
      long begun = fast.nanoTime();
      long before = 0;
      for (int hour = 1; hour <= HOURS; hour++) {
        long end = begun + Duration.ofHours(hour).toNanos();
        await()
            .atMost(Duration.ofMinutes(5))
            .pollInterval(Duration.ofMillis(200))
            .until(() -> fast.nanoTime() - end >= 0);
        long now = relay.queue().counts().attempts() + relay.gate().stats().probes();
        long postfix = postfixAttempts(hour) * MESSAGES;
        System.out.printf(
            "Herd of %d messages for %d dead domains, hour %d: %d connections tried, Postfix %d%n",
            MESSAGES, DEAD, hour, now - before, postfix);
        assertThat(now - before).isLessThanOrEqualTo(postfix / 50);
        before = now;
      }
      assertThat(spool.totals().entries()).isEqualTo(MESSAGES);
    }
  }

  @Test
  @Timeout(900)
  void drainsASiteThatIsBackWithinSixMinutes() throws Exception {
    int messages = 5_000;
    try (RelayWorld world = RelayWorld.open()) {
      BlackHole hole = world.dead("back.test");
      Relay relay = start(world, Duration.ofSeconds(2), System::nanoTime);
      for (int i = 0; i < messages; i++) {
        hand(relay, "back.test", i);
      }
      await().atMost(RelayWorld.TIMEOUT).until(() -> standing(relay) == Standing.SUSPENDED);
      SinkHost host =
          world.sink().recover(hole, SinkBehaviour.slow(Duration.ofSeconds(1)).limitedTo(20));
      relay.queue().flush(new Destination("back.test"));
      await().atMost(Duration.ofMinutes(2)).until(() -> standing(relay) != Standing.SUSPENDED);
      long back = System.nanoTime();

      await()
          .atMost(Duration.ofMinutes(10))
          .pollInterval(Duration.ofMillis(100))
          .until(() -> spool.totals().entries() == 0);
      Duration drained = Duration.ofNanos(System.nanoTime() - back);
      System.out.printf(
          "A site with %d messages that takes 20 a second: drained in %d s after its first probe,"
              + " most connections %d, turned away %d%n",
          messages, drained.toSeconds(), host.peakConnections(), host.turnedAway());
      assertThat(world.sink().count()).isEqualTo(messages);
      assertThat(drained).isLessThan(Duration.ofMinutes(6));
    }
  }

  /**
   * Returns how often Postfix tries a message in that hour of its life (qmgr(8)): again when as
   * much time has passed as it is old, 300 to 4,000 s, at the next of the scans every 300 s.
   */
  private static long postfixAttempts(int hour) {
    long attempts = 0;
    long at = 0;
    while (at < hour * 3600L) {
      attempts += at >= (hour - 1) * 3600L ? 1 : 0;
      long due = at + Math.max(300, Math.min(4000, at));
      at = (due + 299) / 300 * 300;
    }
    return attempts;
  }

  private Relay start(RelayWorld world, Duration connectTimeout, TimeSource time) throws Exception {
    RelayConfig defaults = RelayConfig.builder().build();
    RelayConfig config =
        new RelayConfig(
            world.transport().hold(Duration.ofSeconds(5)).connectTimeout(connectTimeout).build(),
            Path.of("in memory"),
            defaults.protocol(),
            defaults.retryFirst(),
            defaults.retryMax(),
            defaults.lifetime());
    return world.keep(Relay.start(config, spool, Optional.empty(), time));
  }

  private void hand(Relay relay, String domain, int number) throws Exception {
    Instant now = relay.clock().instant();
    Accepted message =
        new Accepted(
            "message" + number,
            new Sender("a@here.test", -1, false, false),
            List.of(new Recipient("b" + number + "@" + domain, new Destination(domain))),
            now,
            now.plus(Duration.ofDays(2)));
    relay.queue().accept(spool.add(message, RelayWorld.body()));
  }

  private static Standing standing(Relay relay) {
    return relay
        .gate()
        .status(new Destination("back.test"))
        .map(DestinationStatus::standing)
        .orElse(Standing.NEW);
  }
}
