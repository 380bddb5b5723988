package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DestinationDepthsTest {
  private final DestinationDepths<String> depths = new DestinationDepths<>(3, 2, 1);

  @Test
  void refusesBeyondTheLimitOfADestination() {
    assertThat(depths.tryStart("a")).isPresent();
    assertThat(depths.tryStart("a")).isPresent();
    assertThat(depths.tryStart("a")).isEmpty();
    assertThat(depths.tryWait("a")).isPresent();
    assertThat(depths.tryWait("a")).isEmpty();
    assertThat(depths.tryStart("b")).isPresent();
    assertThat(depths.inFlight("a")).isEqualTo(2);
    assertThat(depths.waiting("a")).isEqualTo(1);
    assertThat(depths.inFlight("unknown")).isZero();
    assertThat(depths.waiting("unknown")).isZero();
  }

  @Test
  void aSlotMovesFromWaitingToInFlightOnceThereIsRoom() {
    DestinationDepths<String>.Slot first = depths.tryStart("a").orElseThrow();
    depths.tryStart("a").orElseThrow();
    DestinationDepths<String>.Slot waiting = depths.tryWait("a").orElseThrow();
    assertThat(waiting.start()).isFalse();
    first.close();
    assertThat(waiting.start()).isTrue();
    assertThat(waiting.start()).isTrue();
    assertThat(depths.inFlight("a")).isEqualTo(2);
    assertThat(depths.waiting("a")).isZero();
  }

  @Test
  void closingASlotTwiceGivesItBackOnce() {
    DestinationDepths<String>.Slot slot = depths.tryStart("a").orElseThrow();
    depths.tryStart("a").orElseThrow();
    slot.close();
    slot.close();
    assertThat(depths.inFlight("a")).isEqualTo(1);
    assertThat(slot.start()).isFalse();
  }

  @Test
  void refusesWhatItCannotTrackAndForgetsTheIdleOne() {
    DestinationDepths<String>.Slot a = depths.tryStart("a").orElseThrow();
    depths.tryWait("b").orElseThrow();
    depths.tryStart("c").orElseThrow();
    assertThat(depths.tryStart("d")).isEmpty();
    assertThat(depths.tryWait("d")).isEmpty();
    a.close();
    assertThat(depths.tryStart("d")).isPresent();
    assertThat(depths.destinations()).isEqualTo(3);
  }

  @Test
  void entersInFlightUnlessItIsFullOrOthersWait() {
    DestinationDepths<String>.Slot first = depths.tryEnter("a").orElseThrow();
    DestinationDepths<String>.Slot second = depths.tryEnter("a").orElseThrow();
    DestinationDepths<String>.Slot third = depths.tryEnter("a").orElseThrow();
    assertThat(List.of(first.isInFlight(), second.isInFlight(), third.isInFlight()))
        .containsExactly(true, true, false);
    assertThat(depths.tryEnter("a")).as("both limits are reached").isEmpty();
    first.close();
    assertThat(depths.tryEnter("a")).as("the third one waits before it").isEmpty();
    assertThat(third.start()).isTrue();
    assertThat(depths.depth("a")).isEqualTo(new DestinationDepths.Depth<>("a", 2, 0));
  }

  @Test
  void namesTheDeepestFirst() {
    depths.tryStart("a").orElseThrow();
    depths.tryStart("b").orElseThrow();
    depths.tryWait("b").orElseThrow();
    depths.tryStart("c").orElseThrow().close();
    assertThat(depths.busiest(5))
        .containsExactly(
            new DestinationDepths.Depth<>("b", 1, 1), new DestinationDepths.Depth<>("a", 1, 0));
    assertThat(depths.busiest(1)).hasSize(1);
    assertThat(depths.busiest(0)).isEmpty();
  }

  @Test
  void allocatesNothingToRefuse() {
    depths.tryStart("a").orElseThrow();
    depths.tryStart("a").orElseThrow();
    Allocations.assertNone(
        100_000,
        i -> {
          if (depths.tryStart("a").isPresent()) {
            throw new AssertionError();
          }
        });
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, 0, 'maxDestinations: 0, must be at least 1'",
    "1, 0, 0, 'maxInFlight: 0, must be at least 1'",
    "1, 1, -1, 'maxWaiting: -1, must be at least 0'"
  })
  void refusesSillyLimits(int destinations, int inFlight, int waiting, String words) {
    assertThatThrownBy(() -> new DestinationDepths<String>(destinations, inFlight, waiting))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(words);
  }

  @Test
  void refusesToShowLessThanNone() {
    DestinationDepths<String> depths = new DestinationDepths<>(1, 1, 0);
    assertThatThrownBy(() -> depths.busiest(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("n: -1, must be at least 0");
    assertThat(depths.busiest(0)).isEmpty();
  }

  @Test
  void aSlotSaysWhoseItIs() {
    DestinationDepths<String> depths = new DestinationDepths<>(1, 1, 1);
    DestinationDepths<String>.Slot first = depths.tryEnter("a.test").orElseThrow();
    assertThat(first).hasToString("Slot[a.test, in flight]");
    assertThat(depths.tryEnter("a.test").orElseThrow()).hasToString("Slot[a.test, waiting]");
    first.close();
    assertThat(first).hasToString("Slot[closed]");
  }

  @Test
  void oneDestinationIsEnough() {
    DestinationDepths<String> one = new DestinationDepths<>(1, 1, 0);
    DestinationDepths<String>.Slot slot = one.tryStart("a").orElseThrow();
    assertThat(one.tryStart("b")).isEmpty();
    slot.close();
    assertThat(one.tryStart("b")).isPresent();
  }

  @Test
  void eachCallGivesTheLockBack() throws InterruptedException {
    DestinationDepths<String>.Slot slot = depths.tryWait("a").orElseThrow();
    List<Runnable> calls =
        List.of(
            () -> depths.tryEnter("b"),
            () -> depths.depth("a"),
            () -> depths.busiest(1),
            depths::destinations,
            depths::assertConsistent,
            slot::start,
            slot::isInFlight,
            slot::toString,
            slot::close,
            slot::close);
    for (int i = 0; i < calls.size(); i++) {
      calls.get(i).run();
      Thread other = new Thread(depths::destinations);
      other.setDaemon(true);
      other.start();
      other.join(10_000);
      assertThat(other.isAlive()).as("waits for the lock after call %d", i).isFalse();
    }
  }

  /** Counts by itself who is in flight: after the start, and until before the close. */
  @Test
  @Timeout(60)
  void losesAndMintsNothingAmongThreads() throws Exception {
    DestinationDepths<Integer> shared = new DestinationDepths<>(4, 3, 2);
    AtomicIntegerArray inFlight = new AtomicIntegerArray(7);
    ExecutorService pool = Executors.newFixedThreadPool(4);
    CountDownLatch together = new CountDownLatch(4);
    List<Future<?>> done = new ArrayList<>();
    for (int thread = 0; thread < 4; thread++) {
      SplittableRandom random = new SplittableRandom(thread);
      done.add(
          pool.submit(
              () -> {
                together.countDown();
                together.await();
                for (int i = 0; i < 40_000; i++) {
                  int key = random.nextInt(7);
                  var slot =
                      switch (random.nextInt(3)) {
                        case 0 -> shared.tryStart(key);
                        case 1 -> shared.tryWait(key);
                        default -> shared.tryEnter(key);
                      };
                  slot.ifPresent(held -> fly(held, inFlight, key));
                  if (shared.destinations() > 4) {
                    throw new AssertionError("more destinations than the table holds");
                  }
                }
                return null;
              }));
    }
    for (Future<?> one : done) {
      one.get(50, TimeUnit.SECONDS);
    }
    pool.shutdown();
    for (int key = 0; key < 7; key++) {
      assertThat(shared.depth(key)).isEqualTo(new DestinationDepths.Depth<>(key, 0, 0));
    }
    shared.assertConsistent();
  }

  private static void fly(
      DestinationDepths<Integer>.Slot slot, AtomicIntegerArray inFlight, int key) {
    if (slot.start()) {
      if (inFlight.incrementAndGet(key) > 3) {
        throw new AssertionError("more in flight than the limit");
      }
      inFlight.decrementAndGet(key);
    }
    slot.close();
    slot.close();
  }

  @Test
  void anyNumberOfDestinationsMayBeAllowed() {
    DestinationDepths<Integer> depths = new DestinationDepths<>(Integer.MAX_VALUE, 1, 0);
    for (int i = 0; i < 100; i++) {
      assertThat(depths.tryStart(i)).isPresent();
    }
    depths.assertConsistent();
  }
}
