package org.mailweir.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class TickerTest {
  @ParameterizedTest
  @ValueSource(classes = {IllegalStateException.class, AssertionError.class})
  void goesOnAfterAStepThatThrows(Class<? extends Throwable> failure) throws Exception {
    CountDownLatch failed = new CountDownLatch(3);
    CountDownLatch others = new CountDownLatch(3);
    Runnable failing =
        () -> {
          failed.countDown();
          if (failure == AssertionError.class) {
            throw new AssertionError("for the test");
          }
          throw new IllegalStateException("for the test");
        };
    Ticker ticker = new Ticker(Duration.ofMillis(1), List.of(failing, others::countDown));
    assertThat(failed.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(others.await(20, TimeUnit.SECONDS)).isTrue();
    ticker.close();
  }

  @Test
  void runsItsStepsOnADaemonThreadThatEndsWithIt() throws Exception {
    AtomicReference<Thread> thread = new AtomicReference<>();
    CountDownLatch ran = new CountDownLatch(1);
    Runnable step =
        () -> {
          thread.set(Thread.currentThread());
          ran.countDown();
        };
    Ticker ticker = new Ticker(Duration.ofHours(1), List.of(step));
    assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();
    ticker.close();
    assertThat(thread.get().isDaemon()).isTrue();
    thread.get().join(20_000);
    assertThat(thread.get().isAlive()).isFalse();
  }

  @Test
  void runsAStepInEachNthRoundOnly() {
    AtomicInteger runs = new AtomicInteger();
    Runnable step = Ticker.every(3, runs::incrementAndGet);
    for (int round = 0; round < 8; round++) {
      step.run();
    }
    assertThat(runs).hasValue(2);
  }
}
