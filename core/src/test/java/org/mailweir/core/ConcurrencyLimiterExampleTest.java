package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mailweir.core.ConcurrencyLimiter.Grant;
import org.mailweir.core.ConcurrencyLimiter.Share;

/** How the concurrency limiter is used by itself. */
class ConcurrencyLimiterExampleTest {
  @Test
  void keepsUnprovenDestinationsFromTakingAllConnections() {
    ConcurrencyLimiter connections = new ConcurrencyLimiter(100);
    Share unproven = connections.share("unproven", 40);
    Share retried = unproven.share("retried", 20); // at most half of the unproven

    try (Grant grant = retried.tryAcquire().orElseThrow()) {
      // Deliver here: the connection counts in all three.
      assertThat(connections + ", " + unproven + ", " + retried)
          .isEqualTo("whole 1/100, unproven 1/40, retried 1/20");
      grant.close(); // early, if you like: it is returned once
    }
    assertThat(connections.inUse()).isZero();
  }
}
