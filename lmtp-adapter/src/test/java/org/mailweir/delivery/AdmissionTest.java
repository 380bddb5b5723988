package org.mailweir.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.core.Attempt;
import org.mailweir.core.Refusal;
import org.mailweir.core.Refusal.Reason;
import org.mailweir.lmtp.MailTransaction;
import org.mailweir.message.Reply;
import org.mailweir.message.Sender;

/** What is answered at RCPT. */
@Timeout(30)
class AdmissionTest {
  private static final Refusal SUSPENDED =
      new Refusal(Reason.SUSPENDED, Refusal.NO_HINT, "connect timed out");

  private final World world = new World();
  private final MailTransaction transaction = world.begin();

  @AfterEach
  void nothingIsLeft() {
    transaction.close();
    world.assertNothingLeft();
  }

  private List<Integer> admit(String... addresses) {
    return World.codes(world.admit(transaction, addresses));
  }

  @Test
  void acceptsAtOnceWhatTheGateGrants() {
    assertThat(world.admit(transaction, "u@a.test")).containsExactly(new Reply(250, "2.1.5", "Ok"));
    assertThat(world.simulation.elapsed()).isZero();
  }

  @Test
  void asksOncePerDestinationInOneTransactionOfTheGate() {
    assertThat(admit("u@a.test", "v@b.test", "w@a.test")).containsExactly(250, 250, 250);
    assertThat(admit("x@b.test", "y@c.test")).containsExactly(250, 250);
    assertThat(world.gate.asks).hasSize(3);
    assertThat(world.gate.transactions).isEqualTo(1);
  }

  @Test
  void refusesOnlyTheRecipientsOfARefusedDestination() {
    world.gate.refuses("dead.test", SUSPENDED);
    assertThat(admit("u@dead.test", "v@b.test", "w@dead.test")).containsExactly(451, 250, 451);
    assertThat(admit("x@dead.test")).containsExactly(451);
    assertThat(world.gate.asks("dead.test")).hasSize(1);
  }

  @Test
  void saysWhoWasRefusedAndWhy() {
    world.gate.refuses("dead.test", SUSPENDED);
    assertThat(world.admit(transaction, "u@dead.test"))
        .containsExactly(
            new Reply(451, "4.4.1", "dead.test suspended: connect timed out; its probe is due"));
  }

  @Test
  void acceptsBusyDestinationsIfOneHasATurn() {
    world.gate.letsWait("busy.test");
    world.gate.refuses("dead.test", SUSPENDED);
    assertThat(admit("u@busy.test", "v@dead.test", "w@b.test")).containsExactly(250, 451, 250);
    assertThat(world.simulation.elapsed()).isZero();
  }

  @Test
  void waitsAtRcptWhileNothingHasATurn() {
    world.gate.letsWait("a.test", "b.test");
    world.simulation.at(Duration.ofMillis(3400), () -> world.gate.grant("b.test"));
    assertThat(admit("u@a.test", "v@b.test")).containsExactly(250, 250);
    assertThat(world.simulation.elapsed()).isEqualTo(Duration.ofMillis(3400));
  }

  @Test
  void endsTheWaitWhenAllAreRefused() {
    world.gate.letsWait("a.test", "b.test");
    world.simulation.at(Duration.ofSeconds(2), () -> world.gate.refuse("a.test", SUSPENDED));
    world.simulation.at(Duration.ofSeconds(4), () -> world.gate.refuse("b.test", SUSPENDED));
    assertThat(admit("u@a.test", "v@b.test")).containsExactly(451, 451);
    assertThat(world.simulation.elapsed()).isEqualTo(Duration.ofSeconds(4));
  }

