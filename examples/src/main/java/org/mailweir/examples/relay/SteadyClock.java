package org.mailweir.examples.relay;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.mailweir.core.TimeSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A wall clock that does not jump: it is read once, and runs on with the monotonic time. Ages and
 * times that are kept in the spool are told by it, so that setting the machine's clock neither
 * expires the queue nor stops it. How a start on another clock is coped with is in {@link
 * org.mailweir.examples.relay.outbound.OutboundSettings}.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class SteadyClock extends Clock {
  private static final Logger log = LoggerFactory.getLogger(SteadyClock.class);
  private static final Duration WORTH_TELLING = Duration.ofMinutes(1);

  private final Clock wall;
  private final TimeSource time;
  private final Instant start;
  private final long startNanos;
  private volatile Duration told = Duration.ZERO;

  /** Reads the wall clock. */
  SteadyClock(Clock wall, TimeSource time) {
    this.wall = wall;
    this.time = time;
    start = wall.instant();
    startNanos = time.nanoTime();
  }

  @Override
  public Instant instant() {
    return start.plusNanos(time.nanoTime() - startNanos);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return Clock.fixed(instant(), zone);
  }

  /** Tells the operator if the wall clock has been set; to be called every minute or so. */
  void compare() {
    Duration apart = Duration.between(instant(), wall.instant());
    if (apart.minus(told).abs().compareTo(WORTH_TELLING) >= 0) {
      told = apart;
      log.warn(
          "The clock was set by {} s since the start; times of mail go on as before until a restart",
          apart.toSeconds());
    }
  }
}
