package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mailweir.core.BacklogHarness.DEAD;
import static org.mailweir.core.BacklogHarness.LIVE;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.core.Dispatch.Permitted;

/**
 * Work that must not grow with what waits, and what peers get wrong: work is counted, not timed.
 */
@Timeout(120)
class BacklogScaleTest {
  private static final int MILLION = 1_000_000;

  private final BacklogHarness mail = BacklogHarness.with(builder -> builder.maxMessages(MILLION));
  private final Backlog<String, String> backlog = mail.backlog;

  /** One step of time; returns the steps that the backlog took. */
  private int tick(Duration time) {
    long now = mail.gate.now();
    mail.gate.jump(time);
    assertThat(mail.gate.now() - now).isEqualTo(time.toNanos());
    return backlog.advance(mail.gate.now(), Integer.MAX_VALUE);
  }

  @Test
  void aMillionMessagesForASuspendedDestinationCostNoWorkPerTick() {
    mail.gate.live(DEAD);
    mail.gate.suspend(DEAD);
    for (int i = 0; i < MILLION; i++) {
      backlog.defer(DEAD, "m", Duration.ofSeconds(i % 4000));
    }
    assertThat(backlog.poll()).isEmpty();
    long refusals = mail.refusals();
    long steps = 0;
    for (int i = 0; i < 3600; i++) {
      steps += tick(Duration.ofSeconds(1));
      assertThat(backlog.poll()).isEmpty();
      mail.gate.gate.pollProbe().ifPresent(probe -> probe.settle(Outcome.UNREACHABLE, "timeout"));
    }
    // An hour: its own timer each 30 s at most, each moved a few times on the wheel.
    assertThat(steps).isLessThan(3600 / 30 * TimerWheel.LEVELS);
    assertThat(mail.refusals() - refusals).isLessThanOrEqualTo(3600 / 30);
    assertThat(backlog.stats().due()).isEqualTo(MILLION);
  }

  /** KumoMTA #593: throttled messages check again every few seconds. */
  @Test
  void aStormOfThrottledMailAsksOnceForEachMessageReleased() {
    int sites = 500;
    for (int i = 0; i < sites; i++) {
      for (int j = 0; j < 20; j++) {
        backlog.defer("site" + i + ".test", "m", Duration.ZERO);
      }
    }
    long released = 0;
    List<Permitted<String, String>> flying = new ArrayList<>(mail.all());
    assertThat(mail.refusals()).isLessThanOrEqualTo(sites);
    while (!flying.isEmpty()) {
      Permitted<String, String> done = flying.remove(0);
      done.permit().settle(Outcome.DEFERRED); // alive, and not a word of its capacity
      released++;
      for (var next = backlog.poll(); next.isPresent(); next = backlog.poll()) {
        flying.add((Permitted<String, String>) next.get());
      }
    }
    mail.backlog.assertConsistent();
    assertThat(released).isEqualTo(sites * 20L);
    assertThat(backlog.stats().pending()).isZero();
    assertThat(mail.refusals()).isLessThanOrEqualTo(sites + 3 * released);
  }

  /** The same with nothing released: polls, however many, ask nothing. */
  @Test
  void pollsAskNothingWhileNothingChanges() {
    for (int i = 0; i < 500; i++) {
      backlog.defer("site" + i + ".test", "m", Duration.ZERO);
    }
    mail.all();
    long refusals = mail.refusals();
    for (int i = 0; i < 10_000; i++) {
      assertThat(backlog.poll()).isEmpty();
    }
    assertThat(mail.refusals()).isEqualTo(refusals);
    for (int i = 0; i < 600; i++) {
      tick(Duration.ofMillis(100));
      assertThat(backlog.poll()).isEmpty();
    }
    // A minute: a scout each second for each reason, and every site that is parked each 30 s.
    int parked = backlog.stats().parked();
    assertThat(mail.refusals() - refusals).isLessThanOrEqualTo(60L * 3 + 2L * parked);
  }

  /** Agrona's wheel: an insert takes 54 us when all timers fall into one tick. */
  @Test
  void aMillionMessagesDueInOneTickComeOutAndNoneIsLost() {
    mail.gate.live(LIVE);
    for (int i = 0; i < MILLION; i++) {
      backlog.defer(LIVE, "m", Duration.ofHours(1));
    }
    long steps = 0;
    for (int i = 0; i < 3600; i++) {
      steps += tick(Duration.ofSeconds(1));
    }
    steps += tick(Duration.ofSeconds(2));
    assertThat(backlog.stats().due()).isEqualTo(MILLION);
    assertThat(steps).isLessThanOrEqualTo(MILLION); // one to be due, and none before
    for (int i = 0; i < 1000; i++) {
      Permitted<String, String> next = (Permitted<String, String>) backlog.poll().orElseThrow();
      next.permit().settle(Outcome.DELIVERED);
    }
    assertThat(backlog.stats().pending()).isEqualTo(MILLION - 1000);
  }

