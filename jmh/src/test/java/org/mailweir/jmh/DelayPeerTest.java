package org.mailweir.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The schedules do what the benchmark measures, all the same but for one. */
final class DelayPeerTest {
  private static final int MESSAGES = 1000;

  @ParameterizedTest
  @EnumSource
  void doublesUpToAnHourAndIsHalfRandom(DelayPeer peer) {
    IntToLongFunction delay = peer.make();
    for (int message = 0; message < MESSAGES; message++) {
      long base = DelayPeer.FIRST.toNanos();
      for (int attempts = 1; attempts <= RetryDelayBenchmark.ATTEMPTS; attempts++) {
        assertThat(delay.applyAsLong(attempts))
            .as("after attempt %d", attempts)
            .isBetween(base / 2, base * 3 / 2);
        base = Math.min(2 * base, DelayPeer.MAX.toNanos());
      }
    }
  }

  /** resilience4j clamps what it has randomized: at the cap a whole cohort comes back at once. */
  @ParameterizedTest
  @EnumSource
  void scattersACohortAtTheCap(DelayPeer peer) {
    IntToLongFunction delay = peer.make();
    Set<Long> last = new HashSet<>();
    for (int message = 0; message < MESSAGES; message++) {
      long latest = 0;
      for (int attempts = 1; attempts <= RetryDelayBenchmark.ATTEMPTS; attempts++) {
        latest = delay.applyAsLong(attempts);
      }
      last.add(latest);
    }
    if (peer == DelayPeer.RESILIENCE4J) {
      assertThat(last).containsExactly(DelayPeer.MAX.toNanos());
    } else {
      assertThat(last).hasSizeGreaterThan(MESSAGES * 9 / 10);
    }
  }
}
