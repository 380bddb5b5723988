package org.mailweir.recall;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.mailweir.core.TimeSource;
import org.mailweir.message.Destination;

/**
 * Remembers refused mail by site, and which of it may be called back.
 *
 * <pre>
 * waiting -> called    it was called back
 *         -> gone      it came by itself; or it was the oldest, and there was no room
 * called  -> gone      it came
 *         -> waiting   it did not come for {@link #COMES_WITHIN}; gone after the second time
 * </pre>
 *
 * <p>A message is called back {@link #SETTLES} after its refusal at the earliest: while it is still
 * active Postfix takes no notice of a call. After each call that led to another refusal it is left
 * in peace for twice as long, so that mail which the site's state cannot explain is not called
 * round and round.
 *
 * <p>Memory: some 250 bytes for each of {@link #MOST} messages at most; of those the oldest is
 * forgotten first, and comes when Postfix thinks fit.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class Ledger {
  static final int MOST = 50_000;
  static final Duration SETTLES = Duration.ofSeconds(3);
  static final Duration COMES_WITHIN = Duration.ofSeconds(30);
  static final int CALLS = 2;
  private static final int MOST_DOUBLINGS = 7; // 6.4 minutes, above Postfix's shortest backoff

  private final TimeSource clock;
  private final int most;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Destination, Line> lines = new LinkedHashMap<>();
  private final Map<String, List<Entry>> byId = new HashMap<>();

  /** All of them, by the time of their refusal. */
  private final Set<Entry> all = new LinkedHashSet<>();

  /** How often a message was called back of late. */
  private final Cache<String, Integer> history;

  /** One message that waits for one site; equal to itself only. */
  private static final class Entry {
    private final Destination site;
    private final String queueId;
    private final long since;
    private long calledAt;
    private int calls;

    Entry(Destination site, String queueId, long since) {
      this.site = site;
      this.queueId = queueId;
      this.since = since;
    }
  }

  /** The messages of one site; both in the order in which they are to be looked at. */
  private static final class Line {
    private final Map<String, Entry> waiting = new LinkedHashMap<>();
    private final Map<String, Entry> called = new LinkedHashMap<>();

    boolean isEmpty() {
      return waiting.isEmpty() && called.isEmpty();
    }
  }

  Ledger(TimeSource clock) {
    this(clock, MOST);
  }

  Ledger(TimeSource clock, int most) {
    this.clock = clock;
    this.most = most;
    history =
        Caffeine.newBuilder()
            .maximumSize(most)
            .expireAfterWrite(Duration.ofMinutes(30))
            .ticker(clock::nanoTime)
            .executor(Runnable::run)
            .build();
  }

  /** Notes a message that was refused; where it waits already, its time begins anew. */
  void refused(Destination site, String queueId) {
    lock.lock();
    try {
      Line line = lines.computeIfAbsent(site, name -> new Line());
      Optional.ofNullable(line.waiting.get(queueId)).ifPresent(this::forget);
      Optional.ofNullable(line.called.get(queueId)).ifPresent(this::forget);
      if (all.size() >= most) {
        forget(all.iterator().next());
      }
      Integer calls = history.getIfPresent(queueId);
      long peace = SETTLES.toNanos() << Math.min(MOST_DOUBLINGS, calls == null ? 0 : calls);
      Entry entry = new Entry(site, queueId, clock.nanoTime() + peace);
      all.add(entry);
      byId.computeIfAbsent(queueId, id -> new ArrayList<>(1)).add(entry);
      lines.computeIfAbsent(site, name -> new Line()).waiting.put(queueId, entry);
    } finally {
      lock.unlock();
    }
  }

  /** Forgets a message that has come. */
  void came(String queueId) {
    lock.lock();
    try {
      List.copyOf(byId.getOrDefault(queueId, List.of())).forEach(this::forget);
    } finally {
      lock.unlock();
    }
  }

  /** Returns the sites for which mail waits. */
  List<Destination> sites() {
    lock.lock();
    try {
      return List.copyOf(lines.keySet());
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether mail waits for a site, or was called and has not come yet. */
  boolean has(Destination site) {
    lock.lock();
    try {
      return lines.containsKey(site);
    } finally {
      lock.unlock();
    }
  }

  /** Returns how many messages of a site were called and have not come yet. */
  int onTheirWay(Destination site) {
    lock.lock();
    try {
      Line line = lines.get(site);
      return line == null ? 0 : line.called.size();
    } finally {
      lock.unlock();
    }
  }

  /** Returns the messages of a site that are to be called now, and notes that they are. */
  Queue<String> call(Destination site, int atMost) {
    Queue<String> ids = new ArrayDeque<>();
    lock.lock();
    try {
      Line line = lines.get(site);
      if (line == null) {
        return ids;
      }
      long now = clock.nanoTime();
      expire(line, now);
      Iterator<Entry> next = line.waiting.values().iterator();
      List<Entry> taken = new ArrayList<>();
      while (taken.size() < atMost && next.hasNext()) {
        Entry entry = next.next();
        if (now - entry.since >= 0) {
          taken.add(entry);
          next.remove();
        }
      }
      for (Entry entry : taken) {
        entry.calledAt = now;
        entry.calls++;
        history.asMap().merge(entry.queueId, 1, Integer::sum);
        line.called.put(entry.queueId, entry);
        ids.add(entry.queueId);
      }
      return ids;
    } finally {
      lock.unlock();
    }
  }

  /** Takes back that these were called: they could not be. */
  void uncall(Destination site, Iterable<String> queueIds) {
    lock.lock();
    try {
      Line line = lines.get(site);
      for (String queueId : queueIds) {
        Entry entry = line == null ? null : line.called.remove(queueId);
        if (line != null && entry != null) {
          entry.calls--;
          line.waiting.put(queueId, entry);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return all.size();
    } finally {
      lock.unlock();
    }
  }

  /** Puts those that did not come in line once more, or forgets them. */
  private void expire(Line line, long now) {
    for (Entry entry : List.copyOf(line.called.values())) {
      if (now - entry.calledAt < COMES_WITHIN.toNanos()) {
        return; // and so are those behind it
      }
      if (entry.calls >= CALLS) {
        forget(entry);
      } else {
        line.called.remove(entry.queueId);
        line.waiting.put(entry.queueId, entry);
      }
    }
  }

  private void forget(Entry entry) {
    all.remove(entry);
    Line line = lines.get(entry.site);
    if (line != null) {
      line.waiting.remove(entry.queueId);
      line.called.remove(entry.queueId);
      if (line.isEmpty()) {
        lines.remove(entry.site);
      }
    }
    byId.computeIfPresent(
        entry.queueId,
        (id, entries) -> {
          entries.remove(entry);
          return entries.isEmpty() ? null : entries;
        });
  }
}
