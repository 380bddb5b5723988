package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** When an event loop is woken: by work, or by a time earlier than it was promised. */
class WakeupTest {
  private final AtomicInteger woken = new AtomicInteger();
  private final Wakeup wakeup = new Wakeup(woken::incrementAndGet);

  /** Ends an operation, and returns how often the loop was woken so far. */
  private int after(boolean work) {
    wakeup.tellIf(work);
    wakeup.run();
    return woken.get();
  }

  @Test
  void tellsOnceWhoeverFoundNothing() {
    assertThat(after(false)).isZero();
    assertThat(after(true)).as("nobody could have asked").isOne();
    assertThat(after(true)).isOne();
    wakeup.arm();
    assertThat(after(false)).isOne();
    assertThat(after(true)).isEqualTo(2);
    assertThat(after(true)).isEqualTo(2);
  }

  @Test
  void tellsOfAnEarlierTimeOnceOnClocksThatWrap() {
    wakeup.promise(Long.MIN_VALUE);
    wakeup.planned(Long.MIN_VALUE + 1);
    assertThat(after(false)).isZero();
    wakeup.planned(Long.MIN_VALUE);
    assertThat(after(false)).as("no earlier").isZero();
    wakeup.planned(Long.MAX_VALUE);
    wakeup.planned(Long.MIN_VALUE + 1);
    assertThat(after(false)).isOne();
    assertThat(after(true)).isOne();
  }

  @Test
  void whoWasPromisedNothingIsToldOfNoTime() {
    wakeup.arm();
    wakeup.planned(-1);
    assertThat(after(false)).isZero();
  }

  @Test
  void aPromiseIsOverOnceItWasTold() {
    wakeup.promise(10);
    wakeup.planned(5);
    assertThat(after(false)).isOne();
    wakeup.arm();
    wakeup.planned(4);
    assertThat(after(false)).isOne();
    wakeup.promise(10);
    assertThat(after(false)).isOne();
    assertThat(after(true)).isEqualTo(2);
  }
}
