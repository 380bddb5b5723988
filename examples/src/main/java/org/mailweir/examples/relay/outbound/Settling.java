package org.mailweir.examples.relay.outbound;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.mailweir.examples.relay.notice.NoticeWriter;
import org.mailweir.examples.relay.notice.Report;
import org.mailweir.examples.relay.notice.Report.Action;
import org.mailweir.examples.relay.spool.Entry;
import org.mailweir.examples.relay.spool.Envelope;
import org.mailweir.examples.relay.spool.Letter;
import org.mailweir.examples.relay.spool.Pending;
import org.mailweir.examples.relay.spool.Settled;
import org.mailweir.examples.relay.spool.Settlement;
import org.mailweir.examples.relay.spool.Settlement.Notice;
import org.mailweir.examples.relay.spool.Spool;
import org.mailweir.examples.relay.spool.SpoolException;
import org.mailweir.message.Recipient;
import org.mailweir.message.Reply;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what becomes of an entry after an attempt, and records it in the spool.
 *
 * <h2>What must not be lost</h2>
 *
 * That recipients are done. Until it is recorded they would get the message again after a crash. So
 * it is written as soon as the host has answered, before anything else, and where the spool cannot
 * write it now it is tried again each second. The attempt keeps its permit for so long: while
 * nothing can be recorded nothing more is sent than the gate has permitted already, and no more
 * than that can arrive twice. That an attempt failed may be lost: it only means to try too early.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class Settling {
  private static final Logger log = LoggerFactory.getLogger(Settling.class);
  private static final Duration TURNED_AWAY = Duration.ofSeconds(5);

  /** When a sender is told of a delay who asked for it; as Postfix's delay_warning_time. */
  private static final Duration DELAYED = Duration.ofHours(4);

  private static final RandomGenerator RANDOM = () -> ThreadLocalRandom.current().nextLong();

  private final Spool spool;
  private final NoticeWriter notices;
  private final Clock clock;
  private final OutboundSettings settings;
  private final OutboundCounts counts;
  private final CountDownLatch stopping = new CountDownLatch(1);

  Settling(Services services, OutboundCounts counts) {
    spool = services.spool();
    notices = services.notices();
    clock = services.clock();
    settings = services.settings();
    this.counts = counts;
  }

  /** Records how an attempt ended. */
  Settled conclude(Letter letter, Ending ending) throws InterruptedException {
    Envelope envelope = letter.envelope();
    Instant now = clock.instant();
    if (!ending.left().isEmpty() && !now.isBefore(envelope.entry().expires())) {
      return conclude(letter, ending.expired(), now);
    }
    return conclude(letter, ending, now);
  }

  /** Gives up all who still wait, because their time is over or the operator wants it. */
  Settled expire(Letter letter) throws InterruptedException {
    Map<Recipient, Reply> left = new LinkedHashMap<>();
    for (Pending each : letter.envelope().pending()) {
      left.put(each.recipient(), new Reply(451, "4.4.7", each.lastReply()));
    }
    Ending ending = Ending.left(left).expired();
    return conclude(letter, ending, clock.instant());
  }

  /** Records that an entry was not tried to its end. */
  Settled putOff(Envelope envelope, Reply reply) throws InterruptedException {
    Map<Recipient, Reply> left = new LinkedHashMap<>();
    envelope.recipients().forEach(each -> left.put(each, reply));
    Ending ending = Ending.left(left);
    return record(envelope, settlement(envelope, ending, clock.instant(), false, List.of()));
  }

  /** Lets no one wait for the spool any more. */
  void stop() {
    stopping.countDown();
  }

  private Settled conclude(Letter letter, Ending ending, Instant now) throws InterruptedException {
    Envelope envelope = letter.envelope();
    boolean late = !now.isBefore(envelope.entry().arrived().plus(DELAYED));
    boolean warns =
        late
            && !envelope.entry().warned()
            && ending.left().keySet().stream().anyMatch(each -> each.dsn().onDelay());
    List<Report> reports = new ArrayList<>();
    ending.failed().forEach((who, why) -> reports.add(report(who, Action.FAILED, why, ending)));
    for (Recipient each : ending.silent()) {
      Reply why = requireNonNull(ending.delivered().get(each));
      reports.add(report(each, Action.RELAYED, why, ending));
    }
    if (warns) {
      ending.left().forEach((who, why) -> reports.add(report(who, Action.DELAYED, why, ending)));
    }
    List<Notice> written = notices.write(letter, reports).map(List::of).orElse(List.of());
    Settlement settlement = settlement(envelope, ending, now, warns, written);
    try {
      Settled settled = record(envelope, settlement);
      tell(envelope, ending, written);
      return settled;
    } finally {
      written.forEach(each -> each.body().close());
    }
  }

  private Settlement settlement(
      Envelope envelope, Ending ending, Instant now, boolean warns, List<Notice> written) {
    Entry entry = envelope.entry();
    List<Recipient> done = new ArrayList<>(ending.delivered().keySet());
    done.addAll(ending.failed().keySet());
    Map<Recipient, String> replies = new LinkedHashMap<>();
    ending.left().forEach((who, reply) -> replies.put(who, words(reply)));
    int attempts = entry.attempts() + (ending.turnedAway() ? 0 : 1);
    Instant due = ending.left().isEmpty() ? now : now.plus(delay(ending, attempts));
    return new Settlement(done, replies, due, attempts, entry.warned() || warns, written);
  }

  private Duration delay(Ending ending, int attempts) {
    if (ending.turnedAway()) {
      return TURNED_AWAY.plusMillis(RANDOM.nextLong(TURNED_AWAY.toMillis()));
    }
    return settings.retry().next(attempts, Duration.ZERO, RANDOM).orElse(settings.longestDelay());
  }

  private Settled record(Envelope envelope, Settlement settlement) throws InterruptedException {
    boolean mustNotBeLost = !settlement.done().isEmpty() || !settlement.notices().isEmpty();
    for (boolean told = false; ; told = true) {
      boolean lastTry = stopping.getCount() == 0;
      try {
        return spool.settle(envelope.entry().id(), settlement);
      } catch (SpoolException failure) {
        if (!mustNotBeLost) {
          log.warn(
              "{}: the attempt could not be recorded: {}",
              envelope.queueId(),
              failure.getMessage());
          return new Settled(Optional.of(changed(envelope.entry(), settlement)), List.of());
        }
        if (lastTry) {
          log.error(
              "{}: what was delivered could not be recorded, and will be sent again: {}",
              envelope.queueId(),
              failure.getMessage());
          return Settled.NOTHING;
        }
        if (!told) {
          log.error(
              "{}: what was delivered cannot be recorded, is tried again each second: {}",
              envelope.queueId(),
              failure.getMessage());
        }
      }
      boolean stopped = stopping.await(1, TimeUnit.SECONDS);
      log.debug("{}: recording again, stopping: {}", envelope.queueId(), stopped);
    }
  }

  private void tell(Envelope envelope, Ending ending, List<Notice> written) {
    counts.delivered(ending.delivered().size());
    counts.noticed(written.size());
    if (ending.failed().isEmpty()) {
      return;
    }
    if (ending.isExpired()) {
      counts.expired(ending.failed().size());
    } else {
      counts.bounced(ending.failed().size());
    }
    log.info(
        "{}: to={}, nrcpt={}, status={}, {}",
        envelope.queueId(),
        envelope.entry().destination(),
        ending.failed().size(),
        ending.isExpired() ? "expired" : "bounced",
        written.isEmpty()
            ? "nobody to be told"
            : "sender notified by " + written.get(0).message().queueId());
  }

  private static Report report(Recipient who, Action action, Reply reply, Ending ending) {
    return new Report(who, action, reply, ending.peer());
  }

  private static Entry changed(Entry entry, Settlement settlement) {
    return new Entry(
        entry.id(),
        entry.destination(),
        entry.arrived(),
        settlement.due(),
        entry.expires(),
        settlement.attempts(),
        settlement.warned());
  }

  private static String words(Reply reply) {
    return (reply.code() + " " + reply.status()).strip() + " " + reply.text();
  }
}
