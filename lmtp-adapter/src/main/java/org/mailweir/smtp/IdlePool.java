package org.mailweir.smtp;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.mailweir.core.TimeSource;
import org.mailweir.site.HostSet;

/**
 * Keeps connections for a short while, by the hosts they are to: the newest is taken first, the
 * oldest goes first when there are too many. Every session is either here or in someone's hands,
 * never both.
 *
 * <p>Thread safety: all methods may be called by any thread. Nothing is written under the lock.
 */
final class IdlePool {
  private final SmtpConfig config;
  private final TimeSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<HostSet, Deque<Idle>> byHosts = new HashMap<>();

  /** All of them, oldest first, which is also the order in which their time is over. */
  private final Set<Idle> all = new LinkedHashSet<>();

  private boolean closed;

  IdlePool(SmtpConfig config, TimeSource clock) {
    this.config = config;
    this.clock = clock;
  }

  /** A session at rest; equal to itself only. */
  private static final class Idle {
    private final HostSet hosts;
    private final Session session;
    private final long since;

    Idle(HostSet hosts, Session session, long since) {
      this.hosts = hosts;
      this.session = session;
      this.since = since;
    }
  }

  /**
   * Returns a session that may be used again, as far as can be seen from here. One that has lain
   * idle for long is to be {@linkplain Session#check checked}: the other end may have gone without
   * a word, and would be waited for in vain.
   *
   * @param fit whether a session may carry this mail; one that may not is left to others
   */
  Optional<Session> take(HostSet hosts, Predicate<Session> fit) {
    evictExpired();
    while (true) {
      Optional<Session> newest = removeNewest(hosts, fit);
      if (newest.isEmpty()) {
        return newest;
      }
      Session session = newest.get();
      if (session.wire().isQuiet() && session.age() < config.connectionAge().toNanos()) {
        session.reuse();
        return newest;
      }
      session.quit();
    }
  }

  /** Returns the names of the hosts to which there are sessions, of these. */
  Set<String> exchangers(HostSet hosts) {
    lock.lock();
    try {
      return byHosts.getOrDefault(hosts, new ArrayDeque<>()).stream()
          .map(idle -> idle.session.peer().host().name())
          .collect(Collectors.toSet());
    } finally {
      lock.unlock();
    }
  }

  /** Takes a session that is ready for MAIL; closes it, or an older one, where that is too many. */
  void put(HostSet hosts, Session session) {
    evictExpired();
    if (session.messages() >= config.messagesPerConnection()
        || session.age() >= config.connectionAge().toNanos()) {
      session.quit();
      return;
    }
    List<Session> evicted = new ArrayList<>();
    lock.lock();
    try {
      if (closed) {
        evicted.add(session);
      } else {
        session.rest();
        Idle idle = new Idle(hosts, session, clock.nanoTime());
        Deque<Idle> siblings = byHosts.computeIfAbsent(hosts, name -> new ArrayDeque<>());
        siblings.addLast(idle);
        all.add(idle);
        if (siblings.size() > config.idlePerDestination()) {
          evicted.add(remove(siblings.getFirst()));
        }
        if (all.size() > config.idleTotal()) {
          evicted.add(remove(all.iterator().next()));
        }
      }
    } finally {
      lock.unlock();
    }
    evicted.forEach(Session::quit);
  }

  /** Closes all to these hosts. */
  void drop(HostSet hosts) {
    for (Optional<Session> next = removeNewest(hosts, any -> true);
        next.isPresent();
        next = removeNewest(hosts, any -> true)) {
      next.get().quit();
    }
  }

  /** Closes those whose time is over. */
  void evictExpired() {
    List<Session> expired = new ArrayList<>();
    lock.lock();
    try {
      long limit = config.idleTime().toNanos();
      long now = clock.nanoTime();
      Iterator<Idle> oldest = all.iterator();
      List<Idle> over = new ArrayList<>();
      while (oldest.hasNext()) {
        Idle idle = oldest.next();
        if (now - idle.since < limit) {
          break;
        }
        over.add(idle);
      }
      over.forEach(idle -> expired.add(remove(idle)));
    } finally {
      lock.unlock();
    }
    expired.forEach(Session::quit);
  }

  int size() {
    lock.lock();
    try {
      return all.size();
    } finally {
      lock.unlock();
    }
  }

  /** Closes all, now and later. */
  void close() {
    List<Session> left = new ArrayList<>();
    lock.lock();
    try {
      closed = true;
      all.forEach(idle -> left.add(idle.session));
      all.clear();
      byHosts.clear();
    } finally {
      lock.unlock();
    }
    left.forEach(Session::quit);
  }

  private Optional<Session> removeNewest(HostSet hosts, Predicate<Session> fit) {
    lock.lock();
    try {
      Deque<Idle> siblings = byHosts.getOrDefault(hosts, new ArrayDeque<>());
      Iterator<Idle> newest = siblings.descendingIterator();
      while (newest.hasNext()) {
        Idle idle = newest.next();
        if (fit.test(idle.session)) {
          return Optional.of(remove(idle));
        }
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** Removes it from both places; hosts without any leave no trace. */
  private Session remove(Idle idle) {
    all.remove(idle);
    byHosts.computeIfPresent(
        idle.hosts,
        (name, siblings) -> {
          siblings.remove(idle);
          return siblings.isEmpty() ? null : siblings;
        });
    return idle.session;
  }
}
