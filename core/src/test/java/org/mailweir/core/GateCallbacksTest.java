package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mailweir.core.GateHarness.admitted;
import static org.mailweir.core.GateHarness.permitOf;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers and listener calls run outside the lock, one at a time; waits that nobody wants end. */
@Timeout(60)
class GateCallbacksTest {
  private final GateHarness gate = GateHarness.start();

  private List<Permit> fill(String destination) {
    gate.live(destination);
    return GateFlow.fill(gate, destination);
  }

  // -- waits that nobody wants any more

  @Test
  void aCancelledWaitGivesAllBackAtOnce() {
    List<Permit> inFlight = fill("a.test");
    GateStats before = gate.stats();
    CompletableFuture<Admission> waiting = gate.waits("a.test");
    assertThat(waiting.cancel(false)).isTrue();
    gate.gate.assertConsistent();
    assertThat(gate.stats().clientsHeld()).isEqualTo(before.clientsHeld());
    assertThat(gate.stats().waiting()).isZero();
    assertThat(gate.stats().clientsWaiting()).isZero();
    assertThat(gate.stats().refused().get(Refusal.Reason.CANCELLED)).isEqualTo(1);
    inFlight.forEach(Permit::close);
    gate.assertAllGivenBack();
  }

  @Test
  void aCancelledWaitLetsTheNextOneGoFirst() {
    List<Permit> inFlight = fill("a.test");
    CompletableFuture<Admission> first = gate.waits("a.test");
    CompletableFuture<Admission> second = gate.waits("a.test");
    first.cancel(true);
    gate.settle(inFlight.get(0), Outcome.REJECTED);
    assertThat(admitted(second)).isTrue();
    assertThatThrownBy(first::join).isInstanceOf(CancellationException.class);
  }

  @Test
  void aWaitThatItsCallerCompletedOtherwiseGivesAllBack() {
    List<Permit> inFlight = fill("a.test");
    CompletableFuture<Admission> failed = gate.waits("a.test");
    CompletableFuture<Admission> answered = gate.waits("a.test");
    failed.completeExceptionally(new IllegalStateException("timeout of the caller's own"));
    answered.complete(new Refusal(Refusal.Reason.CLOSED, Refusal.NO_HINT, "caller's own"));
    assertThat(gate.stats().waiting()).isZero();
    inFlight.forEach(Permit::close);
    gate.assertAllGivenBack();
  }

  @Test
  void aPermitThatComesWhileTheWaitIsCancelledIsNotLost() {
    List<Permit> inFlight = fill("a.test");
    CompletableFuture<Admission> first = gate.waits("a.test");
    CompletableFuture<Admission> second = gate.waits("a.test");
    // While the first answer is handed over the second waiter gets its turn, whose hand-over has to
    // wait for the first one's; meanwhile it is cancelled.
    first.thenRun(
        () -> {
          inFlight.get(1).settle(Outcome.REJECTED);
          assertThat(gate.stats().waiting()).isZero();
          second.cancel(false);
        });
    gate.settle(inFlight.get(0), Outcome.REJECTED);
    assertThat(first.join()).isInstanceOf(Permit.class);
    assertThat(second).isCancelled();
    gate.gate.assertConsistent();
    assertThat(gate.stats().inFlight()).isEqualTo(inFlight.size() - 2 + 1);
    permitOf(first.join()).close();
    inFlight.forEach(Permit::close);
    gate.assertAllGivenBack();
  }

  @Test
  void anInterruptedWaitGivesAllBackAtOnce() throws InterruptedException {
    List<Permit> inFlight = fill("a.test");
    AtomicReference<Exception> thrown = new AtomicReference<>();
    Thread waiting =
        new Thread(
            () -> {
              try {
                gate.gate.admit("a.test", Attempt.FRESH, Duration.ofSeconds(30));
              } catch (InterruptedException interrupted) {
                thrown.set(interrupted);
              }
            });
    waiting.start();
    while (gate.stats().waiting() == 0) {
      Thread.onSpinWait();
    }
    waiting.interrupt();
    waiting.join();
    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    assertThat(gate.stats().waiting()).isZero();
    inFlight.forEach(Permit::close);
    gate.assertAllGivenBack();
  }

  @Test
  void anAdmitThatBlocksGoesOnWithItsPermit() throws Exception {
    List<Permit> inFlight = fill("a.test");
    CompletableFuture<Admission> result = new CompletableFuture<>();
    Thread waiting =
        new Thread(
            () -> {
              try {
                result.complete(gate.gate.admit("a.test", Attempt.FRESH, Duration.ofSeconds(30)));
              } catch (InterruptedException interrupted) {
                result.completeExceptionally(interrupted);
              }
            });
    waiting.start();
    while (gate.stats().waiting() == 0) {
      Thread.onSpinWait();
    }
    gate.settle(inFlight.get(0), Outcome.REJECTED);
    permitOf(result.get(30, TimeUnit.SECONDS)).close();
  }

  // -- callbacks

