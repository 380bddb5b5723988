package org.mailweir.jmh;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.google.common.util.concurrent.AtomicLongMap;
import com.google.common.util.concurrent.Striped;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.DestinationDepths;

/** What counts deliveries by destination, and limits them, is compared here. */
public enum DepthsPeer {
  /** Mailweir's depths: the table is bounded, and what it cannot track is refused. */
  MAILWEIR(DepthsPeer::mailweir),
  /** A semaphore for each destination in a map without bound. */
  SEMAPHORES(DepthsPeer::semaphores),
  /**
   * The same in a Caffeine cache, which is bounded: it may drop a semaphore that is in use, and
   * with it the limit.
   */
  CAFFEINE(DepthsPeer::caffeine),
  /** Guava's striped semaphores, bounded: destinations of one stripe share a limit. */
  GUAVA_STRIPED(DepthsPeer::guavaStriped),
  /** Guava's counters by key, without bound; one that finds itself above the limit steps back. */
  GUAVA_COUNTERS(DepthsPeer::guavaCounters),
  /** A resilience4j bulkhead for each destination in a map without bound. */
  RESILIENCE4J(DepthsPeer::resilience4j),
  /** A Failsafe bulkhead for each destination in a map without bound. */
  FAILSAFE(DepthsPeer::failsafe);

  /** Destinations that are tracked, where there is a bound. */
  private static final int TRACKED = 65_536;

  private final IntFunction<AdmissionControl<?>> maker;

  DepthsPeer(IntFunction<AdmissionControl<?>> maker) {
    this.maker = maker;
  }

  /** Makes one with so many places for each destination. */
  AdmissionControl<?> make(int perDestination) {
    return maker.apply(perDestination);
  }

  private static AdmissionControl<?> mailweir(int perDestination) {
    DestinationDepths<String> depths = new DestinationDepths<>(TRACKED, perDestination, 0);
    return new Places<>(
        destination -> depths.tryStart(destination).orElse(null), DestinationDepths.Slot::close);
  }

  private static AdmissionControl<?> semaphores(int perDestination) {
    ConcurrentHashMap<String, Semaphore> semaphores = new ConcurrentHashMap<>();
    return new Places<>(
        destination ->
            taken(semaphores.computeIfAbsent(destination, name -> new Semaphore(perDestination))),
        Semaphore::release);
  }

  private static AdmissionControl<?> caffeine(int perDestination) {
    LoadingCache<String, Semaphore> semaphores =
        Caffeine.newBuilder().maximumSize(TRACKED).build(name -> new Semaphore(perDestination));
    return new Places<>(destination -> taken(semaphores.get(destination)), Semaphore::release);
  }

  private static AdmissionControl<?> guavaStriped(int perDestination) {
    Striped<Semaphore> semaphores = Striped.semaphore(TRACKED, perDestination);
    return new Places<>(destination -> taken(semaphores.get(destination)), Semaphore::release);
  }

  private static @Nullable Semaphore taken(Semaphore semaphore) {
    return semaphore.tryAcquire() ? semaphore : null;
  }

  private static AdmissionControl<?> guavaCounters(int perDestination) {
    AtomicLongMap<String> counters = AtomicLongMap.create();
    return new Places<String>(
        destination -> {
          if (counters.incrementAndGet(destination) <= perDestination) {
            return destination;
          }
          counters.decrementAndGet(destination);
          return null;
        },
        counters::decrementAndGet);
  }

  private static AdmissionControl<?> resilience4j(int perDestination) {
    BulkheadConfig config = BulkheadConfig.custom().maxConcurrentCalls(perDestination).build();
    ConcurrentHashMap<String, io.github.resilience4j.bulkhead.Bulkhead> bulkheads =
        new ConcurrentHashMap<>();
    return new Places<>(
        destination -> {
          var bulkhead =
              bulkheads.computeIfAbsent(
                  destination, name -> io.github.resilience4j.bulkhead.Bulkhead.of(name, config));
          return bulkhead.tryAcquirePermission() ? bulkhead : null;
        },
        io.github.resilience4j.bulkhead.Bulkhead::onComplete);
  }

  private static AdmissionControl<?> failsafe(int perDestination) {
    ConcurrentHashMap<String, dev.failsafe.Bulkhead<Object>> bulkheads = new ConcurrentHashMap<>();
    return new Places<>(
        destination -> {
          var bulkhead =
              bulkheads.computeIfAbsent(
                  destination, name -> dev.failsafe.Bulkhead.of(perDestination));
          return bulkhead.tryAcquirePermit() ? bulkhead : null;
        },
        dev.failsafe.Bulkhead::releasePermit);
  }
}
