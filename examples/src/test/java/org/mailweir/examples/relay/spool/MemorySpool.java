package org.mailweir.examples.relay.spool;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.mailweir.examples.relay.spool.SpoolException.Kind;
import org.mailweir.message.Body;
import org.mailweir.message.Destination;
import org.mailweir.message.Recipient;

/**
 * A spool for tests, which forgets all when the process ends. {@link #reopen} plays a restart.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class MemorySpool implements Spool {
  /** A message, and how many entries it has. */
  private static final class Kept {
    final Accepted message;
    final byte[] content;
    final boolean eightBit;
    int waiting;

    Kept(Accepted message, byte[] content, boolean eightBit) {
      this.message = message;
      this.content = content;
      this.eightBit = eightBit;
    }
  }

  private record Waiting(Entry entry, Kept kept, List<Pending> pending) {
    Envelope envelope() {
      Accepted message = kept.message;
      return new Envelope(entry, message.queueId(), message.sender(), pending, kept.content.length);
    }
  }

  /** Shared with the one that was reopened, as the entries are. */
  private final ReentrantLock lock;

  private final TreeMap<Long, Waiting> entries;

  /** Ids that nobody has been told of since the start. */
  private final TreeSet<Long> unclaimed;

  private long lastId;
  private long capacity = 1L << 40;
  private long messages;
  private long bytes;
  private boolean failing;
  private boolean closed;

  /** Creates an empty spool. */
  public MemorySpool() {
    this(new ReentrantLock(), new TreeMap<>(), 0);
  }

  private MemorySpool(ReentrantLock lock, TreeMap<Long, Waiting> entries, long lastId) {
    this.lock = lock;
    this.entries = entries;
    this.unclaimed = new TreeSet<>(entries.keySet());
    this.lastId = lastId;
  }

  /** Returns the spool that the next process finds. This one is closed. */
  public MemorySpool reopen() {
    lock.lock();
    try {
      closed = true;
      MemorySpool next = new MemorySpool(lock, entries, lastId);
      next.messages = messages;
      next.bytes = bytes;
      return next;
    } finally {
      lock.unlock();
    }
  }

  /** Makes it full once the bodies take so many bytes. */
  public void capacity(long bytes) {
    lock.lock();
    try {
      capacity = bytes;
    } finally {
      lock.unlock();
    }
  }

  /** Makes all that writes fail from now on, for want of space, or work again. */
  public void failing(boolean now) {
    lock.lock();
    try {
      failing = now;
    } finally {
      lock.unlock();
    }
  }

  /** Returns all that it holds. */
  public List<Envelope> all() {
    lock.lock();
    try {
      return entries.values().stream().map(Waiting::envelope).toList();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<Entry> add(Accepted message, Body body) throws SpoolException {
    byte[] content = read(body);
    lock.lock();
    try {
      requireWritable();
      if (content.length > room()) {
        throw new SpoolException(Kind.FULL, "The spool is full");
      }
      return keep(message, content, body.eightBit());
    } finally {
      lock.unlock();
    }
  }

  private List<Entry> keep(Accepted message, byte[] content, boolean eightBit) {
    Kept kept = new Kept(message, content, eightBit);
    Map<Destination, List<Pending>> groups = new LinkedHashMap<>();
    for (Recipient recipient : message.recipients()) {
      groups
          .computeIfAbsent(recipient.destination(), each -> new ArrayList<>())
          .add(new Pending(recipient, ""));
    }
    List<Entry> added = new ArrayList<>();
    groups.forEach(
        (destination, pending) -> {
          Entry entry =
              new Entry(
                  ++lastId,
                  destination,
                  message.arrived(),
                  message.arrived(),
                  message.expires(),
                  0,
                  false);
          entries.put(entry.id(), new Waiting(entry, kept, pending));
          kept.waiting++;
          added.add(entry);
        });
    messages++;
    bytes += content.length;
    return added;
  }

  private void left(Kept kept) {
    kept.waiting--;
    if (kept.waiting == 0) {
      messages--;
      bytes -= kept.content.length;
    }
  }

  @Override
  public List<Entry> claim(int limit) throws SpoolException {
    lock.lock();
    try {
      requireOpen();
      List<Entry> taken = new ArrayList<>();
      while (taken.size() < limit && !unclaimed.isEmpty()) {
        Waiting next = entries.get(unclaimed.pollFirst());
        if (next != null) {
          taken.add(next.entry());
        }
      }
      return taken;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<Letter> open(long entry) throws SpoolException {
    lock.lock();
    try {
      requireOpen();
      return Optional.ofNullable(entries.get(entry))
          .map(
              found ->
                  new Letter(
                      found.envelope(),
                      new MemoryBody(found.kept().content, found.kept().eightBit)));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Settled settle(long id, Settlement settlement) throws SpoolException {
    List<byte[]> contents = new ArrayList<>();
    for (Settlement.Notice notice : settlement.notices()) {
      contents.add(read(notice.body()));
    }
    lock.lock();
    try {
      requireWritable();
      Waiting before = entries.remove(id);
      if (before == null) {
        return Settled.NOTHING;
      }
      Optional<Entry> left = leave(before, settlement);
      List<Entry> notices = new ArrayList<>();
      for (int i = 0; i < contents.size(); i++) {
        Settlement.Notice notice = settlement.notices().get(i);
        notices.addAll(keep(notice.message(), contents.get(i), notice.body().eightBit()));
      }
      return new Settled(left, notices);
    } finally {
      lock.unlock();
    }
  }

  private Optional<Entry> leave(Waiting before, Settlement settlement) {
    Set<Recipient> done = new HashSet<>(settlement.done());
    List<Pending> pending = new ArrayList<>();
    for (Pending each : before.pending()) {
      if (!done.contains(each.recipient())) {
        String reply = settlement.replies().getOrDefault(each.recipient(), each.lastReply());
        pending.add(new Pending(each.recipient(), reply));
      }
    }
    if (pending.isEmpty()) {
      left(before.kept());
      return Optional.empty();
    }
    Entry old = before.entry();
    Entry entry =
        new Entry(
            old.id(),
            old.destination(),
            old.arrived(),
            settlement.due(),
            old.expires(),
            settlement.attempts(),
            settlement.warned());
    entries.put(entry.id(), new Waiting(entry, before.kept(), pending));
    return Optional.of(entry);
  }

  @Override
  public int remove(Collection<Long> ids) throws SpoolException {
    lock.lock();
    try {
      requireWritable();
      int removed = 0;
      for (Long id : ids) {
        Waiting gone = entries.remove(id);
        if (gone != null) {
          left(gone.kept());
          removed++;
        }
      }
      return removed;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<Envelope> list(Query query, int limit) throws SpoolException {
    lock.lock();
    try {
      requireOpen();
      return entries.tailMap(query.after(), false).values().stream()
          .map(Waiting::envelope)
          .filter(each -> matches(query, each))
          .limit(limit)
          .toList();
    } finally {
      lock.unlock();
    }
  }

  private static boolean matches(Query query, Envelope envelope) {
    return query.destination().map(envelope.entry().destination()::equals).orElse(true)
        && query.queueId().map(envelope.queueId()::equals).orElse(true)
        && query.sender().map(envelope.sender().address()::equals).orElse(true);
  }

  @Override
  public SpoolTotals totals() {
    lock.lock();
    try {
      return new SpoolTotals(messages, entries.size(), bytes, room(), 0);
    } finally {
      lock.unlock();
    }
  }

  private long room() {
    return failing ? 0 : Math.max(0, capacity - bytes);
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  private void requireWritable() throws SpoolException {
    requireOpen();
    if (failing) {
      throw new SpoolException(Kind.FULL, "The spool is full");
    }
  }

  private void requireOpen() throws SpoolException {
    if (closed) {
      throw new SpoolException(Kind.FAILED, "The spool is closed");
    }
  }

  private static byte[] read(Body body) throws SpoolException {
    try (InputStream in = body.open()) {
      byte[] content = in.readAllBytes();
      if (content.length != body.size()) {
        throw new EOFException("its end is missing");
      }
      return content;
    } catch (IOException failure) {
      throw new SpoolException(Kind.FAILED, "The body cannot be read: " + failure, failure);
    }
  }
}
