package org.mailweir.examples.relay.intake;

import com.google.common.net.InetAddresses;
import java.net.Inet6Address;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.mailweir.lmtp.Origin;
import org.mailweir.message.Body;

/**
 * Writes our {@code Received} line (RFC 5321 section 4.4):
 *
 * <pre>
 * Received: from client.example ([192.0.2.1])
 *         by relay.example with ESMTP id 4cK8tY2Lrzz00bHG;
 *         Sun, 22 Nov 2026 12:36:00 +0000
 * </pre>
 *
 * <p>No recipient is named in it: the others would read who was blind-copied.
 */
final class Stamp {
  // RFC 5322 section 3.3; DateTimeFormatter.RFC_1123_DATE_TIME writes the obsolete "GMT".
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss xx", Locale.US);

  private final String hostname;

  Stamp(String hostname) {
    this.hostname = hostname;
  }

  /** Returns the message with the line on top. The body stays the caller's. */
  Body on(Body body, Origin origin, String queueId, Instant now) {
    return new StampedBody(line(origin, queueId, now).getBytes(StandardCharsets.US_ASCII), body);
  }

  /** Returns the line, with its end. */
  String line(Origin origin, String queueId, Instant now) {
    // Without the interface of a link-local address, which has no place in a literal.
    String address = InetAddresses.toAddrString(origin.address()).replaceFirst("%.*", "");
    String literal = origin.address() instanceof Inet6Address ? "IPv6:" + address : address;
    String date = DATE.format(now.atOffset(ZoneOffset.UTC));
    return "Received: from "
        + (origin.name() + " ([" + literal + "])\r\n")
        + ("\tby " + hostname + " with " + origin.with() + " id " + queueId + ";\r\n")
        + ("\t" + date + "\r\n");
  }
}
