package org.mailweir.examples.relay.intake;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mailweir.examples.relay.spool.Accepted;
import org.mailweir.examples.relay.spool.Entry;
import org.mailweir.examples.relay.spool.QueueIds;
import org.mailweir.examples.relay.spool.Spool;
import org.mailweir.examples.relay.spool.SpoolException;
import org.mailweir.lmtp.MailTransaction;
import org.mailweir.lmtp.Origin;
import org.mailweir.message.Body;
import org.mailweir.message.Recipient;
import org.mailweir.message.Reply;
import org.mailweir.message.Sender;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes every message that the server hands over, for whomever it is: the server lets in only whom
 * we relay for. A message is answered with 250 when the spool has it, and not before; nothing but a
 * {@code Received} line is added to it (RFC 5321 sections 4.4 and 6.4).
 *
 * <p>All recipients of a message are answered alike, so that a client that speaks SMTP, and gets
 * one answer for all, is told the truth.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class Intake implements MailTransaction.Factory {
  private static final Logger log = LoggerFactory.getLogger(Intake.class);

  // As Postfix has it (hopcount_limit); RFC 5321 section 6.3 wants at least 100 where no better
  // means is there, and Postfix, Exim (30) and Sendmail (25) have shown that fewer do.
  private static final int MAX_HOPS = 50;

  private static final Reply RECIPIENT_OK = new Reply(250, "2.1.5", "Ok");
  private static final Reply LOOP = new Reply(554, "5.4.6", "Too many hops: this mail is looping");
  private static final Reply FULL =
      new Reply(452, "4.3.1", "No room in the queue now, try again later");
  private static final Reply FAILED =
      new Reply(451, "4.3.0", "The message cannot be kept now, try again later");

  private final Stamp stamp;
  private final Spool spool;
  private final QueueIds queueIds;
  private final Duration lifetime;
  private final Clock clock;
  private final BooleanSupplier queueHasRoom;
  private final Consumer<List<Entry>> queue;
  private final AtomicBoolean failing = new AtomicBoolean();

  /**
   * Creates the factory.
   *
   * @param hostname ours, for the {@code Received} line
   * @param lifetime after which a message is given up
   * @param queueHasRoom whether the queue can take more; asked for each group of recipients
   * @param queue is told of each message's entries when the spool has them, by the thread of the
   *     client's connection: it should be quick
   */
  public Intake(
      String hostname,
      Spool spool,
      QueueIds queueIds,
      Duration lifetime,
      Clock clock,
      BooleanSupplier queueHasRoom,
      Consumer<List<Entry>> queue) {
    this.stamp = new Stamp(hostname);
    this.spool = spool;
    this.queueIds = queueIds;
    this.lifetime = lifetime;
    this.clock = clock;
    this.queueHasRoom = queueHasRoom;
    this.queue = queue;
  }

  @Override
  public MailTransaction begin(Sender sender, Origin origin) {
    return new Arriving(this, sender, origin);
  }

  /**
   * Answers recipients. Their form was checked by the server, and we know no more of them: what is
   * asked here is whether there is room, so that nobody sends what could not be kept.
   */
  List<Reply> answer(Sender sender, List<Recipient> recipients) {
    boolean room =
        queueHasRoom.getAsBoolean() && spool.totals().room() >= Math.max(1, sender.declaredSize());
    return Collections.nCopies(recipients.size(), room ? RECIPIENT_OK : FULL);
  }

  /** Takes a message, and returns what its client is told. */
  Reply take(Sender sender, Origin origin, List<Recipient> recipients, Body body) {
    String id = queueIds.next();
    try {
      int hops = Hops.count(body);
      if (hops > MAX_HOPS) {
        log.warn("{}: refused, a loop: {} hops, from {}", id, hops, at(origin));
        return LOOP;
      }
      Instant now = clock.instant();
      Accepted message = new Accepted(id, sender, recipients, now, now.plus(lifetime));
      List<Entry> entries = spool.add(message, stamp.on(body, origin, id, now));
      spoolWorks();
      log.info(
          "{}: from {}, {} bytes, {} recipients at {} destinations",
          id,
          at(origin),
          body.size(),
          message.recipients().size(),
          entries.size());
      handOn(id, entries);
      return new Reply(250, "2.0.0", "Ok: queued as " + id);
    } catch (SpoolException failure) {
      spoolFails(failure.getMessage());
      return failure.kind() == SpoolException.Kind.FULL ? FULL : FAILED;
    } catch (IOException unreadable) {
      log.error("{}: the message just received cannot be read: {}", id, unreadable.toString());
      return FAILED;
    }
  }

  /** Whatever the queue does with it, the message is ours: the client must not send it again. */
  private void handOn(String id, List<Entry> entries) {
    try {
      queue.accept(entries);
    } catch (RuntimeException defect) {
      log.error("{}: spooled, but not queued; it will be at the next start", id, defect);
    }
  }

  // Said once until it works again: a full disk fails hundreds of messages a second.
  private void spoolFails(@Nullable String why) {
    if (!failing.getAndSet(true)) {
      log.error("The spool takes no mail: {}. Clients are told to try later.", why);
    }
  }

  private void spoolWorks() {
    if (failing.get() && failing.getAndSet(false)) {
      log.info("The spool takes mail again.");
    }
  }

  private static String at(Origin origin) {
    return origin.name() + "[" + origin.address().getHostAddress() + "]";
  }
}
