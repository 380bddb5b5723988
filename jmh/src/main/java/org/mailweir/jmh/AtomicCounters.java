package org.mailweir.jmh;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One atomic counter per destination, and nothing else: no limit over all, no permit that is given
 * back once only. It is the least that tells destinations apart and may be used by many threads,
 * and so the floor of what anything of the kind can cost.
 */
final class AtomicCounters implements AdmissionControl<AtomicInteger> {
  private final ConcurrentHashMap<String, AtomicInteger> inFlight = new ConcurrentHashMap<>();

  @Override
  public @Nullable AtomicInteger tryAdmit(String destination) {
    AtomicInteger known = inFlight.get(destination);
    AtomicInteger own =
        known == null ? inFlight.computeIfAbsent(destination, name -> new AtomicInteger()) : known;
    if (own.incrementAndGet() <= Peer.PER_DESTINATION) {
      return own;
    }
    own.decrementAndGet();
    return null;
  }

  @Override
  public void settle(AtomicInteger permit, boolean delivered) {
    permit.decrementAndGet();
  }
}
