package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * The backlog, where destinations have rates or are suspended by hand: it is told, and does not
 * ask.
 */
class BacklogLimitsTest {
  private final BacklogHarness mail =
      BacklogHarness.of(
          GateHarness.with(
              b ->
                  b.rate(
                      to ->
                          to.startsWith("slow")
                              ? Optional.of(Rate.evenly(20, Duration.ofMinutes(1)))
                              : Optional.empty())),
          builder -> {});

  private List<String> sent() {
    var sent = mail.all();
    sent.forEach(mail::deliver);
    return BacklogHarness.messages(sent);
  }

  @Test
  void handsMailOutAtTheRateOfItsDestination() {
    for (int i = 0; i < 5; i++) {
      mail.submit("slow.test", "m" + i);
    }
    assertThat(sent()).containsExactly("m0");
    assertThat(sent()).isEmpty();
    long refusals = mail.refusals();
    for (int i = 1; i < 5; i++) {
      mail.advance(Duration.ofMillis(2980));
      assertThat(sent()).isEmpty();
      mail.advance(Duration.ofMillis(40));
      assertThat(sent()).containsExactly("m" + i);
    }
    assertThat(mail.refusals() - refusals).as("asks in vain, not once a poll").isLessThan(12);
  }

  @Test
  void keepsMailWhileItsDestinationIsSuspendedByHand() {
    mail.gate.gate.suspend(BacklogHarness.LIVE, Duration.ofHours(1), "asked to stop");
    mail.submit(BacklogHarness.LIVE, "one");
    assertThat(sent()).isEmpty();
    mail.advance(Duration.ofSeconds(10));
    assertThat(sent()).isEmpty();
    mail.gate.gate.resume(BacklogHarness.LIVE);
    assertThat(sent()).containsExactly("one");
  }
}
