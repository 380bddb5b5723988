package org.mailweir.lmtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyClockTest {
  private static final long SECOND = 1_000_000_000L;
  private static final LmtpTimeouts TIMEOUTS =
      new LmtpTimeouts(
          Duration.ofSeconds(9),
          Duration.ofSeconds(5),
          Duration.ofSeconds(12),
          Duration.ofSeconds(9),
          Duration.ofSeconds(9),
          Duration.ofSeconds(1));

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -1, 0, Long.MAX_VALUE - 3 * SECOND, Long.MAX_VALUE})
  void isLateOnceAndOverWithoutProgressOrInAll(long start) {
    BodyClock clock = new BodyClock(TIMEOUTS, start);
    assertThat(clock.nextLook()).isEqualTo(start + SECOND);
    assertThat(clock.becomesLate(start + SECOND - 1)).isFalse();
    assertThat(clock.becomesLate(start + SECOND)).isTrue();
    assertThat(clock.becomesLate(start + 2 * SECOND)).isFalse();
    assertThat(clock.nextLook()).isEqualTo(start + 5 * SECOND);
    assertThat(clock.isOver(start + 5 * SECOND - 1)).isFalse();
    assertThat(clock.isOver(start + 5 * SECOND)).isTrue();
    clock.bytesCame(start + 4 * SECOND);
    assertThat(clock.nextLook()).isEqualTo(start + 9 * SECOND);
    clock.bytesCame(start + 9 * SECOND);
    assertThat(clock.nextLook()).isEqualTo(start + 12 * SECOND);
    assertThat(clock.isOver(start + 12 * SECOND)).isTrue();
  }
}
