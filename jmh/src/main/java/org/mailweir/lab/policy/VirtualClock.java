package org.mailweir.lab.policy;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.mailweir.lab.time.VirtualTime;

/** Virtual time for those who want a wall clock: 0 is the epoch. */
final class VirtualClock extends Clock {
  private final VirtualTime time;

  VirtualClock(VirtualTime time) {
    this.time = time;
  }

  @Override
  public Instant instant() {
    return Instant.EPOCH.plusNanos(time.nanoTime());
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
