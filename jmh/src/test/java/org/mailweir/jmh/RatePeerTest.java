package org.mailweir.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The rates do what the benchmark measures. */
final class RatePeerTest {
  @ParameterizedTest
  @EnumSource(names = "MAILWEIR_WITHOUT", mode = Mode.EXCLUDE)
  void beginsOneInAnHour(RatePeer peer) {
    BooleanSupplier begin = peer.make(Duration.ofHours(1).toNanos());
    assertThat(begin.getAsBoolean()).isTrue();
    for (int i = 0; i < 100; i++) {
      assertThat(begin.getAsBoolean()).isFalse();
    }
  }
}
