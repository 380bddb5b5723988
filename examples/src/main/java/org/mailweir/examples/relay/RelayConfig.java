package org.mailweir.examples.relay;

import java.nio.file.Path;
import java.time.Duration;
import org.mailweir.lmtp.Protocol;
import org.mailweir.transport.Durations;
import org.mailweir.transport.TransportConfig;

/**
 * What a {@link Relay} is told: all settings, checked. Immutable.
 *
 * @param transport where mail comes in and how it goes out, as a transport is told it; {@code
 *     maxClients} are the deliveries at once, and patience, recall and shadow mean nothing here
 * @param spool directory in which accepted mail is kept
 * @param protocol spoken to clients
 * @param retryFirst delay of the first try again of a message that was put off
 * @param retryMax the longest such delay
 * @param lifetime after which a message is given up, a second to a hundred days
 */
public record RelayConfig(
    TransportConfig transport,
    Path spool,
    Protocol protocol,
    Duration retryFirst,
    Duration retryMax,
    Duration lifetime) {
  private static final Duration SHORTEST_RETRY = Duration.ofMillis(100);
  private static final Duration SHORTEST_LIFE = Duration.ofSeconds(1);
  private static final Duration LONGEST_RETRY = Duration.ofDays(1);
  private static final Duration LONGEST_LIFE = Duration.ofDays(100);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException with one line that names the setting and what it may be
   */
  public RelayConfig {
    range("retry", retryFirst, SHORTEST_RETRY, LONGEST_RETRY);
    range("retry", retryMax, retryFirst, LONGEST_RETRY);
    range("lifetime", lifetime, SHORTEST_LIFE, LONGEST_LIFE);
  }

  private static void range(String name, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          name
              + ": "
              + Durations.format(value)
              + " is not from "
              + Durations.format(least)
              + " to "
              + Durations.format(most));
    }
  }

  /** Returns a builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Builds a configuration.
   *
   * <p>Thread safety: none.
   */
  public static final class Builder {
    private final TransportConfig.Builder transport = TransportConfig.builder();
    private Path spool = Path.of("spool");
    private Protocol protocol = Protocol.SMTP;
    private Duration retryFirst = Duration.ofMinutes(2);
    private Duration retryMax = Duration.ofHours(1);
    private Duration lifetime = Duration.ofDays(2);

    private Builder() {}

    /** Returns the builder of the settings that a transport has as well. */
    public TransportConfig.Builder transport() {
      return transport;
    }

    /** Sets where accepted mail is kept; default the directory {@code spool}. */
    public Builder spool(Path spool) {
      this.spool = spool;
      return this;
    }

    /** Sets what is spoken to clients; default SMTP. */
    public Builder protocol(Protocol protocol) {
      this.protocol = protocol;
      return this;
    }

    /** Sets the first and the longest delay between tries; default 2 min and 1 h. */
    public Builder retry(Duration first, Duration max) {
      this.retryFirst = first;
      this.retryMax = max;
      return this;
    }

    /** Sets after which time a message is given up; default 2 days. */
    public Builder lifetime(Duration lifetime) {
      this.lifetime = lifetime;
      return this;
    }

    /**
     * Checks the settings and returns them.
     *
     * @throws IllegalArgumentException with one line that names the setting and what it may be
     */
    public RelayConfig build() {
      return new RelayConfig(transport.build(), spool, protocol, retryFirst, retryMax, lifetime);
    }
  }
}
