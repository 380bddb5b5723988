package org.mailweir.jmh;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** A limit over all by a semaphore, and one per destination by a bulkhead that never waits. */
final class SemaphoreMapBulkhead implements AdmissionControl<Bulkhead> {
  private final BulkheadConfig config =
      BulkheadConfig.custom()
          .maxConcurrentCalls(Peer.PER_DESTINATION)
          .maxWaitDuration(Duration.ZERO)
          .build();
  private final Semaphore clients = new Semaphore(Peer.CLIENTS);
  private final ConcurrentHashMap<String, Bulkhead> bulkheads = new ConcurrentHashMap<>();

  @Override
  public @Nullable Bulkhead tryAdmit(String destination) {
    if (!clients.tryAcquire()) {
      return null;
    }
    Bulkhead bulkhead = bulkheads.computeIfAbsent(destination, name -> Bulkhead.of(name, config));
    if (!bulkhead.tryAcquirePermission()) {
      clients.release();
      return null;
    }
    return bulkhead;
  }

  @Override
  public void settle(Bulkhead permit, boolean delivered) {
    permit.onComplete();
    clients.release();
  }
}
