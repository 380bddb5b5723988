package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.core.ConcurrencyLimiter.Grant;

/**
 * Two threads that meet at the line: one holds its lock and goes first, while the other one has
 * decided already what to do and stands before the lock.
 */
@Timeout(30)
class PermitLineMeetingTest {
  private final ConcurrencyLimiter limiter = new ConcurrencyLimiter(1);
  private final ReentrantLock lock = limiter.line.lock;
  private final Grant held = limiter.tryAcquire().orElseThrow();

  private void untilItStandsBeforeTheLock(Thread thread) {
    while (!lock.hasQueuedThread(thread)) {
      Thread.onSpinWait();
    }
  }

  private void untilItWaits(FutureTask<?> task) {
    while (limiter.waiting() == 0 && !task.isDone()) {
      Thread.onSpinWait();
    }
  }

  private FutureTask<Optional<Grant>> acquire(Duration patience) {
    return new FutureTask<>(() -> limiter.acquire(patience));
  }

  @Test
  void aPermitThatComesAsThePatienceEndsIsWelcome() throws Exception {
    FutureTask<Optional<Grant>> task;
    boolean met = false;
    do {
      task = acquire(Duration.ofMillis(20));
      Thread thread = new Thread(task);
      thread.start();
      untilItWaits(task);
      lock.lock();
      try {
        met = limiter.waiting() == 1; // else its patience was over before
        if (met) {
          untilItStandsBeforeTheLock(thread);
          held.close();
        }
      } finally {
        lock.unlock();
      }
      task.get();
    } while (!met);
    assertThat(task.get()).isPresent();
    assertThat(limiter.inUse()).isEqualTo(1);
  }

  @Test
  void aPermitThatComesAsTheThreadIsInterruptedGoesBack() {
    FutureTask<Optional<Grant>> task = acquire(Duration.ofMinutes(1));
    Thread thread = new Thread(task);
    thread.start();
    untilItWaits(task);
    lock.lock();
    try {
      thread.interrupt();
      untilItStandsBeforeTheLock(thread);
      held.close();
      assertThat(limiter.waiting()).as("it was given the permit").isZero();
      assertThat(limiter.inUse()).isEqualTo(1);
    } finally {
      lock.unlock();
    }
    assertThatThrownBy(task::get).hasCauseInstanceOf(InterruptedException.class);
    assertThat(limiter.inUse()).isZero();
  }

  @Test
  void aPermitThatTwoThreadsCloseGoesBackOnce() throws Exception {
    FutureTask<Boolean> task = new FutureTask<>(held::close, true);
    Thread thread = new Thread(task);
    lock.lock();
    try {
      thread.start();
      untilItStandsBeforeTheLock(thread);
      held.close();
    } finally {
      lock.unlock();
    }
    assertThat(task.get()).isTrue();
    assertThat(limiter.inUse()).isZero();
  }
}
