package org.mailweir.loopback;

import com.google.common.hash.HashCode;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * A message that a host of an {@link SmtpSink} took responsibility for: one that it answered, or
 * would have answered had the client waited, with 250 after the dot. Times are readings of {@code
 * System.nanoTime()}.
 *
 * @param host where it arrived
 * @param connection number of the connection at the sink; several messages may have the same
 * @param sender the reverse path, without angle brackets
 * @param recipients the accepted recipients
 * @param parameters of MAIL, in the order given: {@code BODY=8BITMIME}
 * @param size of the content in bytes, dot-stuffing removed
 * @param sha256 of the content
 * @param content the content itself, if it is small enough to be kept
 * @param mailNanos when MAIL was read
 * @param dotNanos when the final dot was read
 * @param answered whether the 250 could still be sent: if not, the client cannot know
 */
public record Arrival(
    InetAddress host,
    long connection,
    String sender,
    List<String> recipients,
    List<String> parameters,
    long size,
    HashCode sha256,
    Optional<Content> content,
    long mailNanos,
    long dotNanos,
    boolean answered) {
  /** Copies the lists. */
  public Arrival {
    recipients = List.copyOf(recipients);
    parameters = List.copyOf(parameters);
  }

  /** The bytes of a message. */
  public static final class Content {
    private final byte[] bytes;

    Content(byte[] bytes) {
      this.bytes = bytes;
    }

    /** Returns a copy. */
    public byte[] bytes() {
      return bytes.clone();
    }
  }
}
