package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mailweir.core.BacklogHarness.LIVE;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.core.Dispatch.Permitted;
import org.mailweir.core.Dispatch.Returned;

/** Those who wait: threads in {@code take}, and event loops. */
@Timeout(30)
class BacklogWaitTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final AtomicInteger woken = new AtomicInteger();
  private final BacklogHarness mail =
      BacklogHarness.with(builder -> builder.onReady(woken::incrementAndGet));

  private static final class Taker {
    private final FutureTask<Dispatch<String, String>> task;
    final Thread thread;

    Taker(Backlog<String, String> backlog) {
      task = new FutureTask<>(backlog::take);
      thread = new Thread(task);
      thread.setDaemon(true);
      thread.start();
    }

    /** Waits until it is parked: it found nothing. */
    Taker parked() {
      while (thread.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      return this;
    }

    Dispatch<String, String> get() throws Exception {
      return task.get();
    }
  }

  private Taker taker() {
    return new Taker(mail.backlog).parked();
  }

  @Test
  void takeWaitsForMail() throws Exception {
    Taker taker = taker();
    mail.submit(LIVE, "m");
    assertThat(taker.get().message()).isEqualTo("m");
  }

  @Test
  void takeWaitsForTheTimeOfAMessage() throws Exception {
    mail.gate.live(LIVE);
    mail.defer(LIVE, "m", MINUTE);
    Taker taker = taker();
    mail.jump(MINUTE.plusSeconds(2));
    assertThat(taker.get().message()).isEqualTo("m");
  }

  @Test
  void takeWaitsForAPlace() throws Exception {
    mail.gate.live(LIVE);
    List<Permit> outside = GateFlow.fill(mail.gate, LIVE);
    mail.submit(LIVE, "m");
    Taker taker = taker();
    outside.get(0).settle(Outcome.DELIVERED);
    assertThat(taker.get().message()).isEqualTo("m");
  }

  @Test
  void oneOfManyTakersGetsEachMessage() throws Exception {
    mail.gate.live(LIVE);
    GateFlow.grow(mail.gate, LIVE, 20);
    List<Taker> takers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      takers.add(taker());
    }
    for (int i = 0; i < 8; i++) {
      mail.defer(LIVE, "m" + i, MINUTE);
    }
    mail.jump(MINUTE.plusSeconds(2)); // all at once: each one who is woken wakes the next
    List<String> got = new ArrayList<>();
    for (Taker taker : takers) {
      got.add(taker.get().message());
    }
    assertThat(got).containsExactlyInAnyOrder("m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7");
  }

  @Test
  void takeIsInterruptible() throws Exception {
    Taker taker = taker();
    taker.thread.interrupt();
    assertThatThrownBy(taker::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(InterruptedException.class);
    mail.submit(LIVE, "m");
    mail.permitted("m").close();
  }

  @Test
  void anInterruptedTakerTakesNothing() {
    mail.submit(LIVE, "m");
    Thread.currentThread().interrupt();
    assertThatThrownBy(mail.backlog::take).isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
    mail.permitted("m").close();
  }

  /** The first in line is woken, and may be interrupted before it has got up. */
  @Test
  void aTakerThatIsInterruptedAsMailComesLeavesItToTheNextOne() throws Exception {
    mail.gate.live(LIVE);
    for (int round = 0; round < 20; round++) {
      Taker first = taker();
      Taker next = taker();
      mail.backlog.submit(LIVE, "m");
      first.thread.interrupt();
      try {
        close(first.get());
        mail.backlog.submit(LIVE, "n"); // it was quicker
      } catch (ExecutionException interrupted) {
        assertThat(interrupted).hasCauseInstanceOf(InterruptedException.class);
      }
      close(next.get());
    }
  }

  private static void close(Dispatch<String, String> dispatch) {
    ((Permitted<String, String>) dispatch).permit().close();
  }

  @Test
  void closeWakesAllTakersAndEachMessageIsReturnedOnce() throws Exception {
    mail.gate.live(LIVE);
    mail.defer(LIVE, "m", MINUTE);
    List<Taker> takers = List.of(taker(), taker(), taker());
    mail.backlog.close();
    int returned = 0;
    for (Taker taker : takers) {
      try {
        assertThat(taker.get()).isEqualTo(new Returned<>(LIVE, "m"));
        returned++;
      } catch (ExecutionException closed) {
        assertThat(closed).hasCauseInstanceOf(IllegalStateException.class);
      }
    }
    assertThat(returned).isOne();
  }

  @Test
  void aVirtualThreadThatWaitsPinsNobody() throws Exception {
    var starter =
        java.util.Arrays.stream(Thread.class.getMethods())
            .filter(method -> method.getName().equals("startVirtualThread"))
            .findFirst();
    org.junit.jupiter.api.Assumptions.assumeTrue(
        starter.isPresent() && Runtime.version().feature() >= 21, "no virtual threads");
    int many = 4 * Runtime.getRuntime().availableProcessors() + 8; // more than there are carriers
    mail.gate.live(LIVE);
    GateFlow.grow(mail.gate, LIVE, 20);
    List<CompletableFuture<String>> got = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      CompletableFuture<String> one = new CompletableFuture<>();
      got.add(one);
      Runnable take =
          () -> {
            try {
              Permitted<String, String> next = (Permitted<String, String>) mail.backlog.take();
              next.permit().settle(Outcome.DELIVERED);
              one.complete(next.message());
            } catch (Throwable failure) {
              one.completeExceptionally(failure);
            }
          };
      starter.get().invoke(null, take);
    }
    for (int i = 0; i < many; i++) {
      mail.backlog.submit(LIVE, "m" + i);
    }
    for (CompletableFuture<String> one : got) {
      assertThat(one.get(20, TimeUnit.SECONDS)).startsWith("m");
    }
  }

  // -- event loops

  @Test
  void wakesALoopThatFoundNothingOnce() {
    mail.submit(LIVE, "a");
    assertThat(woken).hasValue(1); // though nobody has asked yet
    mail.permitted("a").close();
    mail.submit(LIVE, "a2");
    mail.permitted("a2").close();
    assertThat(woken).hasValue(1);
    mail.nothing();
    mail.submit(LIVE, "b");
    mail.submit(LIVE, "c");
    assertThat(woken).hasValue(2);
  }

  @Test
  void wakesALoopWhenALifeIsOver() {
    mail.gate.live(LIVE);
    mail.defer(LIVE, "m", MINUTE.multipliedBy(60), MINUTE);
    mail.nothing();
    mail.jump(MINUTE.plusSeconds(2));
    assertThat(woken).hasValue(1);
    assertThat(mail.backlog.nextDue()).isEqualTo(mail.gate.now());
    mail.expired("m");
  }

  @Test
  void wakesALoopWhenAPlaceIsGivenBack() {
    mail.gate.live(LIVE);
    List<Permit> outside = GateFlow.fill(mail.gate, LIVE);
    mail.submit(LIVE, "m");
    mail.nothing();
    assertThat(woken).hasValue(1);
    outside.get(0).settle(Outcome.DELIVERED);
    assertThat(woken).hasValue(2);
  }

  @Test
  void aPollAsksSixtyFourTimesAtMostAndTellsThatThereIsMoreToAsk() {
    mail.gate.suspendMany("dead", 100);
    for (int i = 0; i < 100; i++) {
      mail.submit("dead" + i + ".test", "m");
    }
    long refusals = mail.refusals();
    mail.nothing();
    assertThat(mail.refusals() - refusals).isEqualTo(64);
    assertThat(woken).hasValue(2);
    mail.nothing();
    assertThat(mail.refusals() - refusals).isEqualTo(100);
    assertThat(woken).hasValue(2);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 3600})
  void wakesALoopThatWasPromisedALaterTime(long seconds) {
    mail.gate.live(LIVE);
    mail.defer(LIVE, "later", MINUTE);
    mail.nothing();
    mail.backlog.nextDue();
    mail.defer(LIVE, "m", Duration.ofSeconds(seconds));
    assertThat(woken).hasValue(seconds < 60 ? 1 : 0);
  }

  @Test
  void wakesOutsideEveryLock() {
    Queue<Integer> seen = new ConcurrentLinkedQueue<>();
    GateHarness gate = GateHarness.start();
    List<Backlog<String, String>> made = new ArrayList<>();
    BacklogHarness other =
        BacklogHarness.of(
            gate,
            builder ->
                builder.onReady(
                    () -> {
                      // Another thread gets in only if this one holds neither lock.
                      Thread thread =
                          new Thread(
                              () -> {
                                gate.gate.stats();
                                seen.add(made.get(0).stats().pending());
                              });
                      thread.start();
                      try {
                        thread.join();
                      } catch (InterruptedException interrupted) {
                        seen.add(-1);
                      }
                    }));
    made.add(other.backlog);
    gate.live(LIVE);
    List<Permit> full = GateFlow.fill(gate, LIVE);
    other.submit(LIVE, "m");
    assertThat(seen).containsExactly(1);
    other.nothing();
    full.get(0).settle(Outcome.DELIVERED); // told by the gate, inside of settle
    assertThat(seen).containsExactly(1, 1);
    other.permitted("m").close();
  }

  @Test
  void noCallKeepsTheLock() {
    mail.gate.live(LIVE);
    List<Ticket> tickets = new ArrayList<>();
    List<Runnable> calls =
        List.of(
            () -> tickets.add(mail.backlog.submit(LIVE, "m")),
            () -> tickets.add(mail.backlog.defer(LIVE, "m", MINUTE)),
            () -> tickets.get(0).isPending(),
            () -> tickets.get(0).cancel(),
            () -> tickets.get(0).cancel(),
            () -> mail.backlog.pending(LIVE),
            () -> mail.backlog.pending("other.test"),
            () -> mail.backlog.flush("other.test"),
            () -> mail.backlog.flush(LIVE),
            () -> mail.backlog.flush(),
            () -> mail.backlog.advance(mail.gate.now(), 1),
            () -> mail.backlog.nextDue(),
            () -> mail.backlog.stats(),
            () -> mail.backlog.poll().ifPresent(next -> ((Permitted<?, ?>) next).permit().close()),
            () -> mail.backlog.poll(),
            () -> {
              Thread.currentThread().interrupt();
              assertThatThrownBy(mail.backlog::take).isInstanceOf(InterruptedException.class);
            },
            () -> mail.backlog.close(),
            () -> mail.backlog.advance(mail.gate.now(), 1),
            () -> assertThatThrownBy(() -> mail.backlog.submit(LIVE, "m")),
            () -> assertThatThrownBy(mail.backlog::take));
    for (Runnable call : calls) {
      call.run();
      CompletableFuture<BacklogStats> other = CompletableFuture.supplyAsync(mail.backlog::stats);
      assertThat(other).succeedsWithin(Duration.ofSeconds(20));
    }
  }

  @Test
  void survivesACallbackThatThrows() {
    List<Throwable> thrown = new ArrayList<>();
    Thread.currentThread().setUncaughtExceptionHandler((thread, failure) -> thrown.add(failure));
    try {
      BacklogHarness other =
          BacklogHarness.with(
              builder ->
                  builder.onReady(
                      () -> {
                        throw new IllegalStateException("loop is gone");
                      }));
      other.nothing();
      other.submit(LIVE, "m");
      other.permitted("m").close();
      assertThat(thrown).hasSize(1);
    } finally {
      Thread.currentThread().setUncaughtExceptionHandler(null);
    }
  }

  @Test
  void doesNotBringAMessageTwiceWhenTheListenerPolls() {
    // The gate tells of a transition within the call that asks it: no lock is held, so that may
    // poll.
    List<Dispatch<String, String>> out = new ArrayList<>();
    List<Backlog<String, String>> made = new ArrayList<>();
    GateListener<String> listener =
        new GateListener<>() {
          @Override
          public void onTransition(String destination, Standing from, Standing to, String cause) {
            made.forEach(backlog -> backlog.poll().ifPresent(out::add));
          }
        };
    BacklogHarness other =
        BacklogHarness.of(GateHarness.with(builder -> builder.listener(listener)), builder -> {});
    made.add(other.backlog);
    for (int i = 0; i < 3; i++) {
      other.submit(LIVE, "m" + i);
    }
    other.permitted("m0").settle(Outcome.DELIVERED);
    assertThat(out).extracting(Dispatch::message).containsExactly("m1");
    other.permitted("m2").close();
    assertThat(out.get(0)).isInstanceOf(Permitted.class);
  }
}
