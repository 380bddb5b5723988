package org.mailweir.herd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mailweir.herd.HerdWorld.TIMEOUT;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.core.DestinationStatus;
import org.mailweir.core.Standing;
import org.mailweir.loopback.BlackHole;
import org.mailweir.loopback.Letters;
import org.mailweir.loopback.LmtpLoad;
import org.mailweir.loopback.LmtpLoad.Settings;
import org.mailweir.loopback.LmtpMessage;
import org.mailweir.loopback.LmtpOutcome;
import org.mailweir.loopback.ServiceTime;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.loopback.SinkHost;
import org.mailweir.message.Destination;
import org.mailweir.transport.Transport;

/** A destination that comes back and takes 20 connections: it is not run over, and it drains. */
class RecoveryTest {
  private static final int TAKES = 20;
  private static final int MOST_OPEN = 23;

  private final Letters letters = new Letters();

  @Test
  @Timeout(90)
  void isNeverAskedForManyMoreConnectionsThanItTakesAndDrains() throws Exception {
    try (HerdWorld world = HerdWorld.open()) {
      BlackHole hole = world.dead("back.test");
      Transport transport = world.start();
      // As if in a herd: it hangs, all but the first attempt is refused.
      LmtpLoad load =
          world.load(
              transport.address(),
              Settings.postfix().timeout(TIMEOUT).retrying(200, Duration.ofMillis(500)));
      load.flush(letters.herd(600, List.of("back.test")));
      await().atMost(TIMEOUT).until(() -> status(transport).standing() == Standing.SUSPECT);
      SinkHost host = world.sink().recover(hole, limited(Duration.ofMillis(100)));

      assertThat(load.awaitFinished(TIMEOUT)).isTrue();
      assertDrained(world, load, host, 600);
    }
  }

  @Test
  @Tag("herd")
  @Timeout(1800)
  void drainsAHerdOfThousandsWithoutManyPushBacks() throws Exception {
    try (HerdWorld world = HerdWorld.open()) {
      BlackHole hole = world.dead("back.test");
      Transport transport = world.start(world.config().connectTimeout(Duration.ofSeconds(3)));
      LmtpLoad load =
          world.load(
              transport.address(),
              Settings.postfix().timeout(TIMEOUT).retrying(2000, Duration.ofSeconds(5)));
      load.flush(letters.herd(5000, List.of("back.test")));
      await().atMost(TIMEOUT).until(() -> status(transport).standing() == Standing.SUSPENDED);
      ServiceTime lognormal = ServiceTime.lognormal(Duration.ofMillis(600), 0.6);
      SinkHost host = world.sink().recover(hole, limited(Duration.ZERO).serving(lognormal));

      assertThat(load.awaitFinished(Duration.ofMinutes(20))).isTrue();
      System.out.printf(
          "Recovery of %d messages: most open %d, connections %d, turned away %d, attempts %d%n",
          5000,
          host.peakConnections(),
          host.connections(),
          host.turnedAway(),
          load.outcomes().size());
      assertDrained(world, load, host, 5000);
    }
  }

  private static void assertDrained(HerdWorld world, LmtpLoad load, SinkHost host, int messages) {
    assertThat(host.peakConnections()).isLessThanOrEqualTo(MOST_OPEN);
    assertThat(host.turnedAway()).isLessThanOrEqualTo(messages / 100);
    assertThat(load.outcomes()).filteredOn(LmtpOutcome::delivered).hasSize(messages);
    assertThat(
            load.outcomes().stream()
                .map(LmtpOutcome::message)
                .map(LmtpMessage::queueId)
                .distinct()
                .count())
        .isEqualTo(messages);
    world.assertExactlyOnce(load.outcomes());
  }

  private static SinkBehaviour limited(Duration time) {
    return SinkBehaviour.slow(time).limitedTo(TAKES);
  }

  private static DestinationStatus<Destination> status(Transport transport) {
    return transport.gate().status(new Destination("back.test")).orElseThrow();
  }
}
