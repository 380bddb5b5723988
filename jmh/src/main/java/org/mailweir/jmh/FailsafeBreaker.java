package org.mailweir.jmh;

import dev.failsafe.CircuitBreaker;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A Failsafe circuit breaker per destination that opens after three failures in a row. */
final class FailsafeBreaker implements AdmissionControl<CircuitBreaker<Object>> {
  private static final int FAILURES_TO_OPEN = 3;

  private final ConcurrentHashMap<String, CircuitBreaker<Object>> breakers =
      new ConcurrentHashMap<>();

  private static CircuitBreaker<Object> breaker() {
    return CircuitBreaker.builder()
        .withFailureThreshold(FAILURES_TO_OPEN)
        .withDelay(Duration.ofHours(1)) // it stays open while it is measured
        .build();
  }

  @Override
  public @Nullable CircuitBreaker<Object> tryAdmit(String destination) {
    CircuitBreaker<Object> breaker = breakers.computeIfAbsent(destination, name -> breaker());
    return breaker.tryAcquirePermit() ? breaker : null;
  }

  @Override
  public void settle(CircuitBreaker<Object> permit, boolean delivered) {
    if (delivered) {
      permit.recordSuccess();
    } else {
      permit.recordFailure();
    }
  }
}
