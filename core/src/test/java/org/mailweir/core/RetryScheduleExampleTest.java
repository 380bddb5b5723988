package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** How the retry schedule is used by itself. */
class RetryScheduleExampleTest {
  @Test
  void defersAGreylistedMessage() {
    RandomGenerator random = new SplittableRandom(2026);
    RetrySchedule schedule =
        RetrySchedule.exponential(Duration.ofMinutes(2), Duration.ofHours(1))
            .jitter(Jitter.EQUAL)
            .giveUpAtAge(Duration.ofDays(5))
            .build();

    // The third attempt has failed, six minutes after the first.
    Optional<Duration> delay = schedule.next(3, Duration.ofMinutes(6), random);
    assertThat(delay).hasValueSatisfying(d -> assertThat(d).isBetween(minutes(4), minutes(8)));

    // Five days later: return the message to its sender.
    assertThat(schedule.next(121, Duration.ofDays(5), random)).isEmpty();
  }

  private static Duration minutes(int n) {
    return Duration.ofMinutes(n);
  }
}
