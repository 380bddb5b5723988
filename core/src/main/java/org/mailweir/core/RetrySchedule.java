package org.mailweir.core;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Says when to try again. */
public interface RetrySchedule {
  /**
   * Returns the delay before the next attempt, or empty to give up.
   *
   * @param attempts failed attempts so far, at least 1
   * @param age since the first attempt, not negative
   */
  Optional<Duration> next(int attempts, Duration age, RandomGenerator random);
}
