package org.mailweir.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.core.Outcome;

/** What becomes of an attempt that ends at none of its deadlines. */
@Timeout(30)
class StuckTest {
  private final World world = new World();

  @AfterEach
  void nothingIsLeft() {
    world.assertNothingLeft();
  }

  @Test
  void anAttemptBeyondAllDeadlinesGivesItsPermitBack() {
    world.remotes.at("a.test").connectsAfter(2_000_000).noticesNoAbort();
    assertThat(world.send("u@a.test").get(0).code()).isEqualTo(451);
    assertThat(world.factory.counts().detached()).isEqualTo(1);
    world.simulation.runUntil(Duration.ofMinutes(23));
    assertThat(world.factory.watch()).as("not stuck yet").isZero();
    assertThat(world.gate.unsettled()).isEqualTo(1);

    world.simulation.runUntil(Duration.ofMinutes(25));
    assertThat(world.factory.watch()).isEqualTo(1);
    assertThat(world.gate.outcomes("a.test")).containsExactly(Outcome.UNKNOWN);
    assertThat(world.factory.counts()).isEqualTo(new DeliveryCounts(0, 0, 0, 0));
    assertThat(world.factory.watch()).isZero();
    world.simulation.runUntil(Duration.ofSeconds(2_100)); // its thread ends in the end
  }

  @Test
  void deliveriesWithinTheirDeadlinesAreLeftAlone() {
    world.remotes.at("a.test").answersAfter(500_000);
    world.simulation.at(Duration.ofSeconds(400), () -> assertThat(world.factory.watch()).isZero());
    assertThat(world.send("u@a.test").get(0).code()).isEqualTo(250);
  }
}
