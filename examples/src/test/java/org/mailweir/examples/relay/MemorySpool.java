package org.mailweir.examples.relay;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.mailweir.examples.relay.spool.Accepted;
import org.mailweir.examples.relay.spool.Entry;
import org.mailweir.examples.relay.spool.Envelope;
import org.mailweir.examples.relay.spool.Letter;
import org.mailweir.examples.relay.spool.Pending;
import org.mailweir.examples.relay.spool.Query;
import org.mailweir.examples.relay.spool.Settled;
import org.mailweir.examples.relay.spool.Settlement;
import org.mailweir.examples.relay.spool.Spool;
import org.mailweir.examples.relay.spool.SpoolException;
import org.mailweir.examples.relay.spool.SpoolTotals;
import org.mailweir.message.Body;
import org.mailweir.message.Destination;
import org.mailweir.message.Recipient;

/** A spool in memory, which outlives the relays that use it, and fails when it is told to. */
final class MemorySpool implements Spool {
  private final ReentrantLock lock = new ReentrantLock();
  private final TreeMap<Long, Stored> entries = new TreeMap<>();
  private List<Long> unclaimed = new ArrayList<>();
  private long lastId;
  private boolean failing;

  private record Stored(Envelope envelope, Content content) {}

  private record Content(byte[] bytes, boolean eightBit) implements Body {
    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public InputStream open() {
      return new ByteArrayInputStream(bytes);
    }

    @Override
    public void close() {}
  }

  /** Makes all that writes fail from now on, or work again. */
  void failing(boolean now) {
    lock.lock();
    try {
      failing = now;
    } finally {
      lock.unlock();
    }
  }

  /** Returns what it holds. */
  List<Envelope> all() {
    return list(Query.all(), Integer.MAX_VALUE);
  }

  @Override
  public List<Entry> add(Accepted message, Body body) throws SpoolException {
    lock.lock();
    try {
      write();
      return put(message, body);
    } finally {
      lock.unlock();
    }
  }

  private List<Entry> put(Accepted message, Body body) throws SpoolException {
    Content content;
    try (InputStream in = body.open()) {
      content = new Content(in.readAllBytes(), body.eightBit());
    } catch (IOException unreadable) {
      throw new SpoolException(SpoolException.Kind.FAILED, "unreadable", unreadable);
    }
    Map<Destination, List<Recipient>> byDestination = new LinkedHashMap<>();
    for (Recipient each : message.recipients()) {
      byDestination.computeIfAbsent(each.destination(), key -> new ArrayList<>()).add(each);
    }
    List<Entry> added = new ArrayList<>();
    byDestination.forEach(
        (destination, recipients) -> {
          Instant arrived = message.arrived();
          Entry entry =
              new Entry(++lastId, destination, arrived, arrived, message.expires(), 0, false);
          List<Pending> pending = recipients.stream().map(each -> new Pending(each, "")).toList();
          entries.put(
              entry.id(),
              new Stored(
                  new Envelope(entry, message.queueId(), message.sender(), pending, content.size()),
                  content));
          added.add(entry);
        });
    return added;
  }

  @Override
  public List<Entry> claim(int limit) {
    lock.lock();
    try {
      List<Long> ids = List.copyOf(unclaimed.subList(0, Math.min(limit, unclaimed.size())));
      unclaimed = new ArrayList<>(unclaimed.subList(ids.size(), unclaimed.size()));
      return ids.stream().map(id -> entries.get(id).envelope().entry()).toList();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<Letter> open(long entry) {
    lock.lock();
    try {
      return Optional.ofNullable(entries.get(entry))
          .map(stored -> new Letter(stored.envelope(), stored.content()));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Settled settle(long id, Settlement settlement) throws SpoolException {
    lock.lock();
    try {
      write();
      Stored stored = entries.remove(id);
      if (stored == null) {
        return Settled.NOTHING;
      }
      Envelope before = stored.envelope();
      List<Pending> left =
          before.pending().stream()
              .filter(each -> !settlement.done().contains(each.recipient()))
              .map(
                  each ->
                      new Pending(
                          each.recipient(),
                          settlement.replies().getOrDefault(each.recipient(), each.lastReply())))
              .toList();
      Optional<Entry> rest = Optional.empty();
      if (!left.isEmpty()) {
        Entry old = before.entry();
        Entry entry =
            new Entry(
                id,
                old.destination(),
                old.arrived(),
                settlement.due(),
                old.expires(),
                settlement.attempts(),
                settlement.warned());
        entries.put(
            id,
            new Stored(
                new Envelope(entry, before.queueId(), before.sender(), left, before.size()),
                stored.content()));
        rest = Optional.of(entry);
      }
      List<Entry> notices = new ArrayList<>();
      for (Settlement.Notice each : settlement.notices()) {
        notices.addAll(put(each.message(), each.body()));
      }
      return new Settled(rest, notices);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int remove(Collection<Long> ids) throws SpoolException {
    lock.lock();
    try {
      write();
      return (int) ids.stream().filter(id -> entries.remove(id) != null).count();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<Envelope> list(Query query, int limit) {
    lock.lock();
    try {
      return entries.values().stream()
          .map(Stored::envelope)
          .filter(
              each ->
                  query.destination().map(each.entry().destination()::equals).orElse(true)
                      && query.queueId().map(each.queueId()::equals).orElse(true)
                      && each.entry().id() > query.after())
          .limit(limit)
          .toList();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public SpoolTotals totals() {
    lock.lock();
    try {
      return new SpoolTotals(entries.size(), entries.size(), 0, Long.MAX_VALUE, 0);
    } finally {
      lock.unlock();
    }
  }

  /** What is left belongs to nobody from now on: the next relay claims it. */
  @Override
  public void close() {
    lock.lock();
    try {
      unclaimed = new ArrayList<>(entries.keySet());
    } finally {
      lock.unlock();
    }
  }

  private void write() throws SpoolException {
    if (failing) {
      throw new SpoolException(SpoolException.Kind.FULL, "no space left on device");
    }
  }
}
