package org.mailweir.jmh.timer;

import java.time.Duration;
import java.util.SplittableRandom;

/** When the timers of a benchmark are due. */
public enum Due {
  /** Spread evenly, from a minute to an hour ahead. */
  IN_AN_HOUR,
  /** All at the same time, an hour ahead: mail that a full disk or a dead site has put off. */
  IN_ONE_TICK;

  static final long HOUR = Duration.ofHours(1).toNanos();
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  /** Returns the deadline of the next timer. */
  long next(SplittableRandom random) {
    return this == IN_ONE_TICK ? HOUR : random.nextLong(MINUTE, HOUR);
  }
}
