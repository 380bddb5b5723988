package org.mailweir.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mailweir.delivery.FakeRemotes.lost;
import static org.mailweir.delivery.FakeRemotes.result;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.core.Outcome;
import org.mailweir.core.Refusal;
import org.mailweir.core.Refusal.Reason;
import org.mailweir.delivery.World.Told;
import org.mailweir.lmtp.MailTransaction;
import org.mailweir.message.Reply;
import org.mailweir.smtp.ConnectFailure.Kind;
import org.mailweir.smtp.SmtpResult;
import org.mailweir.smtp.SmtpResult.Stage;

/** What is answered after the dot, and what the gate learns. */
@Timeout(30)
class DeliveryTest {
  private final World world = new World();

  @AfterEach
  void nothingIsLeft() {
    world.assertNothingLeft();
  }

  private static Duration millis(long millis) {
    return Duration.ofMillis(millis);
  }

  private static List<Integer> codes(List<Told> told) {
    return told.stream().map(Told::code).toList();
  }

  private static List<Duration> times(List<Told> told) {
    return told.stream().map(Told::at).toList();
  }

  @Test
  void deliversAndPassesTheRemotesWordsOn() {
    assertThat(world.send("u@a.test"))
        .containsExactly(new Told(new Reply(250, "2.0.0", "taken"), millis(200)));
    assertThat(world.remotes.dots).containsExactly("u@a.test");
    assertThat(world.gate.outcomes("a.test")).containsExactly(Outcome.DELIVERED);
    assertThat(world.gate.permits.get(0).ready).isTrue();
    assertThat(world.remotes.released).isEqualTo(1);
  }

  @Test
  void answersInOrderOfAcceptanceAsSoonAsKnown() {
    world.remotes.at("slow.test").answersAfter(4000);
    assertThat(times(world.send("u@a.test", "v@slow.test", "w@b.test")))
        .containsExactly(millis(200), millis(4100), millis(4100));
  }

  @Test
  void keepsTheOrderWithMixedResultsAndRefusals() {
    world.gate.refuses("dead.test", new Refusal(Reason.SUSPENDED, Refusal.NO_HINT, ""));
    world
        .remotes
        .at("a.test")
        .answersEarly("no@a.test", result(Stage.RCPT, 550, "5.1.1", "no such user"))
        .answersEarly("grey@a.test", result(Stage.RCPT, 450, "4.2.0", "greylisted"));
    MailTransaction transaction = world.begin();
    List<Reply> replies =
        world.admit(transaction, "u@a.test", "x@dead.test", "no@a.test", "v@b.test", "grey@a.test");
    assertThat(World.codes(replies)).containsExactly(250, 451, 250, 250, 250);
    assertThat(codes(world.deliver(transaction))).containsExactly(250, 550, 250, 450);
    transaction.close();
    assertThat(world.remotes.dots).containsExactlyInAnyOrder("u@a.test", "v@b.test");
  }

  @Test
  void deliversABusyDestinationBehindTheBodyWhenItsTurnComes() {
    world.gate.letsWait("busy.test");
    world.simulation.at(Duration.ofSeconds(7), () -> world.gate.grant("busy.test"));
    List<Told> told = world.send("u@busy.test", "v@a.test");
    assertThat(codes(told)).containsExactly(250, 250);
    assertThat(times(told)).containsExactly(millis(7200), millis(7200));
    assertThat(world.remotes.connects).containsExactly("a.test", "busy.test");
  }

  @Test
  void answersABusyDestinationWhoseTurnDoesNotCome() {
    world.gate.letsWait("busy.test");
    List<Told> told = world.send("u@a.test", "v@busy.test");
    assertThat(codes(told)).containsExactly(250, 451);
    assertThat(times(told)).containsExactly(millis(200), Duration.ofSeconds(30));
    assertThat(told.get(1).reply().text()).contains("no turn came within 30 s");
  }

  @Test
  void holdsNoThreadWhileItWaitsForATurn() {
    world.gate.letsWait("b.test", "c.test", "d.test");
    List<Integer> threads = new ArrayList<>();
    world.simulation.at(Duration.ofSeconds(3), () -> threads.add(world.simulation.running()));
    world.send("u@a.test", "v@b.test", "w@c.test", "x@d.test");
    assertThat(threads).containsExactly(0);
  }

  @Test
  void answersTheHealthyOfAGroupWhileTheDeadOnesHang() {
    String[] addresses =
        IntStream.range(0, 50).mapToObj(i -> "u@d" + i + ".test").toArray(String[]::new);
    for (int dead = 40; dead < 45; dead++) {
      world.remotes.at("d" + dead + ".test").connectsAfter(60_000);
    }
    List<Told> told = world.send(addresses);
    assertThat(times(told.subList(0, 40))).containsOnly(millis(200));
    assertThat(times(told.subList(40, 50))).containsOnly(Duration.ofSeconds(5));
    assertThat(codes(told.subList(40, 45))).containsOnly(451);
    assertThat(codes(told.subList(45, 50))).containsOnly(250);
    assertThat(world.remotes.dots).hasSize(45);
  }

  @Test
  void takesGreylistingForALife() {
    world.remotes.at("a.test").answersEarly("u@a.test", result(Stage.RCPT, 450, "4.2.0", "grey"));
    assertThat(world.send("u@a.test"))
        .containsExactly(new Told(new Reply(450, "4.2.0", "grey"), millis(50)));
    assertThat(world.gate.outcomes("a.test")).containsExactly(Outcome.DEFERRED);
  }

