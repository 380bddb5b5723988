package org.mailweir.recall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mailweir.core.Admission;
import org.mailweir.core.Attempt;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.Outcome;
import org.mailweir.core.Permit;
import org.mailweir.core.Standing;
import org.mailweir.message.Destination;

/**
 * Refused mail of real sites of a real gate, in time that the test makes, through a real socket.
 */
@Timeout(60)
class RecallTest {
  private static final Destination SITE = new Destination("site.test");
  private static final Destination DEAD = new Destination("dead.test");

  @TempDir Path directory;
  private volatile long now = -5;
  private FlushService service;
  private DestinationGate<Destination> gate;
  private Recall recall;

  @BeforeEach
  void open() throws IOException {
    service = new FlushService(directory.resolve("flush"));
    gate =
        DestinationGate.<Destination>builder()
            .timeSource(() -> now)
            .random(new SplittableRandom(1))
            .build();
    recall = new Recall(directory.resolve("flush"), gate, Runnable::run, () -> now);
  }

  @AfterEach
  void close() throws IOException {
    service.close();
    gate.close();
  }

  private void pass(Duration time) {
    now += time.toNanos();
    gate.advance(now, 10_000);
  }

  private Permit admit(Destination site) {
    return (Permit) gate.tryAdmit(site, Attempt.FRESH);
  }

  private void delivers(Destination site, Duration time) {
    Permit permit = admit(site);
    permit.ready();
    pass(time);
    permit.settle(Outcome.DELIVERED);
  }

  private void refuse(Destination site, int from, int to) {
    for (int i = from; i < to; i++) {
      recall.refused(site, id(i));
    }
  }

  private static String id(int i) {
    return "4bVcQ45xllz" + i;
  }

  private void ticks(int count) {
    for (int i = 0; i < count; i++) {
      recall.tick();
      pass(Recall.TICK);
    }
  }

  @Test
  void callsNothingForASiteThatIsNotLive() {
    admit(DEAD).settle(Outcome.UNREACHABLE, "connection refused");
    assertThat(gate.status(DEAD).orElseThrow().standing()).isEqualTo(Standing.SUSPENDED);
    refuse(DEAD, 0, 10);
    refuse(SITE, 10, 20); // unknown to the gate
    pass(Ledger.SETTLES);
    ticks(10);
    assertThat(service.requests).isEmpty();
    assertThat(recall.remembered()).isEqualTo(20);
  }

  @Test
  void callsBackNoMoreThanTheSiteHasRoomFor() {
    delivers(SITE, Duration.ofMillis(10));
    int window = (int) gate.status(SITE).orElseThrow().window();
    refuse(SITE, 0, 100);
    pass(Ledger.SETTLES);
    ticks(20);
    assertThat(service.ids())
        .as("none of them has come, so the room stays full")
        .hasSize(2 * window)
        .startsWith(id(0), id(1), id(2));
    recall.came(id(0));
    ticks(5);
    assertThat(service.ids()).hasSize(2 * window + 1);
  }

  @Test
  void callsBackAtThePaceAtWhichTheSiteDelivers() {
    delivers(SITE, Duration.ofSeconds(10));
    refuse(SITE, 0, 100);
    pass(Ledger.SETTLES);
    ticks(1);
    assertThat(service.ids()).as("one at a time, though there is room for more").hasSize(1);
  }

  @Test
  void sitesShareFiftyCallsASecondInTurns() {
    List<Destination> sites = new ArrayList<>();
    for (int s = 0; s < 20; s++) {
      Destination site = new Destination("s" + s + ".test");
      sites.add(site);
      for (int i = 0; i < 4; i++) {
        delivers(site, Duration.ofMillis(1));
      }
      refuse(site, 100 * s, 100 * s + 100);
    }
    pass(Ledger.SETTLES);
    for (int second = 1; second <= 5; second++) {
      ticks(5);
      service.ids().forEach(recall::came); // as quickly as that
      assertThat(service.ids()).hasSize(second * Recall.A_SECOND);
    }
    assertThat(service.ids().stream().map(id -> id.substring(11)).map(Integer::valueOf))
        .as("sites that had a turn")
        .extracting(i -> sites.get(i / 100))
        .containsAll(sites);
  }

  @Test
  void drainsTheBacklogOfASiteThatReturns() {
    refuse(SITE, 0, 500);
    admit(SITE).settle(Outcome.UNREACHABLE, "connection refused");
    pass(Ledger.SETTLES);
    ticks(5);
    assertThat(service.requests).isEmpty();

    Permit permit = null;
    for (int i = 0; i < 100_000 && permit == null; i++) {
      pass(Duration.ofMillis(100));
      gate.pollProbe().ifPresent(probe -> probe.settle(Outcome.READY, ""));
      permit = gate.tryAdmit(SITE, Attempt.RETRIED) instanceof Permit granted ? granted : null;
    }
    permit.settle(Outcome.DELIVERED);
    List<CompletableFuture<Admission>> under = new ArrayList<>();
    int seen = 0;
    for (int tick = 0; tick < 1000 && seen < 500; tick++) {
      recall.tick();
      List<String> ids = service.ids();
      for (; seen < ids.size(); seen++) {
        recall.came(ids.get(seen));
        under.add(
            gate.admitAsync(SITE, Attempt.RETRIED, Duration.ofSeconds(30)).toCompletableFuture());
      }
      pass(Recall.TICK);
      List<CompletableFuture<Admission>> started =
          under.stream().filter(CompletableFuture::isDone).toList();
      under.removeAll(started);
      for (CompletableFuture<Admission> each : started) {
        Permit delivering = (Permit) each.join();
        delivering.ready();
        delivering.settle(Outcome.DELIVERED);
      }
    }
    assertThat(service.ids()).hasSize(500).doesNotHaveDuplicates();
    assertThat(recall.remembered()).isZero();
    assertThat(recall.calls()).isEqualTo(500);
  }

  @Test
  void callsNothingWhileTheSiteIsSuspendedByHand() {
    delivers(SITE, Duration.ofMillis(10));
    gate.suspend(SITE, Duration.ofMinutes(1), "maintenance");
    refuse(SITE, 0, 10);
    pass(Ledger.SETTLES);
    ticks(10);
    assertThat(service.requests).isEmpty();
    gate.resume(SITE);
    ticks(10);
    assertThat(service.requests).isNotEmpty();
  }

  @Test
  void losesNothingWhileTheSocketFailsAndTriesAgainAfterAMinute() throws IOException {
    service.close();
    delivers(SITE, Duration.ofMillis(10));
    refuse(SITE, 0, 3);
    pass(Ledger.SETTLES);
    ticks(5);
    assertThat(recall.remembered()).isEqualTo(3);
    service = new FlushService(directory.resolve("flush"));
    ticks(5);
    assertThat(service.requests).as("within the minute").isEmpty();
    pass(Duration.ofSeconds(60));
    ticks(5);
    assertThat(service.ids()).containsExactly(id(0), id(1), id(2));
  }

  @Test
  void endsACallThatIsStuck() throws IOException {
    service.greeting = "";
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      recall = new Recall(directory.resolve("flush"), gate, threads, () -> now);
      delivers(SITE, Duration.ofMillis(10));
      refuse(SITE, 0, 3);
      pass(Ledger.SETTLES);
      recall.tick();
      await()
          .until(
              () -> {
                pass(Duration.ofSeconds(6));
                recall.tick();
                return threads.submit(() -> true).isDone();
              });
    } finally {
      threads.shutdownNow();
    }
  }
}
