package org.mailweir.site;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.mailweir.core.TimeSource;
import org.mailweir.message.Destination;

/**
 * Gives each set of hosts the name of the first domain that is seen with it, and keeps it while the
 * set is in use. A name belongs to one set at a time: a domain that has moved to hosts nobody knows
 * takes its name along, and the set that it leaves gets the name of the next domain seen there.
 * Memory: some 500 bytes for each of {@link #MOST} sets at most.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class SiteNames {
  static final int MOST = 65_536;
  static final Duration UNUSED = Duration.ofDays(1);

  /** A site as it is kept over restarts. */
  record Named(Destination name, HostSet hosts, Destination latest, boolean shared) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Cache<HostSet, Destination> bySet;
  private final Cache<Destination, HostSet> byName;
  private final Cache<Destination, Member> members;

  /** The destination last seen at a site, and whether there was ever another one. */
  private record Member(Destination latest, boolean shared) {}

  SiteNames(TimeSource clock) {
    bySet = cache(clock);
    byName = cache(clock);
    members = cache(clock);
  }

  /** Returns the name of these hosts' site, of which the destination is a member from now on. */
  Destination join(Destination destination, HostSet hosts) {
    lock.lock();
    try {
      Destination site = bySet.getIfPresent(hosts);
      if (site == null) {
        site = destination;
        HostSet left = byName.getIfPresent(site);
        if (left != null) {
          bySet.invalidate(left);
          members.invalidate(site);
        }
        bySet.put(hosts, site);
      }
      byName.put(site, hosts);
      Member before = members.getIfPresent(site);
      boolean shared = before != null && (before.shared || !before.latest.equals(destination));
      members.put(site, new Member(destination, shared || !site.equals(destination)));
      return site;
    } finally {
      lock.unlock();
    }
  }

  boolean isShared(Destination site) {
    Member member = members.getIfPresent(site);
    return member != null && member.shared;
  }

  Destination member(Destination site) {
    Member member = members.getIfPresent(site);
    return member == null ? site : member.latest;
  }

  /** Returns all sites; does not count as a use of them. */
  List<Named> all() {
    List<Named> all = new ArrayList<>();
    lock.lock();
    try {
      bySet
          .asMap()
          .forEach(
              (hosts, name) -> {
                Member member = members.policy().getIfPresentQuietly(name);
                if (member != null) {
                  all.add(new Named(name, hosts, member.latest, member.shared));
                }
              });
    } finally {
      lock.unlock();
    }
    return all;
  }

  /** Knows a site again, if neither its name nor its hosts are known already. */
  void restore(Named site) {
    lock.lock();
    try {
      if (bySet.getIfPresent(site.hosts) == null && byName.getIfPresent(site.name) == null) {
        bySet.put(site.hosts, site.name);
        byName.put(site.name, site.hosts);
        members.put(site.name, new Member(site.latest, site.shared));
      }
    } finally {
      lock.unlock();
    }
  }

  private static <K, V> Cache<K, V> cache(TimeSource clock) {
    return Caffeine.newBuilder()
        .maximumSize(MOST)
        .expireAfterAccess(UNUSED)
        .ticker(clock::nanoTime)
        .executor(Runnable::run)
        .build();
  }
}
