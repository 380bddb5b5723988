package org.mailweir.jmh;

import dev.failsafe.Execution;
import dev.failsafe.RetryPolicy;
import io.github.resilience4j.core.IntervalFunction;
import java.net.ConnectException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.IntToLongFunction;
import java.util.function.Supplier;
import org.mailweir.core.Jitter;
import org.mailweir.core.RetrySchedule;

/**
 * Schedules of retries that are compared: from 2 minutes, doubled up to an hour, half of it random.
 * Each is a function of the failed attempts so far that returns nanoseconds.
 */
public enum DelayPeer {
  /** Mailweir's schedule. */
  MAILWEIR(DelayPeer::mailweir),
  /** The same, asked for a {@code Duration}. */
  MAILWEIR_DURATION(DelayPeer::mailweirDuration),
  /** resilience4j's interval function. */
  RESILIENCE4J(DelayPeer::resilience4j),
  /** Failsafe's retry policy, in an execution that is driven by hand; one for each message. */
  FAILSAFE(DelayPeer::failsafe);

  static final Duration FIRST = Duration.ofMinutes(2);
  static final Duration MAX = Duration.ofHours(1);
  private static final Duration AGE = Duration.ofHours(3);
  private static final double FACTOR = 2;
  private static final double RANDOM = 0.5;

  private final Supplier<IntToLongFunction> maker;

  DelayPeer(Supplier<IntToLongFunction> maker) {
    this.maker = maker;
  }

  /** Makes one for one thread. Attempts have to come in order, from 1 on. */
  IntToLongFunction make() {
    return maker.get();
  }

  private static RetrySchedule schedule() {
    return RetrySchedule.exponential(FIRST, MAX, FACTOR).jitter(Jitter.EQUAL).build();
  }

  private static IntToLongFunction mailweir() {
    RetrySchedule schedule = schedule();
    SplittableRandom random = new SplittableRandom(42);
    long age = AGE.toNanos();
    return attempts -> schedule.nextNanos(attempts, age, random);
  }

  private static IntToLongFunction mailweirDuration() {
    RetrySchedule schedule = schedule();
    SplittableRandom random = new SplittableRandom(42);
    return attempts -> schedule.next(attempts, AGE, random).orElseThrow().toNanos();
  }

  private static IntToLongFunction resilience4j() {
    IntervalFunction interval =
        IntervalFunction.ofExponentialRandomBackoff(FIRST, FACTOR, RANDOM, MAX);
    return attempts -> TimeUnit.MILLISECONDS.toNanos(interval.apply(attempts));
  }

  private static IntToLongFunction failsafe() {
    RetryPolicy<Object> policy =
        RetryPolicy.builder()
            .withBackoff(FIRST, MAX, FACTOR)
            .withJitter(RANDOM)
            .withMaxRetries(-1)
            .build();
    return new IntToLongFunction() {
      private final ConnectException failure = new ConnectException("connection timed out");
      private Execution<Object> execution = Execution.of(policy);

      @Override
      public long applyAsLong(int attempts) {
        if (attempts == 1) {
          execution = Execution.of(policy);
        }
        execution.recordException(failure);
        return execution.getDelay().toNanos();
      }
    };
  }
}
