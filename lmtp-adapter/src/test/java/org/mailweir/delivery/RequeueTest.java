package org.mailweir.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mailweir.delivery.FakeRemotes.pushedBack;
import static org.mailweir.delivery.FakeRemotes.result;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mailweir.core.Outcome;
import org.mailweir.core.Refusal;
import org.mailweir.core.Refusal.Reason;
import org.mailweir.delivery.World.Told;
import org.mailweir.message.Reply;
import org.mailweir.smtp.ConnectFailure.Kind;
import org.mailweir.smtp.SmtpResult.Stage;

/** Destinations that turn a message away before anything of it was taken. */
@Timeout(30)
class RequeueTest {
  private final World world = new World();

  @AfterEach
  void nothingIsLeft() {
    world.assertNothingLeft();
  }

  @Test
  void triesAgainAfterA421AtTheBanner() {
    world.remotes.at("a.test").failsOnce(Kind.PUSHED_BACK, 421, "4.3.2", "mx: too many");
    assertThat(world.send("u@a.test").get(0).code()).isEqualTo(250);
    assertThat(world.gate.outcomes("a.test"))
        .containsExactly(Outcome.PUSHED_BACK, Outcome.DELIVERED);
    assertThat(world.gate.permits.get(0).requeued).isTrue();
    assertThat(world.gate.permits.get(0).detail).isEqualTo("mx: too many");
    assertThat(world.remotes.dots).containsExactly("u@a.test");
  }

  @ParameterizedTest
  @EnumSource(names = {"MAIL", "RCPT", "DATA"})
  void triesAgainAfterA421BeforeTheDot(Stage stage) {
    world.remotes.at("a.test").turnsAwayOnce(pushedBack(stage));
    List<Told> told = world.send("u@a.test", "v@a.test");
    assertThat(told).extracting(Told::code).containsExactly(250, 250);
    assertThat(world.remotes.mails).containsExactly("a.test", "a.test");
    assertThat(world.remotes.dots).containsExactly("u@a.test", "v@a.test");
  }

  @Test
  void doesNotTryAgainAfterA421ToTheDot() {
    world.remotes.at("a.test").answers(pushedBack(Stage.DOT));
    assertThat(world.send("u@a.test").get(0).reply())
        .isEqualTo(new Reply(451, "4.7.0", "mx: go away"));
    assertThat(world.gate.outcomes("a.test")).containsExactly(Outcome.PUSHED_BACK);
  }

  @Test
  void reportsTheResultsAsTheyAreIfSomeAreFinal() {
    world
        .remotes
        .at("a.test")
        .answersEarly("u@a.test", result(Stage.RCPT, 550, "5.1.1", "no such user"))
        .answersEarly("v@a.test", pushedBack(Stage.RCPT))
        .answersEarly("w@a.test", pushedBack(Stage.RCPT));
    List<Told> told = world.send("u@a.test", "v@a.test", "w@a.test");
    assertThat(told).extracting(Told::code).containsExactly(550, 451, 451);
    assertThat(world.gate.outcomes("a.test")).containsExactly(Outcome.PUSHED_BACK);
    assertThat(world.gate.permits.get(0).requeued).isFalse();
    assertThat(world.remotes.mails).hasSize(1);
  }

  @Test
  void givesTheRemotesWordsWhenTheGateEndsIt() {
    world.remotes.at("a.test").fails(Kind.PUSHED_BACK, 421, "4.3.2", "mx: too many");
    assertThat(world.send("u@a.test").get(0).reply())
        .isEqualTo(new Reply(451, "4.3.2", "mx: too many"));
    assertThat(world.gate.outcomes("a.test")).hasSize(6).containsOnly(Outcome.PUSHED_BACK);
    assertThat(world.remotes.connects).hasSize(6);
  }

  @Test
  void waitsForItsNextTurnWithTheRestOfThePatience() {
    world.remotes.at("a.test").failsOnce(Kind.PUSHED_BACK, 421, "4.3.2", "mx: too many");
    world.simulation.at(Duration.ZERO, () -> world.gate.letsWait("a.test"));
    world.simulation.at(Duration.ofSeconds(9), () -> world.gate.grant("a.test"));
    assertThat(world.send("u@a.test").get(0).at()).isEqualTo(Duration.ofMillis(9_200));
    assertThat(world.gate.asks.get(1).patience()).isEqualTo(Duration.ofMillis(29_980));
  }

  @Test
  void hasFiveSecondsAtLeastForItsNextTurn() {
    world.gate.letsWait("b.test");
    world.remotes.at("b.test").failsOnce(Kind.PUSHED_BACK, 421, "4.3.2", "mx: too many");
    world.simulation.at(Duration.ofSeconds(29), () -> world.gate.grant("b.test"));
    List<Told> told = world.send("u@a.test", "v@b.test");
    assertThat(world.gate.asks.get(2).patience()).isEqualTo(Duration.ofSeconds(5));
    assertThat(told.get(1).at()).isEqualTo(Duration.ofMillis(34_020));
    assertThat(told.get(1).reply().text()).isEqualTo("mx: too many");
  }

  @Test
  void ordersRepliesBehindAMessageThatIsTriedAgain() {
    world.remotes.at("a.test").failsOnce(Kind.PUSHED_BACK, 421, "4.3.2", "mx: too many");
    List<Told> told = world.send("u@a.test", "v@b.test");
    assertThat(told).extracting(Told::at).containsOnly(Duration.ofMillis(220));
  }

  @Test
  void endsWhenTheDestinationIsSuspendedMeanwhile() {
    world.remotes.at("a.test").failsOnce(Kind.PUSHED_BACK, 421, "4.3.2", "mx: too many");
    world.simulation.at(
        Duration.ZERO,
        () -> world.gate.refuses("a.test", new Refusal(Reason.SUSPENDED, Refusal.NO_HINT, "")));
    assertThat(world.send("u@a.test").get(0).reply().text()).isEqualTo("mx: too many");
  }
}
