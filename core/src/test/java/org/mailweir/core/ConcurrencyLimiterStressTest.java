package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.core.ConcurrencyLimiter.Grant;
import org.mailweir.core.ConcurrencyLimiter.Share;

@Timeout(60)
class ConcurrencyLimiterStressTest {
  private static final int THREADS = 6;
  private static final int ROUNDS = 60_000;

  /**
   * Counts by itself who holds what: the count is raised after a take and lowered before a give.
   */
  @Test
  void neverExceedsALimitAndLosesNoPermit() throws Exception {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(8);
    Share wide = limiter.share("wide", 6);
    Share narrow = wide.share("narrow", 3);
    Share other = limiter.share("other", 5);
    List<Share> shares = List.of(wide, narrow, other);
    AtomicInteger[] held = new AtomicInteger[4]; // wide, narrow, other, the whole
    for (int i = 0; i < held.length; i++) {
      held[i] = new AtomicInteger();
    }
    int[][] counted = {{0, 3}, {0, 1, 3}, {2, 3}};
    int[] limits = {6, 3, 5, 8};
    AtomicLong granted = new AtomicLong();
    AtomicLong refused = new AtomicLong();

    inParallel(
        thread -> {
          SplittableRandom random = new SplittableRandom(thread);
          record Held(int share, Grant grant) {}
          Deque<Held> mine = new ArrayDeque<>();
          for (int round = 0; round < ROUNDS || !mine.isEmpty(); round++) {
            int which = random.nextInt(shares.size());
            boolean wants = round < ROUNDS && mine.size() < 3 && random.nextInt(5) < 3;
            if (wants) {
              var grant = shares.get(which).tryAcquire();
              if (grant.isPresent()) {
                granted.incrementAndGet();
                for (int node : counted[which]) {
                  int now = held[node].incrementAndGet();
                  check(now <= limits[node], "more held than the limit of node " + node);
                }
                mine.add(new Held(which, grant.get()));
              } else {
                refused.incrementAndGet();
              }
            } else if (!mine.isEmpty()) {
              Held one = mine.poll();
              for (int node : counted[one.share]) {
                held[node].decrementAndGet();
              }
              one.grant.close();
              one.grant.close();
            }
            check(limiter.inUse() <= 8 && limiter.inUse() >= 0, "the whole");
            check(wide.inUse() <= 6 && narrow.inUse() <= 3 && other.inUse() <= 5, "a share");
          }
        });

    assertThat(granted.get()).isPositive();
    assertThat(refused.get()).isPositive();
    assertThat(limiter.inUse()).isZero();
    assertThat(shares).allMatch(share -> share.inUse() == 0);
    // Nothing was lost: all that can be taken can still be taken.
    assertThat(List.of(taken(other), taken(narrow), taken(wide))).containsExactly(5, 3, 0);
    assertThat(limiter.inUse()).isEqualTo(8);
  }

  /** All threads walk along the same permits, so that they meet again and again. */
  @Test
  void returnsOnceWhenAllThreadsCloseTheSamePermits() throws Exception {
    int many = 20_000;
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(2 * many);
    for (int i = 0; i < many; i++) {
      limiter.tryAcquire().orElseThrow(); // stay: a second return would lower the count below many
    }
    Grant[] shared = new Grant[many];
    CyclicBarrier start =
        new CyclicBarrier(
            THREADS, () -> Arrays.setAll(shared, i -> limiter.tryAcquire().orElseThrow()));
    CyclicBarrier end =
        new CyclicBarrier(THREADS, () -> check(limiter.inUse() == many, "returned twice"));
    inParallel(
        thread -> {
          for (int round = 0; round < 20; round++) {
            start.await();
            for (Grant grant : shared) {
              grant.close();
            }
            end.await();
          }
        });
    assertThat(limiter.inUse()).isEqualTo(many);
  }

  @Test
  void neverRefusesWhileNoLimitCanBeReached() throws Exception {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(THREADS);
    Share share = limiter.share("outer", THREADS).share("inner", THREADS);
    inParallel(
        thread -> {
          for (int round = 0; round < 10 * ROUNDS; round++) {
            share
                .tryAcquire()
                .orElseThrow(() -> new AssertionError("refused with a place left"))
                .close();
          }
        });
    assertThat(limiter.inUse() + share.inUse()).isZero();
  }

  /**
   * Where nodes are counted one after the other, a take that fails at the whole is in its share for
   * a moment, and pushes another one out that would have found a place there.
   */
  @Test
  void neverRefusesForATakeThatFailsElsewhere_concurrencyLimits234() throws Exception {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(1);
    Share share = limiter.share("share", 1);
    AtomicInteger mostOfShare = new AtomicInteger();
    Grant held = limiter.tryAcquire().orElseThrow();
    inParallel(
        thread -> {
          for (int round = 0; round < ROUNDS; round++) {
            if (thread == 0) {
              mostOfShare.accumulateAndGet(share.inUse(), Math::max);
            } else {
              check(share.tryAcquire().isEmpty(), "the whole is in use");
            }
          }
        });
    assertThat(mostOfShare).as("a take that fails counts nowhere").hasValue(0);
    held.close();
    assertThat(limiter.inUse()).isZero();
  }

  @Test
  void neverHandsOutTheLastPlaceTwice() throws Exception {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(THREADS);
    Share last = limiter.share("last", 1);
    AtomicInteger inside = new AtomicInteger();
    inParallel(
        thread -> {
          for (int round = 0; round < 10 * ROUNDS; round++) {
            last.tryAcquire()
                .ifPresent(
                    grant -> {
                      check(inside.incrementAndGet() == 1, "two at the last place");
                      inside.decrementAndGet();
                      grant.close();
                    });
          }
        });
    assertThat(limiter.inUse() + last.inUse()).isZero();
  }

  private interface Work {
    void run(int thread) throws Exception;
  }

  private static void inParallel(Work work) throws Exception {
    CyclicBarrier together = new CyclicBarrier(THREADS);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Callable<Boolean>> all = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int thread = i;
        all.add(
            () -> {
              together.await();
              work.run(thread);
              return true;
            });
      }
      for (Future<Boolean> done : threads.invokeAll(all)) {
        assertThat(done.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static int taken(Share share) {
    int n = 0;
    while (share.tryAcquire().isPresent()) {
      n++;
    }
    return n;
  }

  private static void check(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }
}
