package org.mailweir.examples.relay.control;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.mailweir.examples.relay.spool.Entry;
import org.mailweir.examples.relay.spool.Envelope;
import org.mailweir.examples.relay.spool.Pending;
import org.mailweir.examples.relay.spool.Query;
import org.mailweir.examples.relay.spool.SpoolException;
import org.mailweir.message.Destination;
import org.mailweir.message.Recipient;
import org.mailweir.message.Sender;

/** A queue that is a list, and a diary of what it was told to do. */
final class FakeRelay implements RelayControl {
  static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");

  private final Map<Long, Envelope> entries = new TreeMap<>();
  final Map<Destination, Destination> sites = new LinkedHashMap<>();
  final Set<Long> underWay = new HashSet<>();
  final List<String> told = new CopyOnWriteArrayList<>();
  volatile boolean broken;

  /** Adds a message of one recipient that arrived so long ago and was tried so often. */
  void add(String queueId, String recipient, Duration ago, int attempts, String lastReply) {
    Destination destination = Destination.of(recipient.substring(recipient.indexOf('@') + 1));
    Instant arrived = NOW.minus(ago);
    long id = entries.size() + 1L;
    entries.put(
        id,
        new Envelope(
            new Entry(
                id, destination, arrived, arrived, arrived.plusSeconds(172_800), attempts, false),
            queueId,
            new Sender("sender@ours.test", -1, false, false),
            List.of(new Pending(new Recipient(recipient, destination), lastReply)),
            3_100));
  }

  @Override
  public Totals totals() {
    int destinations = (int) entries.values().stream().map(FakeRelay::of).distinct().count();
    return new Totals(entries.size(), destinations, entries.size());
  }

  @Override
  public List<Depth> deepest(int limit) {
    QueueDepths depths = new QueueDepths();
    entries.values().forEach(envelope -> depths.entered(of(envelope)));
    return depths.deepest(limit);
  }

  @Override
  public int depth(Destination destination) {
    return (int) entries.values().stream().filter(e -> of(e).equals(destination)).count();
  }

  @Override
  public Destination site(Destination destination) {
    return sites.getOrDefault(destination, destination);
  }

  @Override
  public List<Envelope> list(Query query, int limit) throws SpoolException {
    if (broken) {
      throw new SpoolException(SpoolException.Kind.FAILED, "the disk has <gone>");
    }
    return entries.values().stream().filter(e -> matches(query, e)).limit(limit).toList();
  }

  @Override
  public void flush() {
    told.add("flush");
  }

  @Override
  public void flush(Destination destination) {
    told.add("flush " + destination);
  }

  @Override
  public Withdrawal expire(Query query, int limit) throws SpoolException {
    return withdraw("expire", query, limit);
  }

  @Override
  public Withdrawal remove(Query query, int limit) throws SpoolException {
    return withdraw("remove", query, limit);
  }

  private Withdrawal withdraw(String how, Query query, int limit) throws SpoolException {
    List<Long> ids = new ArrayList<>(list(query, limit).stream().map(e -> e.entry().id()).toList());
    int busy = ids.size();
    ids.removeAll(underWay);
    ids.forEach(entries::remove);
    told.add(how + " " + ids.size());
    return new Withdrawal(ids.size(), busy - ids.size());
  }

  private static boolean matches(Query query, Envelope envelope) {
    return query.destination().map(of(envelope)::equals).orElse(true)
        && query.queueId().map(envelope.queueId()::equals).orElse(true);
  }

  private static Destination of(Envelope envelope) {
    return envelope.entry().destination();
  }
}
