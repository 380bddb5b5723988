package org.mailweir.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.delivery.World.Told;
import org.mailweir.lmtp.MailTransaction;
import org.mailweir.message.Reply;

/** The stop of the program. */
@Timeout(30)
class StopTest {
  private static final Reply SHUTTING_DOWN =
      new Reply(451, "4.3.2", "shutting down, try again shortly");

  private final World world = new World();

  @AfterEach
  void nothingIsLeft() {
    world.assertNothingLeft();
  }

  @Test
  void refusesNewRecipients() {
    world.factory.stop();
    try (MailTransaction transaction = world.begin()) {
      assertThat(world.admit(transaction, "u@a.test", "v@b.test"))
          .containsExactly(SHUTTING_DOWN, SHUTTING_DOWN);
    }
    assertThat(world.gate.asks).isEmpty();
  }

  @Test
  void answersAtOnceWhoWaitsAtRcpt() {
    world.gate.letsWait("a.test");
    world.simulation.at(Duration.ofMillis(2_345), world.factory::stop);
    try (MailTransaction transaction = world.begin()) {
      assertThat(world.admit(transaction, "u@a.test")).containsExactly(SHUTTING_DOWN);
    }
    assertThat(world.simulation.elapsed()).isEqualTo(Duration.ofMillis(2_345));
  }

  @Test
  void letsDeliveriesInFlightEnd() {
    world.remotes.at("a.test").dotAfter(5_000);
    world.simulation.at(Duration.ofSeconds(1), world.factory::stop);
    assertThat(world.send("u@a.test").get(0).code()).isEqualTo(250);
  }

  @Test
  void abortsWhatIsNotPastItsDotWhenTheGraceIsOver() {
    world.gate.letsWait("busy.test");
    world.remotes.at("a.test").dotAfter(60_000);
    world.remotes.at("b.test").connectsAfter(4_900).readyAfter(15_000);
    world.remotes.at("c.test").answersAfter(30_000);
    world.simulation.at(Duration.ofSeconds(1), world.factory::stop);
    world.simulation.at(Duration.ofSeconds(11), world.factory::abortBeforeDot);
    List<Told> told = world.send("u@busy.test", "v@a.test", "w@b.test", "x@c.test");
    assertThat(told).extracting(Told::code).containsExactly(451, 451, 451, 250);
    assertThat(told.get(0)).isEqualTo(new Told(SHUTTING_DOWN, Duration.ofSeconds(11)));
    assertThat(told.get(3).at()).isEqualTo(Duration.ofMillis(30_100));
    assertThat(world.remotes.dots).containsExactly("x@c.test");
  }

  @Test
  void beginsNothingForABodyThatComesAfterTheGrace() {
    try (MailTransaction transaction = world.begin()) {
      world.admit(transaction, "u@a.test");
      world.factory.abortBeforeDot();
      assertThat(world.deliver(transaction))
          .containsExactly(new Told(SHUTTING_DOWN, Duration.ZERO));
    }
    world.assertNothingLeft();
    assertThat(world.remotes.mails).isEmpty();
  }

  @Test
  void countsWhatIsUnderWay() {
    world.remotes.at("a.test").dotAfter(10_000);
    world.remotes.at("b.test").answersAfter(10_000);
    world.remotes.at("c.test").connectsAfter(60_000);
    world.simulation.at(
        Duration.ofSeconds(6),
        () -> assertThat(world.factory.counts()).isEqualTo(new DeliveryCounts(2, 2, 1, 1)));
    MailTransaction idle = world.begin();
    world.send("u@a.test", "v@b.test", "w@c.test");
    idle.close();
  }

  @Test
  void waitsForAttemptsThatHaveNotToldTheGateYet() throws InterruptedException {
    world.remotes.at("a.test").answersAfter(10_000);
    AtomicBoolean allHad = new AtomicBoolean(true);
    world.simulation.at(
        Duration.ofSeconds(6),
        () -> {
          try {
            allHad.set(world.factory.awaitDeliveries(Duration.ZERO));
          } catch (InterruptedException hurry) {
            throw new AssertionError(hurry);
          }
        });
    world.send("u@a.test");
    assertThat(allHad).isFalse();
    assertThat(world.factory.awaitDeliveries(Duration.ofSeconds(10))).isTrue();
  }
}
