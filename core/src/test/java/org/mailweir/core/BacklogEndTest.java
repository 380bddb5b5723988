package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mailweir.core.BacklogHarness.DEAD;
import static org.mailweir.core.BacklogHarness.LIVE;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How mail leaves without a delivery: expired, cancelled, refused, given back. */
class BacklogEndTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration HOUR = Duration.ofHours(1);

  private final BacklogHarness mail = BacklogHarness.start();

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
  void whatHasNoLifeIsExpiredBeforeTimeMovesOn() {
    mail.gate.live(LIVE);
    mail.jump(Duration.ofMillis(500)); // within a tick
    mail.backlog.submit(LIVE, "m", Duration.ZERO);
    mail.backlog.defer(LIVE, "n", MINUTE, Duration.ZERO);
    assertThat(mail.backlog.stats().expired()).isEqualTo(2);
    assertThat(mail.backlog.poll()).contains(new Dispatch.Expired<>(LIVE, "m"));
  }

  @Test
  void whatIsDueWhenItsLifeEndsIsExpired() {
    mail.gate.live(LIVE);
    mail.defer(LIVE, "m", MINUTE, MINUTE);
    mail.gate.jump(MINUTE.plusSeconds(2));
    assertThat(mail.backlog.advance(mail.gate.now(), 1)).isOne();
    mail.backlog.assertConsistent();
    assertThat(mail.backlog.stats().expired()).isOne();
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
  void takesSettingsUpToTheirBounds() {
    BacklogHarness small =
        BacklogHarness.with(builder -> builder.lifetime(Duration.ofDays(730)).maxMessages(1));
    small.submit(LIVE, "m");
    assertThatThrownBy(() -> small.submit(LIVE, "n"))
        .isInstanceOf(RejectedExecutionException.class);
    BacklogBuilder<String, String> builder = Backlog.builder(mail.gate.gate);
    for (Duration bad : new Duration[] {Duration.ofNanos(-1), Duration.ofDays(730).plusNanos(1)}) {
      assertThatThrownBy(() -> builder.lifetime(bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("must be above 0, at most two years");
    }
  }

  @Test
  void whatComesWithoutALifetimeHasTheBuildersAndOtherMailItsOwn() {
    BacklogHarness brief = BacklogHarness.with(builder -> builder.lifetime(MINUTE));
    brief.gate.live(DEAD);
    brief.defer(DEAD, "deferred", HOUR);
    brief.gate.suspend(DEAD);
    brief.submit(DEAD, "submitted");
    brief.backlog.submit(DEAD, "own", HOUR);
    brief.jump(MINUTE.minusSeconds(1));
    assertThat(brief.backlog.stats().expired()).isZero();
    brief.jump(Duration.ofSeconds(4));
    assertThat(brief.backlog.stats().expired()).isEqualTo(2);
    brief.jump(HOUR.minusSeconds(70));
    assertThat(brief.backlog.stats().expired()).isEqualTo(2);
    brief.jump(Duration.ofSeconds(10));
    assertThat(brief.backlog.stats().expired()).isEqualTo(3);
  }

  /** A destination that throws when it is told to. */
  private static final class Odd {
    boolean throwsHash;
    boolean throwsEquals;

    @Override
    public int hashCode() {
      if (throwsHash) {
        throw new IllegalStateException("hash");
      }
      return 1;
    }

    @Override
    public boolean equals(Object other) {
      if (throwsEquals) {
        throw new IllegalStateException("equals");
      }
      return this == other;
    }
  }

  @Test
  void aDestinationThatThrowsIsNotTakenIn() {
    DestinationGate<Odd> gate = DestinationGate.<Odd>builder().timeSource(() -> 0).build();
    GatedBacklog<Odd, String> backlog =
        (GatedBacklog<Odd, String>) Backlog.<Odd, String>builder(gate).build();
    gate.tryAdmit(new Odd(), Attempt.FRESH);
    Odd odd = new Odd();
    odd.throwsHash = true;
    assertThatThrownBy(() -> backlog.submit(odd, "m")).hasMessage("hash");
    assertThat(backlog.stats().accepted()).isZero();
    odd.throwsHash = false;
    odd.throwsEquals = true; // when the gate looks for it, and finds another one there
    assertThatThrownBy(() -> backlog.defer(odd, "m", MINUTE)).hasMessage("equals");
    backlog.assertConsistent();
    assertThat(backlog.stats().accepted() + backlog.stats().destinations()).isZero();
    odd.throwsEquals = false;
    backlog.defer(odd, "m", MINUTE);
    odd.throwsEquals = true;
    assertThatThrownBy(() -> backlog.defer(odd, "n", MINUTE)).hasMessage("equals");
    backlog.assertConsistent();
    assertThat(backlog.pending(odd)).isOne();
    assertThat(backlog.stats().accepted()).isOne();
  }

  @Test
  void aDestinationThatThrowsWhenTheGateIsAskedKeepsItsMailAndHoldsUpNobody() {
    DestinationGate<Odd> gate = DestinationGate.<Odd>builder().timeSource(() -> 0).build();
    GatedBacklog<Odd, String> backlog =
        (GatedBacklog<Odd, String>) Backlog.<Odd, String>builder(gate).build();
    gate.tryAdmit(new Odd(), Attempt.FRESH);
    Odd odd = new Odd();
    backlog.submit(odd, "odd");
    odd.throwsEquals = true;
    assertThatThrownBy(backlog::poll).hasMessage("equals");
    backlog.assertConsistent();
    assertThat(backlog.stats().due()).isOne();
    odd.throwsEquals = false;
    backlog.submit(new Odd(), "other");
    assertThat(backlog.poll()).map(Dispatch::message).contains("other");
    assertThat(backlog.poll()).isEmpty();
    backlog.advance(Duration.ofSeconds(3).toNanos(), 10); // it is asked again
    assertThat(backlog.poll()).map(Dispatch::message).contains("odd");
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
    assertThat(stats.expiredTotal()).isOne();
    assertThat(stats.returned()).isEqualTo(3);
    assertThat(stats.accepted())
        .isEqualTo(stats.permitted() + stats.expiredTotal() + stats.cancelled() + stats.returned());
    assertThat(mail.backlog.advance(mail.gate.now(), 1)).isZero();
  }

  @Test
  void timeMovesNothingAfterCloseAndWhatIsLeftIsThereAtOnce() {
    mail.gate.live(LIVE);
    mail.defer(LIVE, "a", MINUTE);
    mail.defer(LIVE, "b", MINUTE);
    mail.backlog.close();
    long now = mail.gate.now();
    assertThat(mail.backlog.advance(now + HOUR.toNanos(), 10)).isZero();
    assertThat(mail.backlog.stats().waiting()).isEqualTo(2);
    assertThat(mail.backlog.nextDue()).isEqualTo(now);
    assertThat(mail.backlog.poll()).contains(new Dispatch.Returned<>(LIVE, "a"));
    assertThat(mail.backlog.nextDue()).isEqualTo(now);
    assertThat(mail.backlog.poll()).contains(new Dispatch.Returned<>(LIVE, "b"));
    assertThat(mail.backlog.nextDue()).isEqualTo(now + Long.MAX_VALUE);
  }

  @Test
  void nothingIsPlannedOnceAllWasReturned() {
    BacklogHarness tight =
        BacklogHarness.of(GateHarness.with(builder -> builder.maxInFlight(1)), builder -> {});
    tight.gate.permit("other.test");
    tight.submit(LIVE, "m");
    tight.nothing(); // it is shut out, and would ask again after a second
    tight.backlog.close();
    assertThat(tight.backlog.poll()).contains(new Dispatch.Returned<>(LIVE, "m"));
    assertThat(tight.backlog.nextDue()).isEqualTo(tight.gate.now() + Long.MAX_VALUE);
  }

  @Test
  void aGateInShadowModeHasNone() {
    DestinationGate<String> shadow = DestinationGate.<String>builder().shadow(true).build();
    assertThatThrownBy(() -> Backlog.builder(shadow))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("shadow mode");
  }

  @Test
  void aGateHasOneBacklogAtATime() {
    BacklogBuilder<String, String> second = Backlog.builder(mail.gate.gate);
    assertThatThrownBy(second::build).isInstanceOf(IllegalStateException.class);
    mail.backlog.close();
    Backlog<String, String> other = second.build();
    mail.backlog.close(); // again: the gate is the other one's
    assertThatThrownBy(second::build).isInstanceOf(IllegalStateException.class);
    other.close();
    second.build().close();
  }
}
