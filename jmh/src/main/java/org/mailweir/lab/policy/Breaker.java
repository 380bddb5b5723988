package org.mailweir.lab.policy;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.mailweir.lab.mail.Letter;
import org.mailweir.lab.time.VirtualTime;
import org.mailweir.lab.world.Ending;
import org.mailweir.lab.world.World;

/**
 * The {@link Composition} with a resilience4j {@link CircuitBreaker} for each domain in the place
 * of the backoff, tuned for mail: it opens at the second failure of the last five calls, not at the
 * fiftieth of a hundred; only connections that fail count, so that greylisting does not open it;
 * one call tries a half-open one; it stays open for 30 s and doubles up to 300 s, with jitter. It
 * is asked without exceptions.
 *
 * <p>Read: resilience4j 2.4.0, the CircuitBreaker chapter of its guide (resilience4j.readme.io),
 * the sources of CircuitBreakerConfig and CircuitBreakerStateMachine, and its issues 544, 903 and
 * 935 on half-open calls that never report: each of ours does.
 */
final class Breaker implements Transport {
  private static final Backoffs OPEN_FOR = new Backoffs(30, 2, 0.5, 300);

  private final VirtualTime time;
  private final World world;
  private final Semaphore deliveries;
  private final CircuitBreakerConfig config;
  private final Map<String, Domain> domains = new HashMap<>();

  Breaker(Bench bench) {
    time = bench.time();
    world = bench.world();
    deliveries = new Semaphore(Composition.DELIVERIES_A_CLIENT * bench.clients());
    SplittableRandom random = bench.seeds().of("backoff");
    config =
        CircuitBreakerConfig.custom()
            .slidingWindowType(SlidingWindowType.COUNT_BASED)
            .slidingWindowSize(5)
            .minimumNumberOfCalls(2)
            .failureRateThreshold(40)
            .permittedNumberOfCallsInHalfOpenState(1)
            .waitIntervalFunctionInOpenState(times -> (long) (1000 * OPEN_FOR.next(times, random)))
            .writableStackTraceEnabled(false)
            .clock(new VirtualClock(time))
            .currentTimestampFunction(clock -> time.nanoTime(), TimeUnit.NANOSECONDS)
            .build();
  }

  /** What is kept for a domain. */
  private record Domain(Bulkhead bulkhead, CircuitBreaker breaker) {}

  private Domain domain(String name) {
    return new Domain(Bulkhead.of(name, Composition.BULKHEAD), CircuitBreaker.of(name, config));
  }

  @Override
  public void take(Handover handover) {
    for (Letter letter : handover.letters()) {
      Domain domain = domains.computeIfAbsent(letter.destination(), this::domain);
      if (!domain.breaker.tryAcquirePermission()) {
        handover.refused(letter, "BREAKER");
      } else if (!deliveries.tryAcquire()) {
        domain.breaker.releasePermission();
        handover.refused(letter, "SEMAPHORE");
      } else if (!domain.bulkhead.tryAcquirePermission()) {
        deliveries.release();
        domain.breaker.releasePermission();
        handover.refused(letter, "BULKHEAD");
      } else {
        long began = time.nanoTime();
        world.deliver(letter, ending -> ended(handover, letter, domain, ending, began));
      }
    }
  }

  private void ended(Handover handover, Letter letter, Domain domain, Ending ending, long began) {
    domain.bulkhead.onComplete();
    deliveries.release();
    long took = time.nanoTime() - began;
    if (ending.isUnreachable()) {
      domain.breaker.onError(took, TimeUnit.NANOSECONDS, new IOException(ending.name()));
    } else {
      domain.breaker.onSuccess(took, TimeUnit.NANOSECONDS);
    }
    if (ending == Ending.DELIVERED) {
      handover.delivered(letter);
    } else {
      handover.failed(letter);
    }
  }
}
