package org.mailweir.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.core.Outcome;
import org.mailweir.lmtp.MailTransaction;
import org.mailweir.smtp.ConnectFailure.Kind;

/** Clients that leave after the dot. */
@Timeout(30)
class ClientGoneTest {
  private final World world = new World();

  @AfterEach
  void nothingIsLeft() {
    world.assertNothingLeft();
  }

  private void leavesAfter(long millis) {
    world.simulation.at(Duration.ofMillis(millis), () -> world.client.gone = true);
  }

  @Test
  void cancelsWhatHasNotBegun() {
    world.gate.letsWait("busy.test");
    world.remotes.at("a.test").connectsAfter(3000);
    leavesAfter(1500);
    MailTransaction transaction = world.begin();
    world.admit(transaction, "u@busy.test", "v@a.test");
    assertThat(world.deliver(transaction)).isEmpty();
    assertThat(world.simulation.elapsed()).isEqualTo(Duration.ofSeconds(2));
    transaction.close();
    assertThat(world.remotes.connects).containsExactly("a.test");
  }

  @Test
  void endsAnAttemptThatConnects() {
    world.remotes.at("a.test").connectsAfter(3000);
    leavesAfter(0);
    assertThat(world.send("u@a.test")).isEmpty();
    assertThat(world.simulation.elapsed()).isEqualTo(Duration.ofSeconds(1));
    world.simulation.runUntil(Duration.ofSeconds(1));
    assertThat(world.remotes.aborted).isEqualTo(1);
    assertThat(world.gate.permits.get(0).detached).isFalse();
  }

  @Test
  void abortsATransmissionBeforeItsDot() {
    world.remotes.at("a.test").dotAfter(10_000);
    leavesAfter(0);
    assertThat(world.send("u@a.test")).isEmpty();
    world.simulation.runUntil(Duration.ofSeconds(2));
    assertThat(world.remotes.dots).isEmpty();
    assertThat(world.gate.outcomes("a.test")).containsExactly(Outcome.UNKNOWN);
  }

  @Test
  void givesNoLeaveForTheDotOnceItIsGivenUp() {
    world.remotes.at("a.test").dotAfter(10_000).noticesNoAbort();
    leavesAfter(0);
    assertThat(world.send("u@a.test")).isEmpty();
    world.simulation.runUntil(Duration.ofSeconds(20));
    assertThat(world.remotes.mails).containsExactly("a.test");
    assertThat(world.remotes.dots).isEmpty();
  }

  @Test
  void waitsForWhatIsPastItsDotSoThatTheGateLearns() {
    world.remotes.at("a.test").answersAfter(10_000);
    world.remotes.at("b.test").dotAfter(10_000);
    leavesAfter(0);
    assertThat(world.send("u@a.test", "v@b.test")).isEmpty();
    assertThat(world.simulation.elapsed()).isEqualTo(Duration.ofMillis(10_100));
    assertThat(world.remotes.dots).containsExactly("u@a.test");
    assertThat(world.gate.outcomes("a.test")).containsExactly(Outcome.DELIVERED);
  }

  @Test
  void doesNotTryAgainForAClientThatHasGone() {
    world.gate.letsWait("busy.test");
    world.remotes.at("a.test").connectsAfter(500).failsOnce(Kind.PUSHED_BACK, 421, "4.3.2", "busy");
    world.simulation.at(Duration.ofMillis(100), () -> world.gate.letsWait("a.test"));
    leavesAfter(700);
    assertThat(world.send("u@a.test", "v@busy.test")).isEmpty();
    assertThat(world.remotes.connects).containsExactly("a.test");
    assertThat(world.gate.isWaitedFor("busy.test")).isFalse();
    world.gate.grant("a.test");
  }

  @Test
  void asksTheClientOnceASecond() {
    world.remotes.at("a.test").answersAfter(9_950);
    world.send("u@a.test");
    assertThat(world.client.asked).isEqualTo(10);
  }
}
