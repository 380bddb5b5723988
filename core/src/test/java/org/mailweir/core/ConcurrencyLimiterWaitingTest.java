package org.mailweir.core;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.core.ConcurrencyLimiter.Grant;
import org.mailweir.core.ConcurrencyLimiter.Share;

/** Waiting for a permit: order, patience, interrupts, cancelling, closing. */
@Timeout(60)
class ConcurrencyLimiterWaitingTest {
  private final ConcurrencyLimiter limiter = new ConcurrencyLimiter(1);

  // -- order

  @Test
  void aFutureCompletesAtOnceWhileThereIsAPermit() {
    CompletableFuture<Optional<Grant>> granted = limiter.acquireAsync();
    assertThat(granted).isCompletedWithValueMatching(Optional::isPresent);
    assertThat(limiter.inUse()).isEqualTo(1);
    assertThat(limiter.waiting()).isZero();
  }

  @Test
  void servesInTheOrderOfComing() {
    Grant held = limiter.tryAcquire().orElseThrow();
    List<Integer> served = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      int number = i;
      limiter.acquireAsync().thenAccept(granted -> returns(granted, () -> served.add(number)));
    }
    assertThat(limiter.waiting()).isEqualTo(5);
    held.close();
    assertThat(served).containsExactly(0, 1, 2, 3, 4);
    assertThat(limiter.inUse() + limiter.waiting()).isZero();
  }

  @Test
  void whoTakesAtOnceTakesNothingThatSomebodyWaitsFor() {
    Grant held = limiter.tryAcquire().orElseThrow();
    CompletableFuture<Optional<Grant>> waiting = limiter.acquireAsync();
    held.close();
    assertThat(waiting).isDone();
    assertThat(limiter.tryAcquire()).isEmpty();
    assertThat(limiter.inUse()).isEqualTo(1);
  }

  @Test
  void oneThatWaitsForAFullShareHoldsUpNobodyElse() {
    ConcurrencyLimiter two = new ConcurrencyLimiter(2);
    Share narrow = two.share("narrow", 1);
    Grant first = narrow.tryAcquire().orElseThrow();
    CompletableFuture<Optional<Grant>> forNarrow = narrow.acquireAsync();
    assertThat(two.acquireAsync()).isDone(); // the place beside it
    CompletableFuture<Optional<Grant>> forWhole = two.acquireAsync();
    first.close();
    assertThat(forNarrow).as("came first, and its share has room again").isDone();
    assertThat(forWhole).isNotDone();
    forNarrow.join().orElseThrow().close();
    assertThat(forWhole).isDone();
  }

  @Test
  void aPermitGoesToTheEarliestThatItFits() {
    ConcurrencyLimiter three = new ConcurrencyLimiter(3);
    Share a = three.share("a", 1);
    Share b = three.share("b", 2);
    a.tryAcquire().orElseThrow();
    Grant fromB = b.tryAcquire().orElseThrow();
    three.tryAcquire().orElseThrow();
    CompletableFuture<Optional<Grant>> earliest = a.acquireAsync();
    CompletableFuture<Optional<Grant>> forB = b.acquireAsync();
    CompletableFuture<Optional<Grant>> forWhole = three.acquireAsync();
    fromB.close();
    assertThat(earliest).as("its share is full").isNotDone();
    assertThat(forB).isDone();
    assertThat(forWhole).isNotDone();
  }

  @Test
  void aBlockedThreadGoesOnWithThePermit() throws Exception {
    Grant held = limiter.tryAcquire().orElseThrow();
    CompletableFuture<Optional<Grant>> result = new CompletableFuture<>();
    Thread blocked = blocked(ofSeconds(50), result);
    held.close();
    result.get(50, TimeUnit.SECONDS).orElseThrow().close();
    blocked.join();
    assertThat(limiter.inUse()).isZero();
  }

  @Test
  void blockedThreadsAndFuturesStandInOneLine() throws Exception {
    Grant held = limiter.tryAcquire().orElseThrow();
    CompletableFuture<Optional<Grant>> first = limiter.acquireAsync();
    CompletableFuture<Optional<Grant>> second = new CompletableFuture<>();
    Thread blocked = blocked(ofSeconds(50), second);
    CompletableFuture<Optional<Grant>> third = limiter.acquireAsync();
    held.close();
    assertThat(first).isDone();
    first.join().orElseThrow().close();
    Grant grant = second.get(50, TimeUnit.SECONDS).orElseThrow();
    assertThat(third).isNotDone();
    grant.close();
    assertThat(third).isDone();
    blocked.join();
  }

  // -- patience

  /** A timed refusal of Failsafe's bulkhead destroys a permit (#393). */
  @Test
  void aWaitThatTimesOutTakesNoPermit_failsafe393() throws InterruptedException {
    Grant held = limiter.tryAcquire().orElseThrow();
    for (int i = 0; i < 20; i++) {
      assertThat(limiter.acquire(ofMillis(1))).isEmpty();
    }
    assertThat(limiter.waiting()).isZero();
    held.close();
    assertThat(limiter.tryAcquire()).isPresent();
  }

  @Test
  void withoutPatienceNobodyWaits() throws InterruptedException {
    Grant held = limiter.tryAcquire().orElseThrow();
    assertThat(limiter.acquire(Duration.ZERO)).isEmpty();
    held.close();
    assertThat(limiter.acquire(Duration.ZERO)).isPresent();
  }

  @Test
  void takesAnyLengthOfPatienceButANegativeOne() throws InterruptedException {
    assertThat(limiter.acquire(ofSeconds(Long.MAX_VALUE))).isPresent();
    assertThatIllegalArgumentException().isThrownBy(() -> limiter.acquire(ofMillis(-1)));
  }

  @Test
  void aFutureThatTimesOutLeavesTheLine() {
    Grant held = limiter.tryAcquire().orElseThrow();
    Optional<Grant> late =
        limiter.acquireAsync().completeOnTimeout(Optional.empty(), 1, TimeUnit.MILLISECONDS).join();
    assertThat(late).isEmpty();
    while (limiter.waiting() > 0) { // it leaves just after it was answered, on the timer's thread
      Thread.onSpinWait();
    }
    held.close();
    assertThat(limiter.inUse()).isZero();
  }

  // -- the line's limit

  @Test
  void answersAtOnceWhoWouldMakeTheLineTooLong() throws InterruptedException {
    ConcurrencyLimiter bounded = new ConcurrencyLimiter(1, 2);
    Share share = bounded.share("share", 1);
    Grant held = bounded.tryAcquire().orElseThrow();
    CompletableFuture<Optional<Grant>> first = bounded.acquireAsync();
    share.acquireAsync();
    assertThat(bounded.acquireAsync()).isCompletedWithValue(Optional.empty());
    assertThat(share.acquire(ofSeconds(50))).isEmpty();
    assertThat(bounded.waiting()).isEqualTo(2);
    held.close();
    assertThat(first).isDone();
    assertThat(bounded.acquireAsync()).as("there is a place in the line again").isNotDone();
  }

  @Test
  void aLineOfNoneLetsNobodyWait() throws InterruptedException {
    ConcurrencyLimiter none = new ConcurrencyLimiter(1, 0);
    assertThat(none.acquire(ofSeconds(50))).isPresent();
    assertThat(none.acquire(ofSeconds(50))).isEmpty();
    assertThatIllegalArgumentException().isThrownBy(() -> new ConcurrencyLimiter(1, -1));
  }

  // -- interrupts

  @Test
  void anInterruptedWaitLeavesTheLineWithoutAPermit() throws InterruptedException {
    Grant held = limiter.tryAcquire().orElseThrow();
    CompletableFuture<Optional<Grant>> result = new CompletableFuture<>();
    Thread blocked = blocked(ofSeconds(50), result);
    blocked.interrupt();
    blocked.join();
    assertThat(result).isCompletedExceptionally();
    assertThat(limiter.waiting()).isZero();
    held.close();
    assertThat(limiter.inUse()).isZero();
  }

  @Test
  void anInterruptedThreadTakesNothing() {
    Thread.currentThread().interrupt();
    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(() -> limiter.acquire(ofSeconds(50)));
    assertThat(Thread.interrupted()).isFalse();
    assertThat(limiter.inUse()).isZero();
  }

  // -- cancelling

  @Test
  void aCancelledWaitLeavesTheLine() {
    Grant held = limiter.tryAcquire().orElseThrow();
    CompletableFuture<Optional<Grant>> first = limiter.acquireAsync();
    CompletableFuture<Optional<Grant>> second = limiter.acquireAsync();
    first.cancel(false);
    assertThat(limiter.waiting()).isEqualTo(1);
    held.close();
    assertThat(second).isCompletedWithValueMatching(Optional::isPresent);
  }

  /**
   * While the first is being told of its permit, the second gets one, and cancels before it is told
   * of it.
   */
  @Test
  void aPermitThatComesWhileTheWaitIsCancelledGoesToTheNext() {
    ConcurrencyLimiter two = new ConcurrencyLimiter(2);
    Grant held = two.tryAcquire().orElseThrow();
    Grant other = two.tryAcquire().orElseThrow();
    CompletableFuture<Optional<Grant>> first = two.acquireAsync();
    CompletableFuture<Optional<Grant>> second = two.acquireAsync();
    CompletableFuture<Optional<Grant>> third = two.acquireAsync();
    first.thenRun(
        () -> {
          other.close();
          assertThat(two.waiting()).as("the permit is the second's").isEqualTo(1);
          assertThat(second.cancel(false)).isTrue();
        });
    held.close();
    assertThat(second).isCancelled();
    assertThat(third).isCompletedWithValueMatching(Optional::isPresent);
    assertThat(two.inUse()).isEqualTo(2);
  }

  // -- closing

  @Test
  void closeAnswersAllThatWaitAndAllThatComeLater() throws Exception {
    Grant held = limiter.tryAcquire().orElseThrow();
    CompletableFuture<Optional<Grant>> future = limiter.acquireAsync();
    CompletableFuture<Optional<Grant>> result = new CompletableFuture<>();
    Thread blocked = blocked(ofSeconds(50), result);
    limiter.close();
    assertThat(future).isCompletedWithValue(Optional.empty());
    assertThat(result.get(50, TimeUnit.SECONDS)).isEmpty();
    assertThat(limiter.waiting()).isZero();
    held.close(); // is valid still
    assertThat(limiter.inUse()).isZero();
    limiter.close();
    assertThat(limiter.tryAcquire()).isEmpty();
    assertThat(limiter.acquire(ofSeconds(50))).isEmpty();
    assertThat(limiter.acquireAsync()).isCompletedWithValue(Optional.empty());
    blocked.join();
  }

  // -- callbacks

  /** Failsafe runs listeners under its lock: one that waits for another thread hangs. */
  @Test
  void callbacksRunOutsideTheLock() {
    Grant held = limiter.tryAcquire().orElseThrow();
    AtomicBoolean ran = new AtomicBoolean();
    limiter
        .acquireAsync()
        .thenAccept(
            granted -> {
              CompletableFuture.runAsync(limiter::tryAcquire).join(); // would wait for the lock
              ran.set(true);
            });
    held.close();
    assertThat(ran).isTrue();
  }

  @Test
  void callbacksNeverNestHoweverLongTheChain() {
    int many = 100_000;
    ConcurrencyLimiter chained = new ConcurrencyLimiter(1, many);
    Grant held = chained.tryAcquire().orElseThrow();
    AtomicInteger depth = new AtomicInteger();
    AtomicInteger deepest = new AtomicInteger();
    AtomicInteger served = new AtomicInteger();
    for (int i = 0; i < many; i++) {
      chained
          .acquireAsync()
          .thenAccept(
              granted -> {
                deepest.accumulateAndGet(depth.incrementAndGet(), Math::max);
                returns(granted, served::incrementAndGet);
                depth.decrementAndGet();
              });
    }
    held.close();
    assertThat(served).hasValue(many);
    assertThat(deepest).hasValue(1);
  }

  @Test
  void aCallbackThatThrowsHarmsNobody() {
    Grant held = limiter.tryAcquire().orElseThrow();
    CompletableFuture<Void> failing =
        limiter
            .acquireAsync()
            .thenAccept(
                granted ->
                    returns(
                        granted,
                        () -> {
                          throw new IllegalStateException("of the embedder");
                        }));
    CompletableFuture<Optional<Grant>> next = limiter.acquireAsync();
    held.close();
    assertThat(failing).isCompletedExceptionally();
    assertThat(next).isCompletedWithValueMatching(Optional::isPresent);
  }

  // -- several threads at one moment

  /** The permit and the interrupt come at once: whoever wins, there is one permit in the end. */
  @Test
  void neitherInterruptNorTimeoutNorCancelLosesAPermitThatComesAtThatMoment() throws Exception {
    for (int round = 0; round < 500; round++) {
      Grant held = limiter.tryAcquire().orElseThrow();
      CompletableFuture<Optional<Grant>> result = new CompletableFuture<>();
      Duration patience = round % 3 == 0 ? Duration.ofNanos(1 + 50L * round) : ofSeconds(50);
      Thread blocked = new Thread(() -> acquire(patience, result));
      blocked.start();
      CompletableFuture<Optional<Grant>> future = limiter.acquireAsync();
      CountDownLatch both = new CountDownLatch(2);
      Thread closes = new Thread(() -> meet(both, held::close));
      closes.start();
      meet(
          both,
          () -> {
            blocked.interrupt();
            future.cancel(false);
          });
      closes.join();
      blocked.join();
      for (CompletableFuture<Optional<Grant>> one : List.of(result, future)) {
        one.exceptionally(failure -> Optional.empty()).join().ifPresent(Grant::close);
      }
      assertThat(limiter.inUse() + limiter.waiting()).as("round %d", round).isZero();
    }
  }

  private static void meet(CountDownLatch both, Runnable action) {
    both.countDown();
    while (both.getCount() > 0) {
      Thread.onSpinWait();
    }
    action.run();
  }

  /** Closes the permit after the action, also if it throws. */
  private static void returns(Optional<Grant> granted, Runnable action) {
    try (Grant unused = granted.orElseThrow()) {
      action.run();
    }
  }

  /** Starts a thread that waits, and returns when it stands in the line. */
  private Thread blocked(Duration patience, CompletableFuture<Optional<Grant>> result) {
    int before = limiter.waiting();
    Thread thread = new Thread(() -> acquire(patience, result));
    thread.start();
    while (limiter.waiting() == before && thread.isAlive()) {
      Thread.onSpinWait();
    }
    return thread;
  }

  private void acquire(Duration patience, CompletableFuture<Optional<Grant>> result) {
    try {
      result.complete(limiter.acquire(patience));
    } catch (InterruptedException interrupted) {
      result.completeExceptionally(interrupted);
    }
  }
}
