package org.mailweir.jmh;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Two limits of atomic counters, one over all and one per destination, and nothing else: no moment
 * at which both are looked at together, no permit that is given back once only. It is the least
 * that many threads can share, and so the floor of what anything with the two limits can cost.
 */
final class AtomicCounters implements AdmissionControl<AtomicInteger> {
  private final ConcurrentHashMap<String, AtomicInteger> sites = new ConcurrentHashMap<>();
  private final AtomicInteger all = new AtomicInteger();

  @Override
  public @Nullable AtomicInteger tryAdmit(String destination) {
    AtomicInteger known = sites.get(destination);
    AtomicInteger own =
        known == null ? sites.computeIfAbsent(destination, name -> new AtomicInteger()) : known;
    if (!taken(all, Peer.CLIENTS)) {
      return null;
    }
    if (!taken(own, Peer.PER_DESTINATION)) {
      all.decrementAndGet();
      return null;
    }
    return own;
  }

  private static boolean taken(AtomicInteger counter, int limit) {
    if (counter.incrementAndGet() <= limit) {
      return true;
    }
    counter.decrementAndGet();
    return false;
  }

  @Override
  public void settle(AtomicInteger permit, boolean delivered) {
    permit.decrementAndGet();
    all.decrementAndGet();
  }
}
