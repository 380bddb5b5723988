package org.mailweir.admin;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.mailweir.core.TimeSource;

/**
 * One moment on both clocks, which turns readings of the one into times of the other.
 *
 * @param time of day
 * @param reading of the time source at that time, in nanoseconds
 */
public record Moment(Instant time, long reading) {
  /** Returns this moment. */
  public static Moment now(Clock clock, TimeSource timeSource) {
    return new Moment(clock.instant(), timeSource.nanoTime());
  }

  /** Returns the time at another reading, to the millisecond. */
  public Instant time(long other) {
    return time.plusNanos(other - reading).truncatedTo(ChronoUnit.MILLIS);
  }

  /** Returns how long it is until another reading; negative if that is past. */
  public Duration until(long other) {
    return Duration.ofNanos(other - reading);
  }
}
