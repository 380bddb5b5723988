package org.mailweir.jmh;

import dev.failsafe.Bulkhead;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A Failsafe bulkhead over all, and one per destination, asked by {@code tryAcquirePermit}, which
 * takes no time and throws nothing.
 */
final class FailsafeBulkheads implements AdmissionControl<Bulkhead<Object>> {
  private final Bulkhead<Object> clients = Bulkhead.of(Peer.CLIENTS);
  private final ConcurrentHashMap<String, Bulkhead<Object>> bulkheads = new ConcurrentHashMap<>();

  @Override
  public @Nullable Bulkhead<Object> tryAdmit(String destination) {
    if (!clients.tryAcquirePermit()) {
      return null;
    }
    Bulkhead<Object> bulkhead =
        bulkheads.computeIfAbsent(destination, name -> Bulkhead.of(Peer.PER_DESTINATION));
    if (!bulkhead.tryAcquirePermit()) {
      clients.releasePermit();
      return null;
    }
    return bulkhead;
  }

  @Override
  public void settle(Bulkhead<Object> permit, boolean delivered) {
    permit.releasePermit();
    clients.releasePermit();
  }
}
