package org.mailweir.examples.relay.notice;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.mailweir.examples.relay.spool.Accepted;
import org.mailweir.examples.relay.spool.Envelope;
import org.mailweir.examples.relay.spool.Letter;
import org.mailweir.examples.relay.spool.QueueIds;
import org.mailweir.examples.relay.spool.Settlement.Notice;
import org.mailweir.message.AddressException;
import org.mailweir.message.Destination;
import org.mailweir.message.Mailbox;
import org.mailweir.message.RcptDsn;
import org.mailweir.message.Recipient;
import org.mailweir.message.Sender;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes notifications: to whom, whether at all, and as which message. A notification is sent from
 * the null reverse path, so none is ever sent about one (RFC 3461 section 6.1).
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class NoticeWriter {
  private static final Logger log = LoggerFactory.getLogger(NoticeWriter.class);

  private final String hostname;
  private final QueueIds queueIds;
  private final Clock clock;
  private final Duration lifetime;

  /**
   * Creates a writer.
   *
   * @param hostname our name
   * @param lifetime of notifications: as long as of other mail
   */
  public NoticeWriter(String hostname, QueueIds queueIds, Clock clock, Duration lifetime) {
    this.hostname = hostname;
    this.queueIds = queueIds;
    this.clock = clock;
    this.lifetime = lifetime;
  }

  /**
   * Returns the notification that follows from reports about one entry.
   *
   * @param reports about any of its recipients; those that nobody wants to hear of are left out
   * @return empty if nothing is to be told, or nobody is there to be told
   */
  public Optional<Notice> write(Letter letter, List<Report> reports) {
    Envelope envelope = letter.envelope();
    List<Report> wanted = reports.stream().filter(Report::isWanted).toList();
    if (wanted.isEmpty() || envelope.sender().address().isEmpty()) {
      return Optional.empty();
    }
    Optional<Destination> destination = destination(envelope);
    if (destination.isEmpty()) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    NoticeText text = new NoticeText(hostname, queueIds.next(), now, envelope, wanted);
    TextBody body;
    try {
      body = text.write(letter.body());
    } catch (IOException unreadable) {
      log.warn("{}: returned without its content: {}", envelope.queueId(), unreadable.toString());
      body = text.writeWithoutContent();
    }
    Sender nobody = new Sender("", body.size(), body.eightBit(), text.isUtf8());
    Recipient sender =
        new Recipient(envelope.sender().address(), destination.get(), new RcptDsn("NEVER", ""));
    Accepted message =
        new Accepted(text.queueId(), nobody, List.of(sender), now, now.plus(lifetime));
    return Optional.of(new Notice(message, body));
  }

  private static Optional<Destination> destination(Envelope envelope) {
    try {
      String domain = Mailbox.parse(envelope.sender().address()).domain();
      return Optional.of(Destination.of(domain));
    } catch (AddressException malformed) {
      log.warn("{}: the sender cannot be notified: {}", envelope.queueId(), malformed.getMessage());
      return Optional.empty();
    }
  }
}
