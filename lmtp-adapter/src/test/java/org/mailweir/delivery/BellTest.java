package org.mailweir.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BellTest {
  private static final long LONG = TimeUnit.HOURS.toNanos(1);
  private final Bell bell = Bell.create();

  @Test
  void keepsARingThatNobodyWaitedFor() throws Exception {
    bell.ring();
    bell.await(LONG);
  }

  @Test
  void takesManyRingsForOne() throws Exception {
    bell.ring();
    bell.ring();
    bell.await(LONG);
    CompletableFuture<Void> second =
        CompletableFuture.runAsync(
            () -> {
              try {
                bell.await(LONG);
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    assertThat(second).isNotDone();
    bell.ring();
    second.get(20, TimeUnit.SECONDS);
  }

  @Test
  void returnsWhenTheTimeIsOver() throws Exception {
    bell.await(1);
    bell.await(0);
    bell.await(-1);
  }

  @Test
  void letsItselfBeInterrupted() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> bell.await(LONG)).isInstanceOf(InterruptedException.class);
  }
}
