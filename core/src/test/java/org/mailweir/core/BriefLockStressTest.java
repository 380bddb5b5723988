package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads count in plain fields under the lock: a count that is lost would show. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class BriefLockStressTest {
  private static final int THREADS = 8;
  private static final int ROUNDS = 50_000;

  private final BriefLock lock = new BriefLock();
  private long first;
  private long second;
  private boolean apart;

  @Test
  void oneAtATimeAndAllSeeWhatWasDoneBefore() throws InterruptedException, ExecutionException {
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      all.add(pool.submit(this::count));
    }
    for (Future<?> one : all) {
      one.get();
    }
    pool.shutdown();
    assertThat(first).isEqualTo((long) THREADS * ROUNDS);
    assertThat(second).isEqualTo(first);
    assertThat(apart).isFalse();
    assertThat(lock.sleeping()).isZero();
  }

  /** One takes it again and again, and the other one all but sees it free. */
  @Test
  void whoSeesItFreeHasItOnlyIfNobodyWasQuicker() throws InterruptedException, ExecutionException {
    ExecutorService pool = Executors.newFixedThreadPool(2);
    List<Future<?>> both = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      both.add(
          pool.submit(
              () -> {
                for (int round = 0; round < 20 * ROUNDS; round++) {
                  lock.lock();
                  first++;
                  lock.unlock();
                }
              }));
    }
    for (Future<?> one : both) {
      one.get();
    }
    pool.shutdown();
    assertThat(first).isEqualTo(40L * ROUNDS);
  }

  private void count() {
    for (int i = 0; i < ROUNDS; i++) {
      lock.lock();
      first++;
      if ((i & 1023) == 0) {
        Thread.yield(); // as if the system had taken the processor away: others lie down
      }
      second++;
      apart |= first != second;
      lock.unlock();
    }
  }
}
