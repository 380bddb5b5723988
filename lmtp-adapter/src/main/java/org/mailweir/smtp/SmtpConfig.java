package org.mailweir.smtp;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * What the SMTP client may do, and for how long.
 *
 * @param hostname said in EHLO; an A-label name or an address literal
 * @param remotePort of the mail exchangers, 1 to 65535
 * @param timeouts of the steps of a conversation
 * @param stagger after which the next address is tried while none has a TCP connection (RFC 8305)
 * @param readyStagger after which the next address is tried while one is connected, but not ready
 * @param idlePerDestination connections kept for reuse at most, for each destination
 * @param idleTotal connections kept for reuse at most, in all
 * @param idleTime for which a connection is kept
 * @param checkAfter idle time after which a connection is checked by RSET before it is used again
 * @param messagesPerConnection after which a connection is not used again
 * @param connectionAge after which a connection is not used again
 * @param lastGoodTime for which the address that was last ready is tried first
 */
public record SmtpConfig(
    String hostname,
    int remotePort,
    Timeouts timeouts,
    Duration stagger,
    Duration readyStagger,
    int idlePerDestination,
    int idleTotal,
    Duration idleTime,
    Duration checkAfter,
    int messagesPerConnection,
    Duration connectionAge,
    Duration lastGoodTime) {
  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public SmtpConfig {
    if (!hostname.matches("[!-~]{1,255}")) {
      throw new IllegalArgumentException("not a name for EHLO: " + hostname);
    }
    if (remotePort < 1 || remotePort > 65535) {
      throw new IllegalArgumentException("not a port: " + remotePort);
    }
    requireNonNull(timeouts);
    if (stagger.isNegative()
        || readyStagger.isNegative()
        || idleTime.isNegative()
        || checkAfter.isNegative()
        || connectionAge.isNegative()
        || lastGoodTime.isNegative()) {
      throw new IllegalArgumentException("a negative time");
    }
    if (idlePerDestination < 0 || idleTotal < 0 || messagesPerConnection < 1) {
      throw new IllegalArgumentException("a negative number of connections or messages");
    }
  }

  /** Returns a builder with all defaults; the host name has none. */
  public static Builder builder(String hostname) {
    return new Builder(hostname);
  }

  /** Sets what differs from the defaults. Thread safety: none. */
  public static final class Builder {
    private final String hostname;
    private int remotePort = 25;
    private Timeouts timeouts = Timeouts.DEFAULT;
    private Duration stagger = Duration.ofSeconds(1);
    private Duration readyStagger = Duration.ofSeconds(5);
    private int idlePerDestination = 20;
    private int idleTotal = 200;
    private Duration idleTime = Duration.ofSeconds(10);
    private Duration checkAfter = Duration.ofSeconds(1);
    private int messagesPerConnection = 100;
    private Duration connectionAge = Duration.ofMinutes(5);
    private Duration lastGoodTime = Duration.ofMinutes(10);

    private Builder(String hostname) {
      this.hostname = requireNonNull(hostname);
    }

    /** Sets the port of the mail exchangers; 25 unless said. */
    public Builder remotePort(int port) {
      remotePort = port;
      return this;
    }

    /** Sets the time-outs of all steps. */
    public Builder timeouts(Timeouts limits) {
      timeouts = requireNonNull(limits);
      return this;
    }

    /** Sets the longest time for one TCP connection; 60 s unless said. */
    public Builder connectTimeout(Duration limit) {
      timeouts = timeouts.withConnect(limit);
      return this;
    }

    /** Sets when the next address is tried: while none is connected, and while none is ready. */
    public Builder stagger(Duration unconnected, Duration unready) {
      stagger = requireNonNull(unconnected);
      readyStagger = requireNonNull(unready);
      return this;
    }

    /** Sets how many connections are kept for reuse: 20 for each destination, 200 in all. */
    public Builder idle(int perDestination, int total) {
      idlePerDestination = perDestination;
      idleTotal = total;
      return this;
    }

    /** Sets how long a connection is kept for reuse; 10 s unless said. */
    public Builder idleTime(Duration time) {
      idleTime = requireNonNull(time);
      return this;
    }

    /** Sets after which idle time a connection is checked by RSET; 1 s unless said. */
    public Builder checkAfter(Duration time) {
      checkAfter = requireNonNull(time);
      return this;
    }

    /** Sets how long a connection is used: for 100 messages and 5 minutes unless said. */
    public Builder use(int messages, Duration age) {
      messagesPerConnection = messages;
      connectionAge = requireNonNull(age);
      return this;
    }

    /** Sets for how long the address that was last ready goes first; 10 minutes unless said. */
    public Builder lastGoodTime(Duration time) {
      lastGoodTime = requireNonNull(time);
      return this;
    }

    /** Returns the configuration. */
    public SmtpConfig build() {
      return new SmtpConfig(
          hostname,
          remotePort,
          timeouts,
          stagger,
          readyStagger,
          idlePerDestination,
          idleTotal,
          idleTime,
          checkAfter,
          messagesPerConnection,
          connectionAge,
          lastGoodTime);
    }
  }
}
