package org.mailweir.postfix;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.mailweir.loopback.Arrival;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.loopback.SmtpSubmission;
import org.mailweir.loopback.Waits;

/**
 * Fresh mail that is handed in four times a second, whatever else goes on: a message to a known
 * domain and a local one, and one to a domain never seen before at every fifth time. A wait is from
 * the moment that the client connects to hand the message in until its final dot was read at the
 * other end.
 */
final class HerdTraffic implements AutoCloseable {
  enum Kind {
    KNOWN,
    NEVER_SEEN,
    LOCAL
  }

  private static final int ROUND_MILLIS = 250;
  private static final int ROUNDS_A_NEW_DOMAIN = 5;
  private static final int CLIENTS = 8;
  private static final int WORST = 10;

  private record Sent(Kind kind, long began) {}

  private final Relay relay;
  private final List<String> known;
  private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(CLIENTS);
  private final AtomicInteger rounds = new AtomicInteger();
  private final Map<String, Sent> sent = new ConcurrentHashMap<>();
  private final Set<Throwable> failures = ConcurrentHashMap.newKeySet();
  private final ConcurrentLinkedQueue<Long> marks = new ConcurrentLinkedQueue<>();

  HerdTraffic(Relay relay, List<String> known) {
    this.relay = relay;
    this.known = known;
  }

  void start() {
    clock.scheduleAtFixedRate(this::round, 0, ROUND_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Remembers this moment: the slowest messages are listed with the time since the last one. */
  void mark() {
    marks.add(System.nanoTime());
  }

  int rounds() {
    return rounds.get();
  }

  /** Sends no more, and waits until all clients are done. */
  @Override
  public void close() throws InterruptedException {
    clock.shutdown();
    clock.awaitTermination(1, TimeUnit.MINUTES);
  }

  /** Returns the waits of what has arrived, of what was sent in this time. */
  Waits waits(Kind kind, long fromNanos, long toNanos) {
    Waits waits = new Waits();
    arrivals()
        .forEach(
            arrival -> {
              Sent message = sent.get(arrival.recipients().get(0));
              if (message != null
                  && message.kind == kind
                  && message.began >= fromNanos
                  && message.began < toNanos) {
                waits.add(arrival.dotNanos() - message.began);
              }
            });
    return waits;
  }

  /** Returns what Postfix logged of the messages that waited longest, one a line. */
  String slowest() throws IOException {
    PostfixLog log = relay.postfix().log();
    return arrivals()
        .filter(arrival -> sent.containsKey(arrival.recipients().get(0)))
        .sorted(Comparator.comparingLong((Arrival a) -> -wait(a)))
        .limit(WORST)
        .map(
            arrival -> {
              String recipient = arrival.recipients().get(0);
              long began = sent.get(recipient).began;
              long mark = marks.stream().filter(m -> m <= began).reduce(began, (a, b) -> b);
              String attempts =
                  log.lines().stream()
                      .filter(line -> line.contains("to=<" + recipient + ">"))
                      .map(line -> line.replaceFirst(".*(delays=.*)", "$1"))
                      .collect(Collectors.joining("\n      "));
              return String.format(
                  Locale.ROOT,
                  "    %.3f s (MAIL read after %.3f s), sent %.1f s after the mark: %s%n      %s%n",
                  wait(arrival) / 1e9,
                  (arrival.mailNanos() - began) / 1e9,
                  (began - mark) / 1e9,
                  recipient,
                  attempts);
            })
        .collect(Collectors.joining());
  }

  /** Returns the recipients that nothing has arrived for. */
  List<String> missing() {
    Set<String> missing = new HashSet<>(sent.keySet());
    arrivals().forEach(arrival -> missing.remove(arrival.recipients().get(0)));
    return List.copyOf(missing);
  }

  /** Returns the recipients that more than one message has arrived for. */
  List<String> repeated() {
    Set<String> once = new HashSet<>();
    return arrivals().map(a -> a.recipients().get(0)).filter(r -> !once.add(r)).toList();
  }

  /** Returns why mail could not be handed in. */
  Set<Throwable> failures() {
    return failures;
  }

  private Stream<Arrival> arrivals() {
    List<Arrival> all = new ArrayList<>(relay.remote().arrivals());
    all.addAll(relay.local().arrivals());
    return all.stream();
  }

  private long wait(Arrival arrival) {
    return arrival.dotNanos() - sent.get(arrival.recipients().get(0)).began;
  }

  private void round() {
    int i = rounds.getAndIncrement();
    clock.execute(() -> hand(Kind.KNOWN, "u" + i + "@" + known.get(i % known.size())));
    clock.execute(() -> hand(Kind.LOCAL, "u" + i + "@" + Relay.LOCAL));
    if (i % ROUNDS_A_NEW_DOMAIN == 0) {
      clock.execute(() -> handToNewDomain(i));
    }
  }

  private void handToNewDomain(int i) {
    try {
      relay.host("new" + i + ".test", SinkBehaviour.healthy());
      hand(Kind.NEVER_SEEN, "u" + i + "@new" + i + ".test");
    } catch (IOException e) {
      failures.add(e);
    }
  }

  private void hand(Kind kind, String recipient) {
    sent.put(recipient, new Sent(kind, System.nanoTime()));
    try (SmtpSubmission submission = relay.postfix().submission()) {
      submission.send(Letter.to(recipient));
    } catch (IOException e) {
      failures.add(e);
    }
  }
}