  @Test
  void callbacksRunOutsideTheLock() throws Exception {
    List<Permit> inFlight = fill("a.test");
    CompletableFuture<Admission> waiting = gate.waits("a.test");
    CountDownLatch other = new CountDownLatch(1);
    AtomicBoolean otherGotIn = new AtomicBoolean();
    waiting.thenRun(
        () -> {
          new Thread(
                  () -> {
                    gate.stats();
                    other.countDown();
                  })
              .start();
          try {
            otherGotIn.set(other.await(30, TimeUnit.SECONDS));
          } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
          }
        });
    gate.settle(inFlight.get(0), Outcome.REJECTED);
    assertThat(otherGotIn).isTrue();
  }

  @Test
  void callbacksNeverNest() {
    List<Permit> inFlight = fill("a.test");
    AtomicInteger depth = new AtomicInteger();
    AtomicInteger deepest = new AtomicInteger();
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      all.add(
          gate.waits("a.test")
              .thenAccept(
                  admission -> {
                    deepest.accumulateAndGet(depth.incrementAndGet(), Math::max);
                    permitOf(admission).settle(Outcome.REJECTED);
                    depth.decrementAndGet();
                  }));
    }
    gate.settle(inFlight.get(0), Outcome.REJECTED);
    assertThat(all).allMatch(CompletableFuture::isDone);
    assertThat(deepest).hasValue(1);
  }

  @Test
  void aChainOfAHundredThousandHandOversDoesNotOverflowTheStack() {
    int waiters = 100_000;
    GateHarness wide = GateHarness.with(b -> b.clients(250_000).patience(Duration.ofDays(1)));
    wide.live("a.test", Duration.ofNanos(1));
    List<Permit> inFlight = GateFlow.fill(wide, "a.test");
    AtomicInteger handedOver = new AtomicInteger();
    for (int i = 0; i < waiters; i++) {
      wide.gate
          .admitAsync("a.test", Attempt.FRESH, Duration.ofDays(1))
          .thenAccept(
              admission -> {
                handedOver.incrementAndGet();
                permitOf(admission).settle(Outcome.REJECTED);
              });
    }
    assertThat(wide.stats().waiting()).isEqualTo(waiters);
    wide.settle(inFlight.get(0), Outcome.REJECTED);
    assertThat(handedOver).hasValue(waiters);
    inFlight.forEach(Permit::close);
    wide.assertAllGivenBack();
  }

  // -- listeners that throw

  private static final class Sneaky {
    @SuppressWarnings("unchecked")
    static <E extends Throwable> void raise(Throwable failure) throws E {
      throw (E) failure;
    }
  }

  private static GateListener<String> throwing(Throwable failure, AtomicInteger calls) {
    return new GateListener<>() {
      @Override
      public void onTransition(String destination, Standing from, Standing to, String cause) {
        calls.incrementAndGet();
        Sneaky.<RuntimeException>raise(failure);
      }
    };
  }

  private static void withHandler(Thread.UncaughtExceptionHandler handler, Runnable action) {
    Thread thread = Thread.currentThread();
    Thread.UncaughtExceptionHandler before = thread.getUncaughtExceptionHandler();
    thread.setUncaughtExceptionHandler(handler);
    try {
      action.run();
    } finally {
      thread.setUncaughtExceptionHandler(before);
    }
  }

  private static int callsWhenThrowing(Throwable failure, Thread.UncaughtExceptionHandler handler) {
    AtomicInteger calls = new AtomicInteger();
    GateHarness harness = GateHarness.with(b -> b.listener(throwing(failure, calls)));
    withHandler(
        handler,
        () -> {
          harness.live("a.test");
          harness.live("b.test");
          List<Permit> inFlight = GateFlow.fill(harness, "a.test");
          CompletableFuture<Admission> waiting = harness.waits("a.test");
          harness.suspend("b.test");
          harness.settle(inFlight.get(0), Outcome.REJECTED);
          assertThat(admitted(waiting)).isTrue();
        });
    return calls.get();
  }

  @Test
  void aListenerThatThrowsHarmsNothing() {
    List<Throwable> seen = new ArrayList<>();
    RuntimeException failure = new IllegalStateException("listener");
    assertThat(callsWhenThrowing(failure, (thread, thrown) -> seen.add(thrown))).isEqualTo(3);
    assertThat(seen).containsExactly(failure, failure, failure);
  }

  @Test
  void aListenerThatThrowsACheckedExceptionUndeclaredHarmsNothing() {
    Exception failure = new Exception("undeclared");
    assertThat(callsWhenThrowing(failure, (thread, thrown) -> {})).isEqualTo(3);
  }

  @Test
  void anExceptionHandlerThatThrowsHarmsNothing() {
    assertThat(
            callsWhenThrowing(
                new IllegalStateException("listener"),
                (thread, thrown) -> {
                  throw new IllegalStateException("handler");
                }))
        .isEqualTo(3);
  }

  @Test
  void transitionsAreHeardInOrder() {
    gate.live("a.test");
    gate.suspend("a.test");
    gate.nextProbe(Duration.ofSeconds(31)).settle(Outcome.READY, "");
    assertThat(gate.heard)
        .containsExactly(
            "a.test NEW -> LIVE: it answers",
            "a.test LIVE -> SUSPENDED: words",
            "a.test SUSPENDED -> RECOVERING: it answers");
  }

  /** For a caller that has a lock of its own, outside which they are to run. */
  @Test
  void whatAQuietAdmissionCausesIsHeardWhenItsCallerSaysSo() {
    gate.suspend("a.test");
    gate.jump(Duration.ofMinutes(61));
    String heard = "a.test SUSPENDED -> NEW: not probed for an hour";
    permitOf(gate.gate.tryAdmitQuietly("a.test", null, Attempt.FRESH, null));
    assertThat(gate.heard).doesNotContain(heard);
    gate.gate.runCallbacks();
    assertThat(gate.heard).contains(heard);
  }
}
