package org.mailweir.examples.herd;

import java.time.Duration;

/**
 * What is shown: the same in both runs.
 *
 * @param messages in the herd, at least 1
 * @param deadHosts that the herd is for, at least 1; each a domain with an address of its own
 * @param clients LMTP clients, at least 10: Postfix's maxproc
 * @param calm how long mail flows before the herd comes
 * @param returns when the host that is down at first comes back, after the herd came
 * @param length of each run, from the moment that the herd comes
 */
record Plan(
    int messages, int deadHosts, int clients, Duration calm, Duration returns, Duration length) {
  /** What is waited for one connection attempt: what the dead hosts cost. */
  static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(60);

  /** How long a deferred message waits for its next attempt; hours are played in seconds. */
  static final Duration RETRY = Duration.ofSeconds(6);

  /** How fast the queue manager makes deferred mail active: a real one makes 500 to 1,000. */
  static final int FLUSHED_PER_SECOND = 1000;

  Plan {
    if (messages < 1 || deadHosts < 1 || clients < 10 || length.compareTo(returns) <= 0) {
      throw new IllegalArgumentException("out of range");
    }
  }

  /** Returns how many messages of the herd are for the host that comes back. */
  int forReturning() {
    return Math.max(1, messages / 100);
  }
}
