package org.mailweir.loopback;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.mailweir.loopback.LmtpMessage.Content;

/**
 * Writes messages, each to recipients of its own and with content of its own, so that none can be
 * taken for another.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class Letters {
  private static final Duration OLD = Duration.ofHours(3);

  private final AtomicLong serial = new AtomicLong();

  /** Returns new mail, with the queue id of a message that arrived just now. */
  public LmtpMessage fresh(String... domains) {
    return written(Instant.now(), domains);
  }

  /** Returns mail that was deferred for hours, as its queue id tells. */
  public LmtpMessage old(String... domains) {
    return written(Instant.now().minus(OLD), domains);
  }

  /** Returns so many old messages, to these domains in turn. */
  public List<LmtpMessage> herd(int count, List<String> domains) {
    return IntStream.range(0, count).mapToObj(i -> old(domains.get(i % domains.size()))).toList();
  }

  /** Returns the same message without a queue id: nobody can tell its age. */
  public static LmtpMessage ageless(LmtpMessage message) {
    return message.withQueueId("");
  }

  /** Returns a message with this content. */
  public LmtpMessage with(Content content, String domain) {
    return new LmtpMessage(
        "", "sender@sender.test", List.of(serial.incrementAndGet() + "@" + domain), content);
  }

  private LmtpMessage written(Instant arrival, String... domains) {
    long number = serial.incrementAndGet();
    return new LmtpMessage(
        LongQueueId.of(arrival, number),
        "sender@sender.test",
        Stream.of(domains).map(domain -> number + "@" + domain).toList(),
        Content.of("Subject: " + number + "\n\nLetter " + number + "\n.\n..dots\n"));
  }
}
