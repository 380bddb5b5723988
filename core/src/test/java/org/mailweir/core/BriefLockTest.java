package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, unit = TimeUnit.MINUTES)
class BriefLockTest {
  private final BriefLock lock = new BriefLock();

  @Test
  void whoAsksAgainHasCalledBack() {
    lock.lock();
    assertThatThrownBy(lock::lock)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("called back");
    lock.unlock();
    lock.lock(); // it is as it was
    lock.unlock();
  }

  @Test
  void whoWaitsGetsItWhenItIsGivenBack() throws InterruptedException {
    lock.lock();
    List<Thread> waiting = new ArrayList<>();
    CountDownLatch got = new CountDownLatch(20);
    for (int i = 0; i < 20; i++) {
      Thread thread = new Thread(() -> takeAndGive(got));
      thread.start();
      waiting.add(thread);
    }
    awaitASleeper(waiting);
    assertThat(got.getCount()).isEqualTo(20);
    while (lock.sleeping() == 0) {
      Thread.onSpinWait(); // it is awake for a moment between two naps
    }
    lock.unlock();
    got.await();
    for (Thread thread : waiting) {
      thread.join();
    }
    lock.lock(); // nobody holds it, nobody sleeps
    assertThat(lock.sleeping()).isZero();
    lock.unlock();
  }

  /** Their numbers follow one another, and are told apart down to the last bit. */
  @Test
  void whoAsksIsNotTakenForAnotherThatHoldsIt() throws InterruptedException {
    Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
    for (int round = 0; round < 2; round++) { // a holder of an even number, and one of an odd
      CountDownLatch held = new CountDownLatch(1);
      CountDownLatch enough = new CountDownLatch(1);
      Thread holder =
          new Thread(
              () -> {
                lock.lock();
                held.countDown();
                awaitQuietly(enough);
                lock.unlock();
              });
      List<Thread> others = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Thread other = new Thread(() -> takeAndGive(new CountDownLatch(1)));
        other.setUncaughtExceptionHandler((thread, failure) -> thrown.add(failure));
        others.add(other);
      }
      holder.start();
      held.await();
      for (Thread other : others) {
        other.start();
        while (other.isAlive() && other.getState() != Thread.State.TIMED_WAITING) {
          Thread.onSpinWait();
        }
      }
      enough.countDown();
      for (Thread other : others) {
        other.join();
      }
      holder.join();
    }
    assertThat(thrown).isEmpty();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  private void takeAndGive(CountDownLatch got) {
    lock.lock();
    got.countDown();
    lock.unlock();
  }

  @Test
  void anInterruptDoesNotEndTheWaitAndIsKept() throws InterruptedException {
    lock.lock();
    AtomicBoolean interrupted = new AtomicBoolean();
    CountDownLatch got = new CountDownLatch(1);
    Thread thread =
        new Thread(
            () -> {
              takeAndGive(got);
              interrupted.set(Thread.currentThread().isInterrupted());
            });
    thread.start();
    awaitASleeper(List.of(thread));
    thread.interrupt();
    assertThat(got.getCount()).isEqualTo(1);
    lock.unlock();
    thread.join();
    assertThat(interrupted).isTrue();
  }

  @Test
  void whoWasNotInterruptedIsNotAfterTheWait() throws InterruptedException {
    lock.lock();
    AtomicBoolean interrupted = new AtomicBoolean(true);
    Thread thread =
        new Thread(
            () -> {
              takeAndGive(new CountDownLatch(1));
              interrupted.set(Thread.currentThread().isInterrupted());
            });
    thread.start();
    awaitASleeper(List.of(thread));
    lock.unlock();
    thread.join();
    assertThat(interrupted).isFalse();
  }

  /** Waits until one of them has parked, as all will that wait for long enough. */
  private static void awaitASleeper(List<Thread> threads) {
    while (threads.stream().noneMatch(t -> t.getState() == Thread.State.TIMED_WAITING)) {
      Thread.onSpinWait();
    }
  }
}
