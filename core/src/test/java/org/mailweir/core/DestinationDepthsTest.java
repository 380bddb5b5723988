package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
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

  @ParameterizedTest
  @CsvSource({"0, 1, 0", "1, 0, 0", "1, 1, -1"})
  void refusesSillyLimits(int destinations, int inFlight, int waiting) {
    assertThatThrownBy(() -> new DestinationDepths<String>(destinations, inFlight, waiting))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @Timeout(60)
  void losesAndMintsNothingAmongThreads() throws Exception {
    DestinationDepths<Integer> shared = new DestinationDepths<>(4, 3, 2);
    ExecutorService pool = Executors.newFixedThreadPool(4);
    CountDownLatch together = new CountDownLatch(4);
    List<Future<?>> done = new ArrayList<>();
    for (int thread = 0; thread < 4; thread++) {
      int from = thread;
      done.add(
          pool.submit(
              () -> {
                together.countDown();
                together.await();
                for (int i = from; i < 20_000; i++) {
                  var slot = i % 2 == 0 ? shared.tryStart(i % 7) : shared.tryWait(i % 7);
                  slot.ifPresent(
                      held -> {
                        held.start();
                        held.close();
                        held.close();
                      });
                }
                return null;
              }));
    }
    for (Future<?> one : done) {
      one.get(50, TimeUnit.SECONDS);
    }
    pool.shutdown();
    for (int key = 0; key < 7; key++) {
      assertThat(shared.inFlight(key) + shared.waiting(key)).isZero();
    }
  }
}
