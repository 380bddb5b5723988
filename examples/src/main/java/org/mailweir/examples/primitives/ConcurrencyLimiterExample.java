package org.mailweir.examples.primitives;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.mailweir.core.ConcurrencyLimiter;
import org.mailweir.core.ConcurrencyLimiter.Grant;

/** At most three connections, two of them for retried mail: at once, blocking, and by a future. */
public final class ConcurrencyLimiterExample {
  private ConcurrencyLimiterExample() {}

  /** Prints who gets a connection. */
  public static void main(String[] args) throws InterruptedException {
    try (var connections = new ConcurrencyLimiter(3)) {
      var retried = connections.share("retried mail", 2);
      Grant first = retried.tryAcquire().orElseThrow();
      Grant second = retried.tryAcquire().orElseThrow();
      System.out.println("a third of retried mail: " + retried.tryAcquire().isPresent());
      var waits = retried.acquireAsync().completeOnTimeout(Optional.empty(), 30, TimeUnit.SECONDS);
      first.close(); // goes to who waits; to close it again changes nothing
      System.out.println("who waited has one: " + waits.join().isPresent());
      try (Grant fresh = connections.acquire(Duration.ofSeconds(5)).orElseThrow()) {
        System.out.println("fresh mail has a " + fresh + ": " + connections + ", " + retried);
      }
      second.close();
      waits.join().ifPresent(Grant::close);
    }
  }
}
