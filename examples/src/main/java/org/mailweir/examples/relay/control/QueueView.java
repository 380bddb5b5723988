package org.mailweir.examples.relay.control;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.mailweir.admin.Moment;
import org.mailweir.admin.Reasons;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.DestinationStatus;
import org.mailweir.core.Refusal;
import org.mailweir.core.Standing;
import org.mailweir.core.TimeSource;
import org.mailweir.examples.relay.control.RelayControl.Depth;
import org.mailweir.examples.relay.spool.Envelope;
import org.mailweir.examples.relay.spool.Query;
import org.mailweir.examples.relay.spool.SpoolException;
import org.mailweir.message.Destination;

/**
 * Puts together what the queue, the spool and the gate know of a destination.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class QueueView {
  private final RelayControl relay;
  private final DestinationGate<Destination> gate;
  private final TimeSource timeSource;
  private final Clock clock;

  QueueView(
      RelayControl relay, DestinationGate<Destination> gate, TimeSource timeSource, Clock clock) {
    this.relay = relay;
    this.gate = gate;
    this.timeSource = timeSource;
    this.clock = clock;
  }

  /** Returns the deepest destinations. */
  Reports.Queue queue(int limit) throws SpoolException {
    return queue(relay.deepest(limit));
  }

  /** Returns these destinations. */
  Reports.Queue queue(List<Depth> depths) throws SpoolException {
    Moment now = now();
    List<Reports.Row> rows = new ArrayList<>();
    for (Depth depth : depths) {
      rows.add(row(depth, oldest(depth.destination()), now));
    }
    RelayControl.Totals totals = relay.totals();
    return new Reports.Queue(
        shown(now.time()),
        totals.entries(),
        totals.due(),
        totals.destinations(),
        gate.stats().outage(),
        rows);
  }

  /** Returns entries, each with its destination. */
  Reports.Messages messages(Query query, int limit) throws SpoolException {
    Moment now = now();
    List<Reports.Message> messages =
        relay.list(query, limit).stream().map(envelope -> message(envelope, now)).toList();
    return new Reports.Messages(shown(now.time()), messages);
  }

  private Reports.Message message(Envelope envelope, Moment now) {
    Destination destination = envelope.entry().destination();
    Depth depth = new Depth(destination, relay.depth(destination));
    return new Reports.Message(
        envelope.entry().id(),
        envelope.queueId(),
        envelope.sender().address(),
        envelope.size(),
        shown(envelope.entry().arrived()),
        shown(envelope.entry().due()),
        shown(envelope.entry().expires()),
        envelope.entry().attempts(),
        envelope.pending().stream()
            .map(to -> new Reports.To(to.recipient().address(), to.lastReply()))
            .toList(),
        row(depth, Optional.empty(), now));
  }

  private Reports.Row row(Depth depth, Optional<Instant> oldest, Moment now) {
    Destination site = relay.site(depth.destination());
    Optional<DestinationStatus<Destination>> status = gate.status(site);
    Optional<Refusal> obstacle = status.flatMap(DestinationStatus::obstacle);
    return new Reports.Row(
        depth.destination().name(),
        site.equals(depth.destination()) ? null : site.name(),
        depth.entries(),
        oldest.map(QueueView::shown).orElse(null),
        name(status.map(DestinationStatus::standing).orElse(Standing.NEW)),
        status.map(DestinationStatus::inFlight).orElse(0),
        status.map(known -> (int) known.window()).orElse(0),
        status.map(DestinationStatus::cause).orElse(""),
        obstacle.map(QueueView::why).orElse(""),
        obstacle.map(refusal -> Reasons.knob(refusal.reason())).orElse(""),
        nextTry(status, obstacle).map(now::time).orElse(null),
        status.flatMap(DestinationStatus::suspendedByHandUntil).map(now::time).orElse(null));
  }

  private static Optional<Long> nextTry(
      Optional<DestinationStatus<Destination>> status, Optional<Refusal> obstacle) {
    return obstacle
        .flatMap(Refusal::nextTry)
        .or(() -> status.flatMap(DestinationStatus::nextProbe));
  }

  private static String why(Refusal refusal) {
    String words = Reasons.words(refusal.reason());
    return refusal.detail().isEmpty() ? words : words + ": " + refusal.detail();
  }

  private Optional<Instant> oldest(Destination destination) throws SpoolException {
    return relay.list(Query.all().destination(destination), 1).stream()
        .findFirst()
        .map(envelope -> envelope.entry().arrived());
  }

  private Moment now() {
    return Moment.now(clock, timeSource);
  }

  private static Instant shown(Instant time) {
    return time.truncatedTo(ChronoUnit.MILLIS);
  }

  private static String name(Standing standing) {
    return standing.name().toLowerCase(Locale.ROOT);
  }
}
