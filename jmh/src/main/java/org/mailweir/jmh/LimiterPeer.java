package org.mailweir.jmh;

import com.netflix.concurrency.limits.Limiter;
import com.netflix.concurrency.limits.limit.FixedLimit;
import com.netflix.concurrency.limits.limiter.SimpleLimiter;
import dev.failsafe.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import java.util.concurrent.Semaphore;
import java.util.function.IntFunction;
import org.mailweir.core.ConcurrencyLimiter;

/** Limits of permits that are compared. */
public enum LimiterPeer {
  /** Mailweir's limiter. */
  MAILWEIR(LimiterPeer::mailweir),
  /** A share of Mailweir's limiter: two limits at once. */
  MAILWEIR_SHARE(LimiterPeer::mailweirShare),
  /** The JDK's semaphore. */
  SEMAPHORE(LimiterPeer::semaphore),
  /** resilience4j's bulkhead. */
  RESILIENCE4J(LimiterPeer::resilience4j),
  /** Failsafe's bulkhead. */
  FAILSAFE(LimiterPeer::failsafe),
  /** Netflix' simple limiter, its limit fixed. */
  NETFLIX(LimiterPeer::netflix);

  private final IntFunction<Limit<?>> maker;

  LimiterPeer(IntFunction<Limit<?>> maker) {
    this.maker = maker;
  }

  Limit<?> make(int permits) {
    return maker.apply(permits);
  }

  private static Limit<?> mailweir(int permits) {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(permits);
    return new Limit<>(() -> limiter.tryAcquire().orElse(null), ConcurrencyLimiter.Grant::close);
  }

  private static Limit<?> mailweirShare(int permits) {
    ConcurrencyLimiter.Share share = new ConcurrencyLimiter(permits).share("share", permits);
    return new Limit<>(() -> share.tryAcquire().orElse(null), ConcurrencyLimiter.Grant::close);
  }

  private static Limit<?> semaphore(int permits) {
    Semaphore semaphore = new Semaphore(permits);
    return new Limit<>(() -> semaphore.tryAcquire() ? semaphore : null, Semaphore::release);
  }

  private static Limit<?> resilience4j(int permits) {
    io.github.resilience4j.bulkhead.Bulkhead bulkhead =
        io.github.resilience4j.bulkhead.Bulkhead.of(
            "all", BulkheadConfig.custom().maxConcurrentCalls(permits).build());
    return new Limit<>(
        () -> bulkhead.tryAcquirePermission() ? bulkhead : null,
        io.github.resilience4j.bulkhead.Bulkhead::onComplete);
  }

  private static Limit<?> failsafe(int permits) {
    Bulkhead<Object> bulkhead = Bulkhead.of(permits);
    return new Limit<>(
        () -> bulkhead.tryAcquirePermit() ? bulkhead : null, Bulkhead::releasePermit);
  }

  private static Limit<?> netflix(int permits) {
    SimpleLimiter<String> limiter =
        SimpleLimiter.newBuilder().limit(FixedLimit.of(permits)).build();
    return new Limit<>(() -> limiter.acquire("all").orElse(null), Limiter.Listener::onSuccess);
  }
}
