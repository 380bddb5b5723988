package org.mailweir.jmh;

import java.util.function.Supplier;

/** Those that are compared. All have the same limits, where they have limits. */
public enum Peer {
  /** Mailweir's gate. */
  MAILWEIR(MailweirGate::new),
  /** One semaphore over all destinations: the floor, which tells no destination from another. */
  SEMAPHORE(PlainSemaphore::new),
  /**
   * What one would write today: a semaphore, a map by destination, a resilience4j bulkhead each.
   */
  SEMAPHORE_MAP_BULKHEAD(SemaphoreMapBulkhead::new),
  /** A map and two counters under one lock: the floor of a gate with one lock. */
  LOCKED_COUNTERS(LockedCounters::new),
  /** A map and two atomic counters, without a lock: the floor of whatever many threads share. */
  ATOMIC_COUNTERS(AtomicCounters::new),
  /** A Failsafe bulkhead over all, and one per destination. */
  FAILSAFE_BULKHEADS(FailsafeBulkheads::new),
  /** A simple limiter of Netflix over all, and one per destination, their limits fixed. */
  NETFLIX_LIMITERS(NetflixLimiters::new),
  /** A resilience4j circuit breaker per destination, asked by {@code tryAcquirePermission}. */
  BREAKER(() -> new MapBreaker(MapBreaker.Asked.BY_BOOLEAN)),
  /** The same, asked by {@code acquirePermission}, as its decorators do: it throws. */
  BREAKER_EXCEPTION(() -> new MapBreaker(MapBreaker.Asked.BY_EXCEPTION)),
  /** The same, with exceptions that have no stack trace. */
  BREAKER_EXCEPTION_NO_TRACE(() -> new MapBreaker(MapBreaker.Asked.BY_EXCEPTION_WITHOUT_TRACE)),
  /** A Failsafe circuit breaker per destination, asked by {@code tryAcquirePermit}. */
  FAILSAFE_BREAKER(FailsafeBreaker::new);

  /** Most deliveries at once. */
  static final int CLIENTS = 100;

  /** Most deliveries at once to one destination; Mailweir finds its own, at most 0.8 of all. */
  static final int PER_DESTINATION = 20;

  private final Supplier<AdmissionControl<?>> maker;

  Peer(Supplier<AdmissionControl<?>> maker) {
    this.maker = maker;
  }

  AdmissionControl<?> make() {
    return maker.get();
  }
}