  @Test
  void takesARejectionForALife() {
    world.remotes.at("a.test").answers(result(Stage.DOT, 554, "5.7.1", "spam"));
    assertThat(codes(world.send("u@a.test", "v@a.test"))).containsExactly(554, 554);
    assertThat(world.gate.outcomes("a.test")).containsExactly(Outcome.REJECTED);
  }

  @Test
  void tellsTheGateThatLessIsAskedFor() {
    SmtpResult slower =
        new SmtpResult(Stage.DOT, true, new Reply(451, "4.7.1", "rate limit"), false, true);
    world.remotes.at("a.test").answers(slower);
    assertThat(codes(world.send("u@a.test"))).containsExactly(451);
    assertThat(world.gate.outcomes("a.test")).containsExactly(Outcome.THROTTLED);
  }

  @Test
  void learnsNothingFromALostConnection() {
    world.remotes.at("a.test").answers(lost(Stage.DOT));
    assertThat(codes(world.send("u@a.test"))).containsExactly(451);
    assertThat(world.gate.outcomes("a.test")).containsExactly(Outcome.UNKNOWN);
  }

  @Test
  void tellsTheGateWhyADestinationIsUnreachable() {
    world.remotes.at("a.test").fails(Kind.UNREACHABLE, 451, "4.4.1", "mx: Connection refused");
    assertThat(world.send("u@a.test").get(0).reply())
        .isEqualTo(new Reply(451, "4.4.1", "mx: Connection refused"));
    assertThat(world.gate.outcomes("a.test")).containsExactly(Outcome.UNREACHABLE);
    assertThat(world.gate.permits.get(0).detail).isEqualTo("mx: Connection refused");
    assertThat(world.gate.permits.get(0).ready).isFalse();
  }

  @Test
  void defersMailToAHostThatRefusesForGoodBeforeMail() {
    world.remotes.at("a.test").fails(Kind.UNREACHABLE, 554, "5.7.1", "mx: no service");
    assertThat(world.send("u@a.test").get(0).reply())
        .isEqualTo(new Reply(451, "4.4.1", "mx: no service"));
  }

  @Test
  void passesNoVerdictOnADestinationWhoseNameIsUnresolved() {
    world.remotes.at("a.test").fails(Kind.UNRESOLVED, 451, "4.4.3", "SERVFAIL");
    assertThat(codes(world.send("u@a.test"))).containsExactly(451);
    assertThat(world.gate.outcomes("a.test")).containsExactly(Outcome.UNRESOLVED);
  }

  @Test
  void bouncesMailToADomainThatTakesNone() {
    world.remotes.at("a.test").fails(Kind.PERMANENT, 556, "5.1.10", "null MX");
    assertThat(world.send("u@a.test").get(0).reply())
        .isEqualTo(new Reply(556, "5.1.10", "null MX"));
    assertThat(world.gate.outcomes("a.test")).containsExactly(Outcome.UNKNOWN);
  }

  @Test
  void abortsAtTheDeadlineWhatIsNotPastItsDot() {
    world.remotes.at("a.test").dotAfter(3_600_000);
    List<Told> told = world.send("u@a.test");
    assertThat(told.get(0).reply().status()).isEqualTo("4.4.2");
    assertThat(told.get(0).reply().text()).contains("not finished within 540 s");
    assertThat(times(told)).containsExactly(Duration.ofSeconds(540));
    assertThat(world.remotes.dots).isEmpty();
  }

  @Test
  void answersAtTheDeadlineWithoutKnowingPastTheDot() {
    world.remotes.at("a.test").answersAfter(3_600_000);
    List<Told> told = world.send("u@a.test");
    assertThat(codes(told)).containsExactly(451);
    assertThat(told.get(0).at()).isEqualTo(Duration.ofSeconds(540));
    assertThat(world.gate.outcomes("a.test")).containsExactly(Outcome.UNKNOWN);
  }

  @Test
  void givesTheConnectionBackBeforeThePermit() {
    List<Integer> openWhenSettled = new ArrayList<>();
    world.gate.onSettle = () -> openWhenSettled.add(world.remotes.open);
    world.remotes.at("b.test").answersAfter(3000);
    world.remotes.at("c.test").fails(Kind.UNREACHABLE, 451, "4.4.1", "dead");
    world.send("u@a.test", "v@b.test", "w@c.test");
    assertThat(openWhenSettled).containsExactly(2, 1, 0);
  }

  @Test
  void survivesADefectInTheTransmission() {
    world.remotes.at("a.test").throwsInSend();
    List<Told> told = world.send("u@a.test", "v@b.test");
    assertThat(codes(told)).containsExactly(451, 250);
    assertThat(told.get(0).reply().status()).isEqualTo("4.3.0");
    assertThat(world.gate.outcomes("a.test")).containsExactly(Outcome.UNKNOWN);
    assertThat(world.remotes.aborted).isEqualTo(1);
  }

  @Test
  void returnsAtOnceIfNothingWasAccepted() {
    world.gate.refuses("dead.test", new Refusal(Reason.SUSPENDED, Refusal.NO_HINT, ""));
    MailTransaction transaction = world.begin();
    world.admit(transaction, "u@dead.test");
    assertThat(world.deliver(transaction)).isEmpty();
    transaction.close();
  }
}