  /** KumoMTA: the whole spool is due at once after a restart. */
  @Test
  void aSpoolThatIsOverdueAfterARestartLeavesAtThePaceOfTheGate() {
    int sites = 200;
    int each = 50;
    for (int i = 0; i < sites; i++) {
      for (int j = 0; j < each; j++) {
        backlog.defer("site" + i + ".test", "m", Duration.ofHours(-j));
      }
    }
    Map<String, Integer> flying = new HashMap<>();
    Set<String> answered = new HashSet<>();
    List<Permitted<String, String>> out = new ArrayList<>();
    long released = 0;
    for (int round = 0; round < 100_000 && backlog.stats().pending() > 0; round++) {
      for (var next = backlog.poll(); next.isPresent(); next = backlog.poll()) {
        out.add((Permitted<String, String>) next.get());
        int now = flying.merge(next.get().destination(), 1, Integer::sum);
        if (!answered.contains(next.get().destination())) {
          assertThat(now).as("to a destination not heard of yet").isLessThanOrEqualTo(2);
        }
        released++;
      }
      assertThat(out.size()).isLessThanOrEqualTo(100);
      assertThat(out).isNotEmpty();
      mail.gate.tick();
      backlog.advance(mail.gate.now(), 1000);
      for (Permitted<String, String> done : out) {
        done.permit().ready();
        done.permit().settle(Outcome.DELIVERED);
        answered.add(done.destination());
      }
      out.clear();
      flying.clear();
    }
    assertThat(released).isEqualTo((long) sites * each);
  }

  /** ZoneMTA #182: the destination is back, and nobody notices until a fixed time is over. */
  @Test
  void aDestinationThatReturnsWithFiveThousandMessagesDrainsThroughItsWindow() {
    mail.gate.live(DEAD);
    mail.gate.suspend(DEAD);
    for (int i = 0; i < 5000; i++) {
      backlog.defer(DEAD, "m", Duration.ofHours(1));
    }
    assertThat(backlog.poll()).isEmpty();
    mail.probe(Outcome.READY);
    List<Permitted<String, String>> out = mail.all();
    assertThat(out).hasSize(Window.RECOVERING_SITE);
    int done = 0;
    int rounds = 0;
    int most = 0;
    while (done < 5000) {
      DestinationStatus<String> status = mail.gate.status(DEAD);
      assertThat(status.inFlight()).isEqualTo(out.size());
      assertThat(status.inFlight()).isLessThanOrEqualTo((int) status.window());
      most = Math.max(most, out.size());
      mail.gate.tick();
      backlog.advance(mail.gate.now(), 1000);
      out.forEach(one -> one.permit().ready());
      for (Permitted<String, String> one : out) {
        one.permit().settle(Outcome.DELIVERED);
        done++;
      }
      out.clear();
      for (var next = backlog.poll(); next.isPresent(); next = backlog.poll()) {
        out.add((Permitted<String, String>) next.get());
      }
      rounds++;
    }
    assertThat(most).isGreaterThan(Window.SLOW_START_END);
    assertThat(rounds).isLessThan(5000 / Window.SLOW_START_END);
    assertThat(backlog.stats().pending()).isZero();
  }

  @Test
  void aWaitingMessageTakes36BytesBeyondItselfAndItsTicket24WhileItIsKept() {
    mail.gate.live(LIVE);
    Duration delay = Duration.ofHours(1);
    assertThat(Allocations.bytesPerRun(100_000, i -> backlog.defer(LIVE, "m", delay)))
        .isLessThanOrEqualTo(36 + 7.2 + 24 + 0.5);
  }

  @Test
  void memoryOfAPeakIsGivenBackAndOldTicketsStayVoid() {
    mail.gate.live(LIVE);
    BacklogPlaces places = mail.backlog.stock.places;
    int before = places.capacity();
    List<Ticket> tickets = new ArrayList<>();
    for (int round = 0; round < 2; round++) {
      List<Ticket> own = new ArrayList<>();
      for (int i = 0; i < 100_000; i++) {
        own.add(backlog.defer(LIVE, "m", Duration.ofHours(1)));
      }
      mail.backlog.assertConsistent();
      assertThat(places.capacity()).isBetween(120_000, 125_000); // a fifth for the slots
      assertThat(tickets).noneMatch(Ticket::isPending).noneMatch(Ticket::cancel);
      assertThat(own).allMatch(Ticket::isPending).allMatch(Ticket::cancel);
      mail.backlog.assertConsistent();
      assertThat(places.capacity()).isLessThanOrEqualTo(before + 2 * BacklogPlaces.CHUNK);
      tickets.addAll(own);
    }
    assertThat(tickets).noneMatch(Ticket::isPending).noneMatch(Ticket::cancel);
  }

  @Test
  void aPlaceThatHasUsedUpItsGenerationsIsNeverUsedAgain() {
    BacklogPlaces places = new BacklogPlaces();
    int place = places.take("m");
    for (int i = 0; i < BacklogPlaces.LAST_GENERATION; i++) {
      places.give(place);
      place = places.take("m");
    }
    assertThat(places.generation(place)).isEqualTo(BacklogPlaces.LAST_GENERATION);
    places.become(place, BacklogPlaces.State.QUEUED);
    assertThat(places.isCurrent(place, BacklogPlaces.LAST_GENERATION)).isTrue();
    places.give(place);
    assertThat(places.isCurrent(place, BacklogPlaces.LAST_GENERATION)).isFalse();
    assertThat(places.state(place)).isEqualTo(BacklogPlaces.State.GONE);
    assertThat(places.take("n")).isNotEqualTo(place);
    assertThat(places.capacity() - places.free()).isEqualTo(2);
  }
}
