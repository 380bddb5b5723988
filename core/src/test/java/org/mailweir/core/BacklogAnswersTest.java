package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mailweir.core.BacklogHarness.DEAD;
import static org.mailweir.core.BacklogHarness.LIVE;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.core.Refusal.Reason;

/** What the gate's answers and its bell do, step by step. */
class BacklogAnswersTest {
  private static final Refusal FULL = AdmissionRules.refusal(Reason.LONG_WAIT);
  private static final Refusal CLIENTS = AdmissionRules.refusal(Reason.CLIENTS);

  private final BacklogHarness mail = BacklogHarness.start();
  private final BacklogStock<String, String> stock = mail.backlog.stock;

  private BacklogLane<String, String> asking(String destination) {
    BacklogLane<String, String> lane = stock.nextLane();
    assertThat(lane).isNotNull();
    assertThat(lane.site.destination).isEqualTo(destination);
    return lane;
  }

  @Test
  void bothLanesOfASiteAreParkedByTheRefusalOfOne() {
    mail.submit(LIVE, "fresh");
    mail.defer(LIVE, "old", Duration.ZERO);
    BacklogLane<String, String> fresh = asking(LIVE);
    stock.park(fresh, FULL);
    mail.backlog.assertConsistent();
    assertThat(stock.hasWork()).isFalse();
    mail.backlog.told(fresh.site);
    assertThat(BacklogHarness.messages(mail.all())).containsExactlyInAnyOrder("fresh", "old");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void mailThatIsShutOutAsksAgainWhenItsDestinationIsToldOf(boolean isFresh) {
    if (isFresh) {
      mail.submit(LIVE, "m");
    } else {
      mail.defer(LIVE, "m", Duration.ZERO);
    }
    mail.submit("other.test", "n");
    BacklogLane<String, String> lane = asking(isFresh ? LIVE : "other.test");
    BacklogLane<String, String> next = asking(isFresh ? "other.test" : LIVE);
    stock.shutOut(lane, CLIENTS, false, 0);
    stock.shutOut(next, CLIENTS, false, 0);
    mail.backlog.told((isFresh ? lane : next).site);
    mail.backlog.assertConsistent();
    assertThat(mail.backlog.stats().shutOut()).isOne();
    mail.permitted("m").close();
  }

  @Test
  void aDestinationThatIsToldOfKeepsItsTurn() {
    for (String destination : List.of("a.test", "b.test")) {
      mail.defer(destination, "retried " + destination, Duration.ZERO);
      mail.submit(destination, "fresh " + destination);
    }
    mail.backlog.told(stock.siteOf("a.test"));
    assertThat(BacklogHarness.messages(mail.all()))
        .containsExactly("fresh a.test", "fresh b.test", "retried a.test", "retried b.test");
  }

  /** One scout asks for all, and the others follow it while they get on. */
  @Test
  void scoutsFollowOneAnotherUntilOneIsShutOut() {
    for (int i = 0; i < 5; i++) {
      mail.submit("d" + i + ".test", "m");
    }
    for (int i = 0; i < 5; i++) {
      stock.shutOut(asking("d" + i + ".test"), CLIENTS, false, 0);
    }
    assertThat(mail.backlog.stats().shutOut()).isEqualTo(5);
    stock.rounds.open();
    stock.rounds.open();
    assertThat(mail.backlog.stats().shutOut()).isEqualTo(4);
    BacklogLane<String, String> first = asking("d0.test");
    assertThat(stock.hasWork()).isFalse();
    stock.park(first, FULL); // for its own sake: the others may get on
    stock.shutOut(asking("d1.test"), CLIENTS, false, 0);
    assertThat(stock.hasWork()).isFalse();
    mail.backlog.assertConsistent();
    mail.jump(Duration.ofSeconds(3)); // nobody tells
    assertThat(stock.hasWork()).isTrue();
  }

  /** What comes after the rule for which they stand there was in none's way yet, but for bytes. */
  @Test
  void aRefusalOfAScoutHoldsForThoseBehindItIfItIsTheirsOrByALaterRule() {
    List<List<Reason>> rules =
        List.of(
            List.of(Reason.TABLE_FULL, Reason.DESTINATION_SHARE),
            List.of(Reason.FAILING_SHARE, Reason.UNPROVEN_SHARE),
            List.of(Reason.SLOW_SHARE),
            List.of(Reason.CLIENTS),
            List.of(Reason.LONG_WAIT, Reason.BYTES, Reason.RATE));
    for (int line = 0; line < rules.size(); line++) {
      for (int refused = 0; refused < rules.size(); refused++) {
        boolean holds = refused > line || refused == 4; // the last ones hold for all
        for (Reason theirs : rules.get(line)) {
          for (Reason its : rules.get(refused)) {
            for (boolean briefly : new boolean[] {false, true}) {
              assertThat(new BacklogRounds.Line<>(theirs, false, 0).concerns(its, briefly, 0))
                  .as("%s for %s", its, theirs)
                  .isEqualTo((holds && its != Reason.BYTES) || its == theirs);
            }
          }
        }
      }
    }
  }

  /** What is larger might not fit where they would. */
  @Test
  void theWantOfBytesHoldsForWhatIsAsLarge() {
    var line = new BacklogRounds.Line<String, String>(Reason.BYTES, false, 10);
    assertThat(line.concerns(Reason.BYTES, false, 9)).isTrue();
    assertThat(line.concerns(Reason.BYTES, false, 10)).isTrue();
    assertThat(line.concerns(Reason.BYTES, false, 11)).isFalse();
  }

  /** They may take the last clients; that others may not says nothing of them. */
  @Test
  void theWantOfClientsForOthersDoesNotHoldForWhatIsOverInAMoment() {
    var brief = new BacklogRounds.Line<String, String>(Reason.CLIENTS, true, 0);
    assertThat(brief.concerns(Reason.CLIENTS, true, 0)).isTrue();
    assertThat(brief.concerns(Reason.CLIENTS, false, 0)).isFalse();
    assertThat(brief.concerns(Reason.LONG_WAIT, false, 0)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {-1_000_000_000_000L, 0, 1_000_000_000_000L})
  void aParkedDestinationIsAskedAfterHalfAMinuteOrWhenTheGateHasSaidIfThatIsLater(long start) {
    BacklogHarness at = BacklogHarness.of(GateHarness.at(start, builder -> {}), builder -> {});
    long[] hints = {Refusal.NO_HINT, start + 10_000_000_000L, start + 60_000_000_000L};
    long[] seconds = {30, 30, 60};
    for (int i = 0; i < hints.length; i++) {
      Ticket ticket = at.submit(LIVE, "m");
      BacklogLane<String, String> lane = at.backlog.stock.nextLane();
      assertThat(lane).isNotNull();
      at.backlog.stock.park(lane, new Refusal(Reason.LONG_WAIT, hints[i], "words"));
      assertThat(at.backlog.nextDue() - start)
          .isBetween(seconds[i] * 1_000_000_000L, (seconds[i] + 2) * 1_000_000_000L);
      at.backlog.assertConsistent();
      ticket.cancel();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-1_000_000_000_000L, 0, 1_000_000_000_000L})
  void theNextTimeIsThatOfTheMailOrOfAQuestionWhicheverIsFirst(long start) {
    BacklogHarness at = BacklogHarness.of(GateHarness.at(start, builder -> {}), builder -> {});
    at.submit(LIVE, "m");
    BacklogLane<String, String> lane = at.backlog.stock.nextLane();
    assertThat(lane).isNotNull();
    at.backlog.stock.park(lane, FULL);
    assertThat(at.backlog.nextDue() - start).isBetween(30_000_000_000L, 32_000_000_000L);
    at.defer("other.test", "later", Duration.ofSeconds(50));
    assertThat(at.backlog.nextDue() - start).isBetween(30_000_000_000L, 32_000_000_000L);
    at.defer("other.test", "soon", Duration.ofSeconds(10));
    assertThat(at.backlog.nextDue() - start).isBetween(10_000_000_000L, 12_000_000_000L);
  }

  @Test
  void thoseWhoAreShutOutAskAfterASecondWhoeverIsShutOutMeanwhile() {
    mail.submit("a.test", "m");
    stock.shutOut(asking("a.test"), CLIENTS, false, 0);
    mail.jump(Duration.ofMillis(900));
    mail.submit("b.test", "m");
    stock.shutOut(asking("b.test"), CLIENTS, false, 0);
    mail.jump(Duration.ofMillis(300));
    assertThat(stock.hasWork()).isTrue();
  }

  /** A listener that is told of what a poll caused may use the backlog, on any thread. */
  @Test
  void theGateTellsAfterTheMessageIsOutAndWithoutTheLock() {
    List<Boolean> cancelled = new ArrayList<>();
    List<Ticket> tickets = new ArrayList<>();
    GateListener<String> listener =
        new GateListener<>() {
          @Override
          public void onTransition(String destination, Standing from, Standing to, String cause) {
            if (to == Standing.NEW) {
              tickets.forEach(
                  ticket -> cancelled.add(CompletableFuture.supplyAsync(ticket::cancel).join()));
            }
          }
        };
    BacklogHarness other =
        BacklogHarness.of(GateHarness.with(builder -> builder.listener(listener)), builder -> {});
    other.gate.live(DEAD);
    other.gate.suspend(DEAD);
    tickets.add(other.defer(DEAD, "m", Duration.ZERO));
    tickets.add(other.defer(DEAD, "n", Duration.ZERO));
    other.nothing();
    other.jump(Duration.ofMinutes(61)); // unprobed: the next question makes it new
    Permit permit = other.permitted("m");
    assertThat(cancelled).containsExactly(false, true);
    assertThat(other.backlog.stats().cancelled()).isOne();
    assertThat(other.backlog.stats().destinations()).isZero();
    assertThat(other.gate.stats().inFlight()).isOne();
    permit.close();
  }
}
