package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mailweir.core.BacklogHarness.DEAD;
import static org.mailweir.core.BacklogHarness.LIVE;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mailweir.core.Refusal.Reason;

/** What happens between the question to the gate and its answer, step by step. */
class BacklogRaceTest {
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
  void aSiteThatWasToldOfWhileItAskedIsNotParked() {
    mail.submit(LIVE, "m");
    BacklogLane<String, String> lane = asking(LIVE);
    int told = lane.site.told;
    mail.backlog.told(lane.site);
    stock.park(lane, FULL, told);
    assertThat(mail.backlog.stats().parked()).isZero();
    mail.permitted("m").close();
  }

  @Test
  void aLaneIsNotForgottenWhenSomethingWasGivenBackWhileItAsked() {
    mail.submit(LIVE, "m");
    BacklogLane<String, String> lane = asking(LIVE);
    int told = stock.rounds.told();
    stock.rounds.open();
    stock.shutOut(lane, CLIENTS, false, told);
    assertThat(mail.backlog.stats().shutOut()).isZero();
    mail.permitted("m").close();
  }

  @Test
  void aLaneWhoseMailIsGoneBeforeTheAnswerIsForgotten() {
    for (int answer = 0; answer < 3; answer++) {
      Ticket ticket = mail.submit(LIVE, "m");
      BacklogLane<String, String> lane = asking(LIVE);
      assertThat(ticket.cancel()).isTrue();
      mail.backlog.assertConsistent();
      switch (answer) {
        case 0 -> stock.park(lane, FULL, lane.site.told);
        case 1 -> stock.shutOut(lane, CLIENTS, false, stock.rounds.told());
        default -> assertThat(stock.admitted(lane)).isEqualTo(BacklogPlaces.NONE);
      }
      mail.backlog.assertConsistent();
      assertThat(mail.backlog.stats().destinations()).isZero();
    }
  }

  @Test
  void mailThatComesWhileItsLaneAsksWaitsForTheAnswer() {
    mail.submit(LIVE, "a");
    BacklogLane<String, String> lane = asking(LIVE);
    mail.submit(LIVE, "b");
    mail.nothing();
    stock.shutOut(lane, CLIENTS, false, stock.rounds.told());
    stock.rounds.open();
    mail.permitted("a").close();
    mail.permitted("b").close();
  }

  @Test
  void bothLanesOfASiteAreParkedByTheRefusalOfOne() {
    mail.submit(LIVE, "fresh");
    mail.defer(LIVE, "old", Duration.ZERO);
    BacklogLane<String, String> fresh = asking(LIVE);
    stock.park(fresh, FULL, fresh.site.told);
    mail.backlog.assertConsistent();
    assertThat(stock.hasWork()).isFalse();
    mail.backlog.told(fresh.site);
    assertThat(BacklogHarness.messages(mail.all())).containsExactlyInAnyOrder("fresh", "old");
  }

  /** One scout asks for all, and the others follow it while they get on. */
  @Test
  void scoutsFollowOneAnotherUntilOneIsShutOut() {
    for (int i = 0; i < 5; i++) {
      mail.submit("d" + i + ".test", "m");
    }
    for (int i = 0; i < 5; i++) {
      stock.shutOut(asking("d" + i + ".test"), CLIENTS, false, stock.rounds.told());
    }
    assertThat(mail.backlog.stats().shutOut()).isEqualTo(5);
    stock.rounds.open();
    stock.rounds.open();
    assertThat(mail.backlog.stats().shutOut()).isEqualTo(4);
    BacklogLane<String, String> first = asking("d0.test");
    assertThat(stock.hasWork()).isFalse();
    stock.park(first, FULL, first.site.told); // for its own sake: the others may get on
    stock.shutOut(asking("d1.test"), CLIENTS, false, stock.rounds.told());
    assertThat(stock.hasWork()).isFalse();
    mail.backlog.assertConsistent();
    mail.jump(Duration.ofSeconds(3)); // nobody tells
    assertThat(stock.hasWork()).isTrue();
  }

  @Test
  void aPermitThatNobodyNeedsAnyMoreIsClosed() {
    List<Ticket> tickets = new ArrayList<>();
    GateListener<String> listener =
        new GateListener<>() {
          @Override
          public void onTransition(String destination, Standing from, Standing to, String cause) {
            if (to == Standing.NEW) {
              tickets.forEach(ticket -> assertThat(ticket.cancel()).isTrue());
            }
          }
        };
    BacklogHarness other =
        BacklogHarness.of(GateHarness.with(builder -> builder.listener(listener)), builder -> {});
    other.gate.live(DEAD);
    other.gate.suspend(DEAD);
    tickets.add(other.defer(DEAD, "m", Duration.ZERO));
    other.nothing();
    other.jump(Duration.ofMinutes(61)); // unprobed: the next question makes it new
    other.nothing();
    assertThat(other.backlog.stats().cancelled()).isOne();
    assertThat(other.gate.stats().inFlight()).isZero();
    assertThat(other.gate.stats().settled().get(Outcome.UNKNOWN)).isOne();
    assertThat(other.backlog.stats().destinations()).isZero();
  }
}
