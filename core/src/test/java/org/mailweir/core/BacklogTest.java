package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mailweir.core.BacklogHarness.DEAD;
import static org.mailweir.core.BacklogHarness.LIVE;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.mailweir.core.Dispatch.Permitted;

/** When mail comes out, and in which order. */
class BacklogTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final BacklogHarness mail = BacklogHarness.start();

  // -- its own time

  @Test
  void handsOutAMessageWhenItsTimeHasComeAndNotBefore() {
    mail.gate.live(LIVE);
    mail.defer(LIVE, "m", MINUTE);
    mail.jump(MINUTE.minusNanos(1));
    mail.nothing();
    mail.jump(Duration.ofSeconds(2));
    mail.permitted("m").close();
    mail.nothing();
  }

  @Test
  void handsOutOverdueMailAtOnce() {
    mail.defer(LIVE, "m", Duration.ofDays(-3));
    mail.permitted("m").close();
    mail.defer(LIVE, "n", Duration.ofSeconds(Long.MIN_VALUE)); // more than a long has of ns
    mail.permitted("n").close();
  }

  @Test
  void tellsWhenNextSomethingIsDue() {
    mail.gate.live(LIVE);
    mail.defer(LIVE, "m", MINUTE);
    long due = mail.gate.now() + MINUTE.toNanos();
    for (long next = mail.backlog.nextDue(); mail.backlog.stats().due() == 0; ) {
      assertThat(next - mail.gate.now()).isPositive();
      mail.jump(Duration.ofNanos(next - mail.gate.now()));
      next = mail.backlog.nextDue();
    }
    assertThat(mail.gate.now() - due).isBetween(0L, 1L << BacklogWheel.TICK_SHIFT);
    assertThat(mail.backlog.nextDue()).isEqualTo(mail.gate.now());
    mail.permitted("m").close();
    assertThat(mail.backlog.nextDue()).isEqualTo(mail.gate.now() + Long.MAX_VALUE);
  }

  @Test
  void takesAnEarlierTimeForTheFormerOne() {
    mail.gate.live(LIVE);
    mail.jump(MINUTE);
    mail.submit(LIVE, "m");
    mail.backlog.advance(mail.gate.now() - 1, 10);
    assertThat(mail.backlog.nextDue()).isEqualTo(mail.gate.now());
  }

  // -- a suspended destination

  @Test
  void mailOfASuspendedDestinationWaitsForItAndNotForItsOwnTime() {
    mail.gate.live(DEAD);
    mail.gate.suspend(DEAD);
    mail.defer(DEAD, "m", Duration.ofHours(12));
    mail.nothing();
    mail.probe(Outcome.READY);
    mail.permitted("m").close();
  }

  @Test
  void mailThatWaitedBeforeTheSuspensionKeepsItsTimeAndThenWaitsForTheDestination() {
    mail.gate.live(DEAD);
    mail.defer(DEAD, "m", MINUTE);
    mail.gate.suspend(DEAD);
    mail.jump(MINUTE.plusSeconds(2));
    mail.nothing();
    assertThat(mail.backlog.stats().parked()).isOne();
    mail.probe(Outcome.READY);
    mail.permitted("m").close();
  }

  @Test
  void keepsTheProbesWantedForAsLongAsThereIsMail() {
    mail.gate.live(DEAD);
    mail.gate.suspend(DEAD);
    mail.defer(DEAD, "m", MINUTE, Duration.ofDays(3));
    for (int i = 0; i < 100; i++) {
      mail.nothing();
      mail.probe(Outcome.UNREACHABLE); // fails where none comes
      mail.jump(MINUTE);
    }
    assertThat(mail.gate.standing(DEAD)).isEqualTo(Standing.SUSPENDED);
    assertThat(mail.backlog.stats().due()).isOne();
  }

  @Test
  void asksNobodyBeforeTheNextProbeIsDue() {
    mail.gate.suspendMany("dead", 1000); // five probes a second: 100 s at least
    mail.defer("dead999.test", "m", MINUTE); // the last one: it waits for longest
    mail.nothing();
    long refusals = mail.refusals();
    for (int i = 0; i < 9; i++) {
      mail.jump(Duration.ofSeconds(10));
      mail.nothing();
    }
    assertThat(mail.refusals()).isEqualTo(refusals);
    mail.jump(Duration.ofSeconds(200));
    mail.nothing();
    assertThat(mail.refusals()).isGreaterThan(refusals);
  }

  @Test
  void whatComesForADestinationThatTheGateHasForgottenWaitsWithTheRestOfIt() {
    BacklogHarness small =
        BacklogHarness.of(GateHarness.with(builder -> builder.maxDestinations(1)), builder -> {});
    small.gate.live(DEAD);
    small.gate.suspend(DEAD);
    small.defer(DEAD, "m", MINUTE);
    small.nothing();
    small.gate.settle(small.gate.permit("other.test"), Outcome.DELIVERED); // takes its place
    small.defer(DEAD, "n", MINUTE);
    assertThat(small.backlog.stats().due()).isEqualTo(2);
  }

  @Test
  void aDestinationThatTheGateHasMetAnewIsLookedUpAnew() {
    BacklogHarness small =
        BacklogHarness.of(GateHarness.with(builder -> builder.maxDestinations(1)), builder -> {});
    small.gate.live(DEAD);
    small.defer(DEAD, "m", MINUTE);
    small.gate.settle(small.gate.permit("other.test"), Outcome.DELIVERED); // takes its place
    small.gate.live(DEAD);
    small.gate.suspend(DEAD);
    small.defer(DEAD, "n", MINUTE);
    assertThat(small.backlog.stats().due()).isOne();
  }

  @Test
  void mailOfABusyDestinationWaitsForItsOwnTime() {
    mail.gate.live(LIVE);
    GateFlow.fill(mail.gate, LIVE);
    mail.submit(LIVE, "m");
    mail.nothing();
    assertThat(mail.backlog.stats().parked()).isOne();
    mail.defer(LIVE, "n", MINUTE);
    assertThat(mail.backlog.stats().waiting()).isOne();
  }

  @Test
  void triesTheMessageItselfWhereNobodyProbes() {
    mail.gate.live(DEAD);
    mail.gate.suspend(DEAD);
    mail.defer(DEAD, "m", MINUTE);
    int minutes = 0;
    while (mail.backlog.stats().due() > 0) {
      assertThat(minutes++).isLessThan(62);
      mail.jump(MINUTE);
      mail.all().forEach(dispatch -> dispatch.permit().close());
    }
    assertThat(minutes).isGreaterThanOrEqualTo(60); // when the suspension says nothing any more
  }

  @Test
  void asksAgainAfterTheGateHasForgottenTheDestination() {
    BacklogHarness small =
        BacklogHarness.of(GateHarness.with(builder -> builder.maxDestinations(1)), builder -> {});
    small.gate.live(DEAD);
    small.gate.suspend(DEAD);
    small.defer(DEAD, "m", MINUTE);
    small.nothing();
    small.gate.settle(small.gate.permit("other.test"), Outcome.DELIVERED); // takes its place
    small.nothing();
    small.jump(Duration.ofMinutes(5));
    small.permitted("m").close();
  }

  // -- order

  @Test
  void freshMailGoesFirstButNotForEver() {
    mail.gate.live(LIVE);
    GateFlow.grow(mail.gate, LIVE, 20);
    for (int i = 0; i < 6; i++) {
      mail.defer(LIVE, "old" + i, Duration.ZERO);
    }
    for (int i = 0; i < 6; i++) {
      mail.submit(LIVE, "new" + i);
    }
    assertThat(BacklogHarness.messages(mail.all()))
        .containsExactly(
            "new0", "new1", "new2", "new3", "old0", "new4", "new5", "old1", "old2", "old3", "old4",
            "old5");
  }

  @Test
  void destinationsTakeTurnsWhateverTheyHold() {
    for (String destination : List.of("a.test", "b.test", "c.test")) {
      mail.gate.live(destination);
    }
    assertThat(mail.backlog.stats().destinations()).isZero();
    for (int i = 0; i < 4; i++) {
      mail.defer("a.test", "a" + i, Duration.ZERO);
    }
    mail.defer("b.test", "b0", Duration.ZERO);
    mail.defer("c.test", "c0", Duration.ZERO);
    mail.defer("c.test", "c1", Duration.ZERO);
    assertThat(mail.backlog.stats().destinations()).isEqualTo(3);
    assertThat(BacklogHarness.messages(mail.all()))
        .containsExactly("a0", "b0", "c0", "a1", "c1", "a2", "a3");
  }

  @Test
  void expiredMailHasOneOfFiveTurnsBesideFreshMail() {
    mail.gate.live(LIVE);
    GateFlow.grow(mail.gate, LIVE, 20);
    for (int i = 0; i < 13; i++) {
      mail.submit(LIVE, "new" + i);
    }
    for (int i = 0; i < 3; i++) {
      mail.defer(LIVE, "dead" + i, MINUTE, Duration.ZERO);
    }
    List<String> order = new ArrayList<>();
    for (var next = mail.poll(); next.isPresent(); next = mail.poll()) {
      order.add(next.get().message());
    }
    assertThat(order)
        .containsExactly(
            "new0", "new1", "new2", "new3", "dead0", "new4", "new5", "new6", "new7", "new8",
            "dead1", "new9", "new10", "new11", "new12", "dead2");
  }

  @Test
  void expiredMailHoldsNobodyUp() {
    mail.gate.live(LIVE);
    for (int i = 0; i < 3; i++) {
      mail.defer(LIVE, "dead" + i, MINUTE, Duration.ZERO);
      mail.defer(LIVE, "old" + i, Duration.ZERO);
    }
    mail.submit(LIVE, "new");
    List<String> order = new ArrayList<>();
    for (var next = mail.poll(); next.isPresent(); next = mail.poll()) {
      order.add(next.get().message());
    }
    assertThat(order).startsWith("new").contains("dead0", "dead1", "dead2", "old0", "old1", "old2");
    assertThat(order.subList(1, 5)).contains("dead0", "dead1", "old0", "old1");
  }

  // -- the gate's limits

  @Test
  void followsTheWindowAndComesBackAsPermitsAreSettled() {
    mail.gate.live(LIVE); // window 5
    for (int i = 0; i < 12; i++) {
      mail.defer(LIVE, "m" + i, Duration.ZERO);
    }
    List<Permitted<String, String>> out = mail.all();
    assertThat(out).hasSize(5);
    mail.gate.settle(out.get(0).permit(), Outcome.DEFERRED);
    assertThat(mail.all()).hasSize(1);
    mail.nothing();
  }

  @Test
  void theRefusalOfRetriedMailHoldsFreshMailOfThatDestinationToo() {
    mail.gate.live(LIVE); // window 5
    Permit outside = mail.gate.readyPermit(LIVE);
    mail.defer(LIVE, "old", Duration.ZERO);
    for (int i = 0; i < 5; i++) {
      mail.submit(LIVE, "new" + i);
    }
    assertThat(BacklogHarness.messages(mail.all())).containsExactly("new0", "new1", "new2", "new3");
    mail.nothing(); // it was the turn of the old one
    assertThat(mail.backlog.stats().parked()).isOne();
    mail.gate.settle(outside, Outcome.DELIVERED);
    assertThat(BacklogHarness.messages(mail.all())).containsExactly("old"); // and is still
  }

  @Test
  void comesBackWhenAPermitFromOutsideIsSettled() {
    mail.gate.live(LIVE);
    List<Permit> outside = GateFlow.fill(mail.gate, LIVE);
    mail.defer(LIVE, "m", Duration.ZERO);
    mail.nothing();
    mail.gate.settle(outside.get(0), Outcome.DELIVERED);
    mail.permitted("m").close();
  }

  @Test
  void comesBackWhenAnybodyGivesBackWhatAllShare() {
    BacklogHarness tight =
        BacklogHarness.of(GateHarness.with(builder -> builder.maxInFlight(1)), builder -> {});
    tight.gate.live(LIVE);
    Permit outside = tight.gate.permit("other.test");
    tight.defer(LIVE, "m", Duration.ZERO);
    tight.nothing();
    assertThat(tight.backlog.stats().shutOut()).isOne();
    tight.gate.settle(outside, Outcome.DELIVERED);
    tight.permitted("m").close();
  }

  /** A relay with more demand for slow sites than it has clients, and quick ones beside them. */
  @Test
  void whatIsOverInAMomentDoesNotStandBehindSlowSitesForTheLastClients() {
    mail.gate.live(LIVE);
    mail.gate.live("slow.test", Duration.ofMillis(2100));
    for (int i = 0; i < 10; i++) {
      mail.gate.live("quick" + i);
    }
    List<Permit> slow = mail.gate.hold("held", 90);
    List<Permit> quick = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      quick.add(mail.gate.readyPermit("quick" + i));
    }
    mail.submit("slow.test", "slow");
    mail.submit(LIVE, "quick");
    mail.nothing();
    assertThat(mail.backlog.stats().shutOut()).isEqualTo(2);
    mail.gate.settle(quick.get(0), Outcome.DELIVERED);
    mail.permitted("quick").close();
    mail.nothing();
    mail.gate.settle(slow.get(0), Outcome.DELIVERED);
    mail.permitted("slow").close();
  }

  @Test
  void comesBackWhenSomebodyGivesUpWaiting() {
    BacklogHarness tight = BacklogHarness.of(GateHarness.clients(10), builder -> {});
    tight.gate.permit("a.test");
    tight.gate.permit("a.test");
    var waiter = tight.gate.waits("a.test");
    tight.gate.permit("b.test"); // four unproven: their share is full
    tight.submit("c.test", "m");
    tight.nothing();
    assertThat(tight.backlog.stats().shutOut()).isOne();
    waiter.cancel(true);
    tight.permitted("m").close();
  }

  @Test
  void isHeldDuringALocalOutageAndReleasedAfterIt() {
    OutageScene outage = new OutageScene(mail.gate);
    outage.liveSites(8);
    outage.begin(0);
    mail.defer("live7.test", "m", Duration.ZERO);
    mail.nothing();
    mail.probe(Outcome.READY);
    mail.advance(Duration.ofMillis(50));
    mail.permitted("m").close();
  }

  @Test
  void waitsForRoomInAFullTable() {
    BacklogHarness small =
        BacklogHarness.of(GateHarness.with(builder -> builder.maxDestinations(1)), builder -> {});
    Permit busy = small.gate.permit("other.test");
    small.submit(LIVE, "m");
    small.nothing();
    small.gate.settle(busy, Outcome.DELIVERED);
    small.permitted("m").close();
  }

  @Test
  void isClosedWithItsGate() {
    mail.submit(LIVE, "m");
    mail.gate.gate.close();
    assertThat(mail.backlog.poll()).contains(new Dispatch.Returned<>(LIVE, "m"));
    mail.nothing();
    assertThatThrownBy(() -> mail.submit(LIVE, "n")).isInstanceOf(RejectedExecutionException.class);
    assertThatThrownBy(() -> Backlog.builder(mail.gate.gate).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }
}
