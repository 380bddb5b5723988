package org.mailweir.herd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mailweir.herd.HerdWorld.TIMEOUT;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.core.DestinationStatus;
import org.mailweir.core.Standing;
import org.mailweir.loopback.Letters;
import org.mailweir.loopback.LmtpLoad;
import org.mailweir.loopback.LmtpLoad.Settings;
import org.mailweir.loopback.LmtpOutcome;
import org.mailweir.loopback.LmtpOutcome.Stage;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.message.Destination;
import org.mailweir.transport.Transport;

/** What remote hosts say about a message is passed on, and never held against the destination. */
@Timeout(90)
class RemoteAnswersTest {
  private static final int MESSAGES = 60;

  private final Letters letters = new Letters();

  @Test
  void greylistingNeverGetsADestinationRefused() throws Exception {
    try (HerdWorld world = HerdWorld.open()) {
      world.host("grey.test", SinkBehaviour.greylisting());
      Transport transport = world.start();
      List<LmtpOutcome> outcomes = burst(world, transport, "grey.test", 2);

      assertThat(outcomes).hasSize(2 * MESSAGES);
      assertThat(outcomes)
          .allSatisfy(
              outcome -> {
                assertThat(outcome.recipients().get(0).stage()).isEqualTo(Stage.DOT);
                assertThat(outcome.recipients().get(0).code())
                    .isEqualTo(outcome.attempt() == 1 ? 450 : 250);
              });
      assertThat(status(transport, "grey.test").standing()).isEqualTo(Standing.LIVE);
      world.assertExactlyOnce(outcomes);
    }
  }

  @Test
  void bouncesNeverGetADestinationRefused() throws Exception {
    try (HerdWorld world = HerdWorld.open()) {
      world.host("strict.test", SinkBehaviour.rejecting());
      Transport transport = world.start();
      List<LmtpOutcome> outcomes = burst(world, transport, "strict.test", 2);

      assertThat(outcomes).hasSize(MESSAGES);
      assertThat(outcomes)
          .allSatisfy(
              outcome -> {
                assertThat(outcome.recipients().get(0).stage()).isEqualTo(Stage.DOT);
                assertThat(outcome.recipients().get(0).code()).isEqualTo(550);
                assertThat(outcome.recipients().get(0).text()).contains("mx1.strict.test");
              });
      assertThat(status(transport, "strict.test").standing()).isEqualTo(Standing.LIVE);
      world.assertExactlyOnce(outcomes);
    }
  }

  /** Hands in a first message, then many at once; those that are deferred, again a bit later. */
  private List<LmtpOutcome> burst(HerdWorld world, Transport transport, String domain, int attempts)
      throws Exception {
    LmtpLoad load =
        world.load(
            transport.address(),
            Settings.postfix()
                .clients(20)
                .timeout(TIMEOUT)
                .retrying(attempts, Duration.ofSeconds(1)));
    load.submit(letters.fresh(domain));
    assertThat(load.awaitFinished(TIMEOUT)).isTrue();
    for (int i = 1; i < MESSAGES; i++) {
      load.submit(letters.fresh(domain));
    }
    assertThat(load.awaitFinished(TIMEOUT)).isTrue();
    return load.outcomes();
  }

  private static DestinationStatus<Destination> status(Transport transport, String domain) {
    return transport.gate().status(new Destination(domain)).orElseThrow();
  }
}
