package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
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
    lock.unlock();
    got.await();
    for (Thread thread : waiting) {
      thread.join();
    }
    lock.lock(); // nobody holds it, nobody sleeps
    assertThat(lock.sleeping()).isZero();
    lock.unlock();
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

  /** Waits until one of them has parked, as all will that wait for long enough. */
  private static void awaitASleeper(List<Thread> threads) {
    while (threads.stream().noneMatch(t -> t.getState() == Thread.State.TIMED_WAITING)) {
      Thread.onSpinWait();
    }
  }
}
