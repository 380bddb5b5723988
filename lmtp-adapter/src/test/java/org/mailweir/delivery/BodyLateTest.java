package org.mailweir.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.core.Outcome;
import org.mailweir.core.Refusal;
import org.mailweir.core.Refusal.Reason;
import org.mailweir.delivery.World.Told;
import org.mailweir.lmtp.MailTransaction;

/** Bodies that are slow to arrive. */
@Timeout(30)
class BodyLateTest {
  private final World world = new World();
  private final MailTransaction transaction = world.begin();

  @AfterEach
  void nothingIsLeft() {
    transaction.close();
    world.assertNothingLeft();
  }

  private void bodyTakes(long seconds) {
    world.simulation.runUntil(Duration.ofSeconds(1));
    transaction.bodyLate();
    world.simulation.runUntil(Duration.ofSeconds(seconds));
  }

  @Test
  void holdsNoWindowForASlowClient() {
    world.admit(transaction, "u@a.test", "v@b.test");
    bodyTakes(10);
    assertThat(world.gate.unsettled()).isZero();
    assertThat(world.gate.outcomes("a.test")).containsExactly(Outcome.UNKNOWN);
  }

  @Test
  void asksAgainWhenTheBodyIsThere() {
    world.admit(transaction, "u@a.test", "v@b.test");
    bodyTakes(10);
    List<Told> told = world.deliver(transaction);
    assertThat(told).extracting(Told::code).containsExactly(250, 250);
    assertThat(world.gate.asks("a.test").get(1).patience()).isEqualTo(Duration.ofSeconds(20));
    assertThat(world.gate.outcomes("a.test")).containsExactly(Outcome.UNKNOWN, Outcome.DELIVERED);
  }

  @Test
  void waitsFiveSecondsMoreAtLeast() {
    world.admit(transaction, "u@a.test");
    bodyTakes(200);
    world.gate.letsWait("a.test");
    world.simulation.at(Duration.ofSeconds(204), () -> world.gate.grant("a.test"));
    assertThat(world.deliver(transaction)).extracting(Told::code).containsExactly(250);
    assertThat(world.gate.asks.get(1).patience()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void answersAfterTheDotIfItIsRefusedThen() {
    world.admit(transaction, "u@a.test", "v@b.test");
    bodyTakes(10);
    world.gate.refuses("a.test", new Refusal(Reason.SUSPENDED, Refusal.NO_HINT, "dead"));
    List<Told> told = world.deliver(transaction);
    assertThat(told).extracting(Told::code).containsExactly(451, 250);
    assertThat(told.get(0).reply().text()).isEqualTo("a.test suspended: dead; its probe is due");
  }

  @Test
  void letsATurnPassThatComesBeforeTheBody() {
    world.gate.letsWait("busy.test");
    world.admit(transaction, "u@a.test", "v@busy.test");
    world.simulation.at(
        Duration.ofSeconds(5),
        () -> {
          world.gate.grant("busy.test");
          world.gate.grantsAtOnce("busy.test");
        });
    bodyTakes(10);
    assertThat(world.gate.unsettled()).isZero();
    assertThat(world.deliver(transaction)).extracting(Told::code).containsExactly(250, 250);
    assertThat(world.gate.asks("busy.test")).hasSize(2);
  }

  @Test
  void takesATurnThatComesBeforeTheBodyIfThatIsNotLate() {
    world.gate.letsWait("busy.test");
    world.admit(transaction, "u@a.test", "v@busy.test");
    world.simulation.at(Duration.ofMillis(500), () -> world.gate.grant("busy.test"));
    world.simulation.runUntil(Duration.ofMillis(900));
    assertThat(world.deliver(transaction)).extracting(Told::code).containsExactly(250, 250);
    assertThat(world.gate.asks).hasSize(2);
  }

  @Test
  void goesOnWaitingOverALateBody() {
    world.gate.letsWait("busy.test");
    world.admit(transaction, "u@a.test", "v@busy.test");
    bodyTakes(3);
    world.simulation.at(Duration.ofSeconds(6), () -> world.gate.grant("busy.test"));
    assertThat(world.deliver(transaction)).extracting(Told::code).containsExactly(250, 250);
    assertThat(world.gate.asks("busy.test")).hasSize(1);
  }

  @Test
  void asksNothingMoreIfTheBodyNeverComes() {
    world.admit(transaction, "u@a.test");
    bodyTakes(10);
    transaction.close();
    assertThat(world.gate.asks).hasSize(1);
    assertThat(world.remotes.connects).isEmpty();
  }
}
