package org.mailweir.jmh;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A circuit breaker per destination that opens after three failures in a row, as the gate suspends
 * a site that was live. It has no limits; it is here for its refusals.
 */
final class MapBreaker implements AdmissionControl<CircuitBreaker> {
  /** How the breaker says no. */
  enum Asked {
    BY_BOOLEAN,
    BY_EXCEPTION,
    BY_EXCEPTION_WITHOUT_TRACE
  }

  private static final int FAILURES_TO_OPEN = 3;

  private final ConcurrentHashMap<String, CircuitBreaker> breakers = new ConcurrentHashMap<>();
  private final ConnectException failure = new ConnectException("connection timed out");
  private final CircuitBreakerConfig config;
  private final boolean byException;

  MapBreaker(Asked asked) {
    byException = asked != Asked.BY_BOOLEAN;
    config =
        CircuitBreakerConfig.custom()
            .slidingWindowSize(FAILURES_TO_OPEN)
            .minimumNumberOfCalls(FAILURES_TO_OPEN)
            .failureRateThreshold(100)
            .waitDurationInOpenState(Duration.ofHours(1)) // it stays open while it is measured
            .writableStackTraceEnabled(asked != Asked.BY_EXCEPTION_WITHOUT_TRACE)
            .build();
  }

  @Override
  public @Nullable CircuitBreaker tryAdmit(String destination) {
    CircuitBreaker breaker =
        breakers.computeIfAbsent(destination, name -> CircuitBreaker.of(name, config));
    if (!byException) {
      return breaker.tryAcquirePermission() ? breaker : null;
    }
    try {
      breaker.acquirePermission();
      return breaker;
    } catch (CallNotPermittedException refused) {
      return null;
    }
  }

  @Override
  public void settle(CircuitBreaker permit, boolean delivered) {
    if (delivered) {
      permit.onSuccess(0, TimeUnit.NANOSECONDS);
    } else {
      permit.onError(0, TimeUnit.NANOSECONDS, failure);
    }
  }
}
