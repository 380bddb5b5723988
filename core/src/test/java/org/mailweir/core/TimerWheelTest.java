package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimerWheelTest {
  @Test
  void firesAtItsTickAndNotBefore() {
    List<Long> fired = new ArrayList<>();
    TimerWheel wheel = new TimerWheel(0);
    TimerWheel.Timer timer =
        new TimerWheel.Timer() {
          @Override
          void fire(long now) {
            fired.add(now);
          }
        };
    wheel.schedule(timer, 300_000_000_000L);
    while (fired.isEmpty()) {
      wheel.advance(wheel.nextDue(), 10);
    }
    assertThat(fired.get(0)).isBetween(300_000_000_000L, 300_000_000_000L + TimerWheel.TICK);
    assertThat(wheel.size()).isZero();
  }
}
