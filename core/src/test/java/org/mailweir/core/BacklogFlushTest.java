package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mailweir.core.BacklogHarness.DEAD;
import static org.mailweir.core.BacklogHarness.LIVE;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Mail that is made due by hand. */
class BacklogFlushTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration HOUR = Duration.ofHours(1);

  private final BacklogHarness mail = BacklogHarness.start();

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
  void aFlushOfAllVisitsEachDestinationOnceAFewAtATime() {
    BacklogStock<String, String> stock = mail.backlog.stock;
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      mail.gate.live("d" + i);
      mail.defer("d" + i, "m" + i, HOUR);
      all.add("d" + i);
    }
    int flush = stock.startFlush();
    List<String> flushed = new ArrayList<>();
    assertThat(stock.flushSome(flush, 2, flushed::add)).isTrue();
    assertThat(flushed).isEqualTo(all.subList(0, 2));
    mail.defer("late.test", "late", HOUR);
    assertThat(stock.flushSome(flush, 2, flushed::add)).isTrue();
    assertThat(stock.flushSome(flush, 2, flushed::add)).isFalse();
    assertThat(flushed).isEqualTo(all);
    assertThat(BacklogHarness.messages(mail.all())).containsExactly("m0", "m1", "m2", "m3", "m4");
  }

  @Test
  void aFlushOfAllGoesOnUntilAllWereVisited() {
    for (int i = 0; i < 130; i++) {
      mail.defer("d" + i, "m" + i, HOUR);
    }
    mail.backlog.flush();
    for (int i = 0; i < 130; i++) {
      mail.permitted("m" + i).settle(Outcome.DELIVERED);
    }
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
  void aFlushOfOneIsProbedBeforeThoseOfAFlushOfAll() {
    mail.gate.suspendMany("dead", 20);
    for (int i = 0; i < 20; i++) {
      mail.defer("dead" + i + ".test", "m" + i, MINUTE);
    }
    mail.backlog.flush();
    mail.backlog.flush("dead19.test");
    assertThat(mail.gate.nextProbe(MINUTE).destination()).isEqualTo("dead19.test");
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
}
