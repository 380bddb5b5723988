package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mailweir.core.BacklogHarness.DEAD;
import static org.mailweir.core.BacklogHarness.LIVE;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mailweir.core.Dispatch.Permitted;

class BacklogTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration HOUR = Duration.ofHours(1);

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
    assertThat(mail.gate.now() - due).isBetween(0L, 1L << BacklogStock.TICK_SHIFT);
    assertThat(mail.backlog.nextDue()).isEqualTo(mail.gate.now());
    mail.permitted("m").close();
    assertThat(mail.backlog.nextDue()).isEqualTo(mail.gate.now() + Long.MAX_VALUE);
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
    for (int i = 0; i < 4; i++) {
      mail.defer("a.test", "a" + i, Duration.ZERO);
    }
    mail.defer("b.test", "b0", Duration.ZERO);
    mail.defer("c.test", "c0", Duration.ZERO);
    mail.defer("c.test", "c1", Duration.ZERO);
    assertThat(BacklogHarness.messages(mail.all()))
        .containsExactly("a0", "b0", "c0", "a1", "c1", "a2", "a3");
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
  void handsNothingOutOnceTheGateIsClosedAndDoesNotSpin() {
    mail.submit(LIVE, "m");
    mail.gate.gate.close();
    for (int i = 0; i < 1000; i++) {
      mail.nothing();
    }
    assertThat(mail.refusals()).isOne();
  }

  // -- expiry

  @Test
  void expiresWhileItWaitsForItsTime() {
    mail.gate.live(LIVE);
    mail.defer(LIVE, "m", HOUR, MINUTE);
    mail.jump(MINUTE.minusMillis(1));
    mail.nothing();
    mail.jump(Duration.ofSeconds(2));
    mail.expired("m");
    mail.nothing();
  }

  @Test
  void expiresWhileItsDestinationIsSuspended() {
    mail.gate.live(DEAD);
    mail.gate.suspend(DEAD);
    mail.defer(DEAD, "m", MINUTE, HOUR);
    mail.nothing();
    mail.jump(HOUR.minusMillis(1));
    assertThat(mail.backlog.stats().due()).isOne();
    mail.jump(Duration.ofSeconds(2));
    mail.expired("m");
    assertThat(mail.backlog.stats().destinations()).isZero();
  }

  @Test
  void expiresAfterItBecameDueWithTheLifeItHadFromTheStart() {
    mail.gate.live(DEAD);
    mail.defer(DEAD, "m", MINUTE, HOUR);
    mail.gate.suspend(DEAD);
    mail.jump(MINUTE.plusSeconds(2));
    mail.nothing();
    mail.jump(HOUR.minus(MINUTE).minusSeconds(3));
    assertThat(mail.backlog.stats().due()).isOne();
    mail.jump(Duration.ofSeconds(4));
    mail.expired("m");
  }

  @Test
  void expiresWhileItIsReadyAndWhileItIsShutOut() {
    BacklogHarness tight =
        BacklogHarness.of(GateHarness.with(builder -> builder.maxInFlight(1)), builder -> {});
    tight.gate.live(LIVE);
    Permit outside = tight.gate.permit("other.test");
    tight.defer(LIVE, "shut out", Duration.ZERO, MINUTE);
    tight.nothing();
    tight.defer("b.test", "ready", Duration.ZERO, MINUTE);
    tight.jump(MINUTE.plusSeconds(2));
    tight.expired("shut out");
    tight.expired("ready");
    outside.close();
    tight.nothing();
  }

  @Test
  void handsOutWhatComesWithoutAnyLifeAsExpired() {
    mail.submit(LIVE, Duration.ZERO.toString());
    mail.permitted("PT0S").close();
    mail.backlog.submit(LIVE, "m", Duration.ofSeconds(-1));
    mail.expired("m");
    mail.defer(LIVE, "n", MINUTE, Duration.ZERO);
    mail.expired("n");
  }

  // -- cancel

  enum Where {
    WAITING,
    FLUSHED,
    READY,
    PARKED,
    SHUT_OUT,
    EXPIRED
  }

  @ParameterizedTest
  @EnumSource(Where.class)
  void cancelsWhereverItIs(Where where) {
    BacklogHarness tight =
        BacklogHarness.of(GateHarness.with(builder -> builder.maxInFlight(1)), builder -> {});
    tight.gate.live(LIVE);
    Permit outside = null;
    Ticket ticket;
    switch (where) {
      case WAITING -> ticket = tight.defer(LIVE, "m", MINUTE);
      case FLUSHED -> {
        ticket = tight.defer(LIVE, "m", MINUTE);
        tight.backlog.flush();
      }
      case READY -> ticket = tight.submit(LIVE, "m");
      case PARKED -> {
        tight.gate.suspend(LIVE);
        ticket = tight.submit(LIVE, "m");
        tight.nothing();
      }
      case SHUT_OUT -> {
        outside = tight.gate.permit("other.test");
        ticket = tight.submit(LIVE, "m");
        tight.nothing();
      }
      default -> ticket = tight.defer(LIVE, "m", MINUTE, Duration.ZERO);
    }
    assertThat(ticket.isPending()).isTrue();
    assertThat(ticket.cancel()).isTrue();
    tight.backlog.assertConsistent();
    assertThat(ticket.cancel()).isFalse();
    assertThat(ticket.isPending()).isFalse();
    if (outside != null) {
      outside.close();
    }
    tight.jump(HOUR);
    tight.nothing();
    assertThat(tight.backlog.stats().pending()).isZero();
    assertThat(tight.backlog.stats().destinations()).isZero();
    assertThat(tight.backlog.stats().cancelled()).isOne();
  }

  @Test
  void cancelComesTooLateForWhatWasHandedOut() {
    Ticket ticket = mail.submit(LIVE, "m");
    mail.permitted("m").close();
    assertThat(ticket.isPending()).isFalse();
    assertThat(ticket.cancel()).isFalse();
  }

  // -- flush

  @Test
  void aFlushMakesWaitingMailDueAndNotWhatComesAfterIt() {
    mail.gate.live(LIVE);
    mail.gate.live("other.test");
    mail.defer(LIVE, "a", HOUR);
    mail.defer(LIVE, "b", HOUR);
    mail.defer("other.test", "c", HOUR);
    mail.backlog.flush(LIVE);
    mail.defer(LIVE, "late", HOUR);
    assertThat(BacklogHarness.messages(mail.all())).containsExactly("a", "b");
    mail.backlog.flush();
    assertThat(BacklogHarness.messages(mail.all())).containsExactlyInAnyOrder("late", "c");
    mail.nothing();
  }

  @Test
  void whatIsFlushedStillBecomesDueAndExpiresInItsOwnTime() {
    mail.gate.live(DEAD);
    mail.defer(DEAD, "a", MINUTE, HOUR);
    mail.defer(DEAD, "b", HOUR.multipliedBy(2), HOUR);
    mail.gate.suspend(DEAD);
    mail.backlog.flush();
    mail.nothing();
    mail.jump(HOUR.plusSeconds(2));
    Set<String> expired = new HashSet<>();
    for (var next = mail.poll(); next.isPresent(); next = mail.poll()) {
      assertThat(next.get()).isInstanceOf(Dispatch.Expired.class);
      expired.add(next.get().message());
    }
    assertThat(expired).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void aFlushProbesASuspendedDestinationFirstAndSoon() {
    mail.gate.live(DEAD);
    mail.gate.suspend(DEAD);
    mail.defer(DEAD, "m", MINUTE);
    mail.nothing();
    assertThat(mail.gate.gate.pollProbe()).isEmpty();
    mail.backlog.flush(DEAD);
    mail.nothing();
    Probe<String> probe = mail.gate.gate.pollProbe().orElseThrow();
    assertThat(probe.destination()).isEqualTo(DEAD);
    probe.settle(Outcome.READY, "");
    mail.permitted("m").close();
  }

  @Test
  void aFlushOfAllProbesSuspendedDestinationsWithinTheBudget() {
    mail.gate.suspendMany("dead", 300);
    for (int i = 0; i < 300; i++) {
      mail.defer("dead" + i + ".test", "m" + i, MINUTE);
    }
    mail.all();
    mail.backlog.flush();
    int probes = 0;
    while (mail.gate.gate.pollProbe().isPresent()) {
      probes++;
    }
    assertThat(probes).isBetween(1, 6); // five a second, and a burst of one second's worth
  }

  // -- limits

  @Test
  void refusesClearlyWhatIsTooMuch() {
    BacklogHarness small = BacklogHarness.with(builder -> builder.maxMessages(2));
    small.submit(LIVE, "a");
    Ticket second = small.defer(LIVE, "b", MINUTE);
    assertThatThrownBy(() -> small.submit(LIVE, "c"))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessageContaining("full: 2 messages");
    assertThat(small.backlog.stats().turnedAway()).isOne();
    second.cancel();
    small.submit(LIVE, "d");
    assertThat(small.backlog.pending(LIVE)).isEqualTo(2);
  }

  @Test
  void refusesWhatIsOutOfRange() {
    assertThatThrownBy(() -> mail.defer(LIVE, "m", Duration.ofDays(731)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two years");
    assertThatThrownBy(() -> mail.defer(LIVE, "m", MINUTE, Duration.ofSeconds(Long.MAX_VALUE)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> mail.backlog.advance(0, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Backlog.builder(mail.gate.gate).maxMessages(0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Backlog.builder(mail.gate.gate).lifetime(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(mail.backlog.stats().pending()).isZero();
    mail.defer(LIVE, "m", Duration.ofDays(730), Duration.ofDays(730));
    mail.defer(LIVE, "n", Duration.ofNanos(1), Duration.ofDays(730));
  }

  @Test
  void boundsTheWorkOfEachCall() {
    mail.gate.live(LIVE);
    for (int i = 0; i < 100; i++) {
      mail.defer(LIVE, "m" + i, Duration.ofMillis(1));
    }
    mail.gate.jump(Duration.ofSeconds(2));
    for (int done = 0; done < 100; done += 10) {
      assertThat(mail.backlog.stats().due()).isEqualTo(done);
      assertThat(mail.backlog.advance(mail.gate.now(), 10)).isEqualTo(10);
    }
    assertThat(mail.backlog.stats().due()).isEqualTo(100);
  }

  // -- close

  @Test
  void closeGivesEverythingBack() {
    mail.gate.live(LIVE);
    mail.gate.live(DEAD);
    mail.gate.suspend(DEAD);
    mail.submit(LIVE, "ready");
    mail.defer(LIVE, "due", Duration.ZERO);
    mail.defer(LIVE, "waiting", MINUTE);
    mail.defer(DEAD, "parked", MINUTE);
    mail.defer(LIVE, "expired", MINUTE, Duration.ZERO);
    Ticket cancelled = mail.defer(DEAD, "cancelled", MINUTE);
    Permit permit = mail.permitted("ready");
    mail.backlog.close();
    mail.backlog.close();
    assertThat(cancelled.cancel()).isTrue();
    assertThatThrownBy(() -> mail.submit(LIVE, "m")).isInstanceOf(RejectedExecutionException.class);
    mail.expired("expired");
    Set<String> returned = new HashSet<>();
    for (var next = mail.poll(); next.isPresent(); next = mail.poll()) {
      assertThat(next.get()).isInstanceOf(Dispatch.Returned.class);
      returned.add(next.get().message());
    }
    assertThat(returned).containsExactlyInAnyOrder("due", "waiting", "parked");
    assertThat(permit.settle(Outcome.DELIVERED)).isTrue();
    assertThatThrownBy(mail.backlog::take).isInstanceOf(IllegalStateException.class);
    BacklogStats stats = mail.backlog.stats();
    assertThat(stats.pending() + stats.destinations()).isZero();
    assertThat(stats.accepted())
        .isEqualTo(stats.permitted() + stats.expiredTotal() + stats.cancelled() + stats.returned());
    assertThat(mail.backlog.advance(mail.gate.now(), 1)).isZero();
  }

  @Test
  void aGateHasOneBacklogAtATime() {
    BacklogBuilder<String, String> second = Backlog.builder(mail.gate.gate);
    assertThatThrownBy(second::build).isInstanceOf(IllegalStateException.class);
    mail.backlog.close();
    second.build().close();
  }
}
