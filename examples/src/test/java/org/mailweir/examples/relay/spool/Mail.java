package org.mailweir.examples.relay.spool;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.mailweir.message.Body;
import org.mailweir.message.Destination;
import org.mailweir.message.MailDsn;
import org.mailweir.message.RcptDsn;
import org.mailweir.message.Recipient;
import org.mailweir.message.Sender;

/** Messages and settlements for tests of spools. */
public final class Mail {
  /** When all of them arrive. */
  public static final Instant ARRIVED = Instant.parse("2026-11-22T10:00:00Z");

  private Mail() {}

  /** Returns a message to {@code name@domain} addresses. */
  public static Accepted to(String queueId, String... addresses) {
    List<Recipient> recipients = Stream.of(addresses).map(Mail::recipient).toList();
    return new Accepted(
        queueId,
        new Sender("alice@sender.test", 4096, true, true, new MailDsn("HDRS", "QQ314159")),
        recipients,
        ARRIVED,
        ARRIVED.plusSeconds(172_800));
  }

  /** Returns the recipient with an address, with something said about notifications. */
  public static Recipient recipient(String address) {
    return new Recipient(
        address,
        Destination.of(address.substring(address.indexOf('@') + 1)),
        new RcptDsn("FAILURE,DELAY", "rfc822;" + address.replace("+", "+2B")));
  }

  /** Returns a settlement after which these are done, and the rest waits for a minute. */
  public static Settlement done(String... addresses) {
    return new Settlement(
        Stream.of(addresses).map(Mail::recipient).toList(),
        Map.of(),
        ARRIVED.plusSeconds(60),
        1,
        false,
        List.of());
  }

  /** Returns a settlement that defers all. */
  public static Settlement deferred(Instant due, int attempts, Map<Recipient, String> replies) {
    return new Settlement(List.of(), replies, due, attempts, false, List.of());
  }

  /** Reads a body through. */
  public static byte[] content(Body body) throws IOException {
    try (InputStream in = body.open()) {
      return in.readAllBytes();
    }
  }
}
