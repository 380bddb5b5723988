package org.mailweir.smtp;

import java.time.Duration;
import org.mailweir.core.TimeSource;

/** Makes the deadlines of steps, none of them later than that of the whole. */
record StepClock(TimeSource clock, long end) {
  /** Returns the reading of the clock at which a step that begins now must have ended. */
  long deadline(Duration limit) {
    long deadline = clock.nanoTime() + limit.toNanos();
    return deadline - end < 0 ? deadline : end;
  }
}
