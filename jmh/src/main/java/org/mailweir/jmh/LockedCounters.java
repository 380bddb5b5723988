package org.mailweir.jmh;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Two limits under one lock, and nothing else: a counter over all, a counter per destination. It is
 * the least that a gate with one lock can do, and so the floor of what such a gate can cost.
 */
final class LockedCounters implements AdmissionControl<LockedCounters.Held> {
  private final ReentrantLock lock = new ReentrantLock();
  private final ConcurrentHashMap<String, Site> sites = new ConcurrentHashMap<>();
  private int inFlight;

  /** What is counted of a destination. */
  static final class Site {
    private int inFlight;
  }

  /** A delivery that was admitted. */
  static final class Held {
    private final Site site;
    private boolean settled;

    Held(Site site) {
      this.site = site;
    }
  }

  @Override
  public @Nullable Held tryAdmit(String destination) {
    Site known = sites.get(destination);
    lock.lock();
    try {
      Site site = known == null ? sites.computeIfAbsent(destination, name -> new Site()) : known;
      if (inFlight == Peer.CLIENTS || site.inFlight == Peer.PER_DESTINATION) {
        return null;
      }
      inFlight++;
      site.inFlight++;
      return new Held(site);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void settle(Held permit, boolean delivered) {
    lock.lock();
    try {
      if (!permit.settled) {
        permit.settled = true;
        permit.site.inFlight--;
        inFlight--;
      }
    } finally {
      lock.unlock();
    }
  }
}
