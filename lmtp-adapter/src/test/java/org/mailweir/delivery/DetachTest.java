package org.mailweir.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.core.Outcome;
import org.mailweir.delivery.World.Told;
import org.mailweir.message.Reply;
import org.mailweir.smtp.ConnectFailure.Kind;

/** Attempts that go on without their client. */
@Timeout(30)
class DetachTest {
  private World world = new World();

  @AfterEach
  void nothingIsLeft() {
    world.assertNothingLeft();
  }

  @Test
  void freesTheClientAfterFiveSecondsWithoutConnection() {
    world.remotes.at("a.test").connectsAfter(60_000);
    assertThat(world.send("u@a.test"))
        .containsExactly(
            new Told(
                new Reply(
                    451,
                    "4.4.1",
                    "a.test: connection not established within 5 s; the attempt goes on as a"
                        + " probe"),
                Duration.ofSeconds(5)));
    assertThat(world.gate.permits.get(0).detached).isTrue();
    assertThat(world.factory.counts()).isEqualTo(new DeliveryCounts(0, 0, 0, 1));
  }

  @Test
  void sendsNothingWhenItIsReadyLater() {
    world.remotes.at("a.test").connectsAfter(30_000);
    world.send("u@a.test");
    world.simulation.runUntil(Duration.ofSeconds(40));
    assertThat(world.gate.outcomes("a.test")).containsExactly(Outcome.READY);
    assertThat(world.gate.permits.get(0).settledAfter).isEqualTo(Duration.ofMillis(30_030));
    assertThat(world.remotes.mails).isEmpty();
    assertThat(world.remotes.released).isEqualTo(1);
  }

  @Test
  void teachesTheGateWhenItFailsLater() {
    world.remotes.at("a.test").connectsAfter(60_000).fails(Kind.UNREACHABLE, 451, "4.4.1", "dead");
    world.send("u@a.test");
    world.simulation.runUntil(Duration.ofSeconds(70));
    assertThat(world.gate.outcomes("a.test")).containsExactly(Outcome.UNREACHABLE);
    assertThat(world.gate.permits.get(0).detail).isEqualTo("dead");
  }

  @Test
  void isNotTriedAgainWhenItIsTurnedAwayLater() {
    world.remotes.at("a.test").connectsAfter(9_000).fails(Kind.PUSHED_BACK, 421, "4.3.2", "busy");
    world.send("u@a.test");
    world.simulation.runUntil(Duration.ofSeconds(20));
    assertThat(world.gate.outcomes("a.test")).containsExactly(Outcome.PUSHED_BACK);
    assertThat(world.gate.asks).hasSize(1);
  }

  @Test
  void waitsTwentySecondsForAConnectedOneToBeReady() {
    world.remotes.at("a.test").connectsAfter(4_000).readyAfter(60_000);
    List<Told> told = world.send("u@a.test");
    assertThat(told.get(0).at()).isEqualTo(Duration.ofSeconds(20));
    assertThat(told.get(0).reply().text())
        .isEqualTo(
            "a.test: connected, but not ready for mail within 20 s; the attempt goes on as a"
                + " probe");
  }

  @Test
  void deliversOverAConnectionThatIsReadyJustInTime() {
    world.remotes.at("a.test").connectsAfter(4_999).readyAfter(15_000);
    assertThat(world.send("u@a.test").get(0).code()).isEqualTo(250);
  }

  @Test
  void givesUpAnAttemptThatMayNotGoOn() {
    world.gate.mayDetach = false;
    world.remotes.at("a.test").connectsAfter(60_000);
    List<Told> told = world.send("u@a.test");
    assertThat(told.get(0).reply().text()).endsWith("; given up, too many such attempts");
    world.simulation.runUntil(Duration.ofSeconds(6));
    assertThat(world.remotes.aborted).isEqualTo(1);
    assertThat(world.simulation.running()).isZero();
  }

  @Test
  void countsTheHoldFromTheTurnNotFromTheDot() {
    world.gate.letsWait("b.test");
    world.remotes.at("b.test").connectsAfter(60_000);
    world.simulation.at(Duration.ofSeconds(11), () -> world.gate.grant("b.test"));
    assertThat(world.send("u@a.test", "v@b.test").get(1).at()).isEqualTo(Duration.ofSeconds(16));
  }

  @Test
  void keepsTheHoldThatWasSet() {
    world = new World(DeliverySettings.standard().withHold(Duration.ofMillis(2500)));
    world.remotes.at("a.test").connectsAfter(60_000);
    world.remotes.at("b.test").readyAfter(60_000);
    List<Told> told = world.send("u@a.test", "v@b.test");
    assertThat(told.get(0).at()).isEqualTo(Duration.ofMillis(2500));
    assertThat(told.get(1).at()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void endsWhatIsDetachedWhenTheProgramStops() {
    world.remotes.at("a.test").connectsAfter(60_000);
    world.send("u@a.test");
    world.factory.abortBeforeDot();
    world.simulation.runUntil(Duration.ofSeconds(6));
    assertThat(world.simulation.running()).isZero();
  }

  @Test
  void neverSendsWhenReadyAndDetachFallTogether() {
    List<Integer> sent = new ArrayList<>();
    for (long connect = 4_998; connect <= 5_002; connect++) {
      World each = new World();
      each.remotes.at("a.test").connectsAfter(connect).readyAfter(0);
      Told told = each.send("u@a.test").get(0);
      each.assertNothingLeft();
      assertThat(told.code()).isEqualTo(each.remotes.dots.isEmpty() ? 451 : 250);
      sent.add(each.remotes.mails.size());
    }
    assertThat(sent).startsWith(1, 1).endsWith(0, 0);
  }
}
