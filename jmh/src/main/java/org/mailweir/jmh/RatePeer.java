package org.mailweir.jmh;

import com.google.common.util.concurrent.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import org.mailweir.core.Attempt;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.GateBuilder;
import org.mailweir.core.Outcome;
import org.mailweir.core.Permit;
import org.mailweir.core.Rate;

/**
 * What limits how many begin in a time, evenly spaced, is compared here. Each is a question whether
 * one may begin now; Mailweir's is a delivery, admitted by all of the gate and settled.
 */
public enum RatePeer {
  /** A delivery to a destination with a rate, at the time at which it may begin. */
  MAILWEIR(RatePeer::mailweir),
  /** The same without a rate, to show what the rate costs. */
  MAILWEIR_WITHOUT(RatePeer::mailweirWithout),
  /** Guava's rate limiter. Reads the clock. */
  GUAVA(RatePeer::guava),
  /** resilience4j's rate limiter, one a cycle. Reads the clock. */
  RESILIENCE4J(RatePeer::resilience4j),
  /** Failsafe's smooth rate limiter. Reads the clock. */
  FAILSAFE(RatePeer::failsafe);

  private static final String DESTINATION = "mail.example";

  /** How far the gate's time goes on from one delivery to the next. */
  private static final long TICK = 10_000_000;

  private final LongFunction<BooleanSupplier> maker;

  RatePeer(LongFunction<BooleanSupplier> maker) {
    this.maker = maker;
  }

  /**
   * Makes one for one thread.
   *
   * @param spacing from one to the next, in ns
   */
  BooleanSupplier make(long spacing) {
    return maker.apply(spacing);
  }

  private static BooleanSupplier mailweir(long spacing) {
    Rate rate = Rate.evenly(1, Duration.ofNanos(spacing));
    return deliveries(gate().rate(destination -> Optional.of(rate)));
  }

  private static BooleanSupplier mailweirWithout(long spacing) {
    return deliveries(gate());
  }

  private static GateBuilder<String> gate() {
    return DestinationGate.<String>builder().timeSource(() -> 0).random(new SplittableRandom(42));
  }

  private static BooleanSupplier deliveries(GateBuilder<String> builder) {
    return new BooleanSupplier() {
      private final DestinationGate<String> gate = builder.build();
      private long now;

      @Override
      public boolean getAsBoolean() {
        now += TICK;
        gate.advance(now, 100);
        if (gate.tryAdmit(DESTINATION, Attempt.FRESH) instanceof Permit permit) {
          return permit.settle(Outcome.DELIVERED);
        }
        return false;
      }
    };
  }

  private static BooleanSupplier guava(long spacing) {
    RateLimiter limiter = RateLimiter.create(1e9 / spacing);
    return limiter::tryAcquire;
  }

  private static BooleanSupplier resilience4j(long spacing) {
    var limiter =
        io.github.resilience4j.ratelimiter.RateLimiter.of(
            DESTINATION,
            RateLimiterConfig.custom()
                .limitForPeriod(1)
                .limitRefreshPeriod(Duration.ofNanos(spacing))
                .timeoutDuration(Duration.ZERO)
                .build());
    return limiter::acquirePermission;
  }

  private static BooleanSupplier failsafe(long spacing) {
    var limiter = dev.failsafe.RateLimiter.<Object>smoothBuilder(Duration.ofNanos(spacing)).build();
    return limiter::tryAcquirePermit;
  }
}