  @Test
  void waitsNoLongerThanThePatience() {
    world.gate.letsWait("a.test");
    assertThat(admit("u@a.test")).containsExactly(451);
    assertThat(world.simulation.elapsed()).isEqualTo(Duration.ofSeconds(30));
    assertThat(world.gate.asks.get(0).patience()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void givesLaterRecipientsTheRestOfThePatience() {
    world.gate.letsWait("a.test", "b.test");
    world.simulation.at(Duration.ofSeconds(12), () -> world.gate.refuse("a.test", SUSPENDED));
    admit("u@a.test");
    assertThat(admit("v@b.test")).containsExactly(451);
    assertThat(world.gate.asks.get(1).patience()).isEqualTo(Duration.ofSeconds(18));
    assertThat(world.simulation.elapsed()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void endsAWaitThatTheGateForgot() {
    world.gate.keepsPatience = false;
    world.gate.letsWait("a.test");
    assertThat(world.admit(transaction, "u@a.test"))
        .containsExactly(new Reply(451, "4.4.5", "a.test busy: no turn came within 30 s"));
    assertThat(world.simulation.elapsed()).isEqualTo(Duration.ofSeconds(35));
  }

  @Test
  void waitsLongerInALocalOutage() {
    world.gate.keepsPatience = false;
    world.gate.outage = true;
    world.gate.letsWait("a.test");
    world.simulation.at(Duration.ofSeconds(239), () -> world.gate.grant("a.test"));
    assertThat(admit("u@a.test")).containsExactly(250);
    assertThat(world.simulation.elapsed()).isEqualTo(Duration.ofSeconds(239));
  }

  @Test
  void leavesTheGateTimeToReleaseWhatItHeldInAnOutage() {
    world.gate.keepsPatience = false;
    world.gate.outage = true;
    world.gate.letsWait("a.test");
    world.simulation.at(Duration.ofMillis(100_500), () -> world.gate.outage = false);
    world.simulation.at(Duration.ofMillis(104_400), () -> world.gate.grant("a.test"));
    assertThat(admit("u@a.test")).containsExactly(250);
  }

  @Test
  void neverWaitsAsLongAsTheClientDoes() {
    world.gate.keepsPatience = false;
    world.gate.outage = true;
    world.gate.letsWait("a.test");
    assertThat(admit("u@a.test")).containsExactly(451);
    assertThat(world.simulation.elapsed()).isEqualTo(Duration.ofSeconds(280));
  }

  @Test
  void cancelsTheWaitOfAClientThatHasGone() {
    world.gate.letsWait("a.test", "b.test");
    world.simulation.at(Duration.ofMillis(4300), () -> world.client.gone = true);
    assertThat(admit("u@a.test", "v@b.test")).containsExactly(451, 451);
    assertThat(world.simulation.elapsed()).isEqualTo(Duration.ofSeconds(5));
    assertThat(world.client.asked).isEqualTo(5);
    assertThat(world.gate.closedTransactions).isEqualTo(1);
  }

  @Test
  void givesBackAPermitThatComesForAClientThatHasGone() {
    world.gate.letsWait("a.test");
    world.client.gone = true;
    admit("u@a.test");
    transaction.close();
    assertThat(world.gate.isWaitedFor("a.test")).isFalse();
    assertThat(world.remotes.connects).isEmpty();
  }

  @Test
  void tellsTheGateTheAgeFromTheQueueId() {
    MailTransaction old =
        world.factory.begin(
            new Sender("", -1, false, false),
            World.origin(Optional.of("4bVcQ45xllz1SCKT"))); // months ago
    world.admit(old, "u@a.test");
    old.close();
    assertThat(world.gate.asks.get(0).attempt()).isEqualTo(Attempt.RETRIED);
    admit("v@b.test");
    assertThat(world.gate.asks.get(1).attempt()).isEqualTo(Attempt.UNKNOWN);
  }

  @Test
  void settlesPermitsOfATransactionThatIsReset() {
    world.gate.letsWait("b.test");
    admit("u@a.test", "v@b.test");
    transaction.close();
    assertThat(world.gate.unsettled()).isZero();
    assertThat(world.gate.isWaitedFor("b.test")).isFalse();
  }
}
