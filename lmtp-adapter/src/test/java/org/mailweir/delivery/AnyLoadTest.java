package org.mailweir.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.mailweir.smtp.ConnectFailure.Kind;
import org.mailweir.smtp.SmtpResult.Stage;

/** Whatever load meets the gate of the policy: nothing is lost, nothing is sent twice. */
class AnyLoadTest {
  @Property(tries = 30)
  void losesNothingUnderAnyLoad(@ForAll long seed) {
    Random random = new Random(seed);
    Relay relay = new Relay(10 + random.nextInt(20));
    for (int i = 0; i < 8; i++) {
      FakeRemotes.Remote remote =
          relay
              .remotes
              .at("d" + i + ".test")
              .connectsAfter(random.nextInt(8_000))
              .readyAfter(random.nextInt(25_000))
              .dotAfter(random.nextInt(2_000))
              .answersAfter(random.nextInt(40_000));
      switch (random.nextInt(6)) {
        case 0 -> remote.fails(Kind.values()[random.nextInt(5)], 451, "4.4.1", "mx: no");
        case 1 -> remote.failsOnce(Kind.PUSHED_BACK, 421, "4.3.2", "mx: too many");
        case 2 -> remote.turnsAwayOnce(FakeRemotes.pushedBack(Stage.DATA));
        case 3 -> remote.connectsAfter(60_000);
        default -> remote.connectsAfter(10).readyAfter(10).answersAfter(300);
      }
    }
    for (int i = 0; i < 60; i++) {
      String[] addresses =
          IntStream.rangeClosed(0, random.nextInt(5))
              .mapToObj(k -> "@d" + random.nextInt(8) + ".test")
              .distinct()
              .toArray(String[]::new);
      int number = i;
      for (int k = 0; k < addresses.length; k++) {
        addresses[k] = "m" + number + addresses[k];
      }
      Optional<String> queueId = random.nextBoolean() ? Relay.FRESH : Relay.OLD;
      relay.simulation.at(
          Duration.ofMillis(random.nextInt(90_000)),
          () -> relay.simulation.execute(() -> relay.send(queueId, addresses)));
    }
    if (random.nextInt(4) == 0) {
      relay.simulation.at(
          Duration.ofMillis(random.nextInt(90_000)), () -> relay.client.gone = true);
    }
    if (random.nextInt(4) == 0) {
      relay.simulation.at(Duration.ofMillis(random.nextInt(90_000)), relay.factory::abortBeforeDot);
    }
    relay.end();
    assertThat(relay.sent).hasSize(60);
    assertThat(relay.factory.counts()).isEqualTo(new DeliveryCounts(0, 0, 0, 0));
  }
}
