package org.mailweir.examples.relay;

import java.nio.file.Path;
import java.time.Duration;
import org.mailweir.transport.Durations;
import org.mailweir.transport.TransportConfig;

/**
 * What a {@link Relay} is told: all settings, checked. Immutable.
 *
 * @param transport where mail comes in and how it goes out, as a transport is told it; {@code
 *     maxClients} are the deliveries at once, and patience, recall and shadow mean nothing here
 * @param spool directory in which accepted mail is kept
 * @param retryFirst delay of the first try again of a message that was put off
 * @param retryMax the longest such delay
 * @param lifetime after which a message is given up, a minute to a hundred days
 */
public record RelayConfig(
    TransportConfig transport,
    Path spool,
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
}
