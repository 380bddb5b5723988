package org.mailweir.lab.policy;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import org.mailweir.lab.mail.Letter;
import org.mailweir.lab.time.VirtualTime;
import org.mailweir.lab.world.Ending;
import org.mailweir.lab.world.World;

/**
 * What a Java developer composes today: a {@link Semaphore} over all deliveries (10 M, as the gate
 * has), a resilience4j {@link Bulkhead} of 20 for each domain, and exponential random backoff, as
 * Postfix has the message and its retries: of the domain, from 30 s to 300 s, with no attempt
 * before it is over.
 *
 * <p>A call never waits ({@code maxWaitDuration} 0): a bulkhead that waits holds its client, and
 * knows no order among the waiting. What has no permit is answered with 451.
 *
 * <p>Read: resilience4j 2.4.0, the Bulkhead and Retry chapters of its guide
 * (resilience4j.readme.io) and the sources of SemaphoreBulkhead, IntervalFunction.
 */
final class Composition implements Transport {
  static final int PER_DESTINATION = 20;

  /** A message to a group is several deliveries; the gate allows as many by itself. */
  static final int DELIVERIES_A_CLIENT = 10;

  static final BulkheadConfig BULKHEAD =
      BulkheadConfig.custom()
          .maxConcurrentCalls(PER_DESTINATION)
          .maxWaitDuration(Duration.ZERO)
          .writableStackTraceEnabled(false)
          .build();
  private static final Backoffs BACKOFF = new Backoffs(30, 2, 0.5, 300);

  private final VirtualTime time;
  private final World world;
  private final SplittableRandom random;
  private final Semaphore deliveries;
  private final Map<String, Domain> domains = new HashMap<>();

  Composition(Bench bench) {
    time = bench.time();
    world = bench.world();
    random = bench.seeds().of("backoff");
    deliveries = new Semaphore(DELIVERIES_A_CLIENT * bench.clients());
  }

  /** What is kept for a domain. */
  private static final class Domain {
    private final Bulkhead bulkhead;
    private int failures;
    private double notBefore;

    Domain(String name) {
      bulkhead = Bulkhead.of(name, BULKHEAD);
    }
  }

  @Override
  public void take(Handover handover) {
    for (Letter letter : handover.letters()) {
      Domain domain = domains.computeIfAbsent(letter.destination(), Domain::new);
      if (time.seconds() < domain.notBefore) {
        handover.refused(letter, "BACKOFF");
      } else if (!deliveries.tryAcquire()) {
        handover.refused(letter, "SEMAPHORE");
      } else if (!domain.bulkhead.tryAcquirePermission()) {
        deliveries.release();
        handover.refused(letter, "BULKHEAD");
      } else {
        world.deliver(letter, ending -> ended(handover, letter, domain, ending));
      }
    }
  }

  private void ended(Handover handover, Letter letter, Domain domain, Ending ending) {
    domain.bulkhead.onComplete();
    deliveries.release();
    if (ending.isUnreachable()) {
      domain.failures++;
      domain.notBefore = time.seconds() + BACKOFF.next(domain.failures, random);
    } else {
      domain.failures = 0;
    }
    if (ending == Ending.DELIVERED) {
      handover.delivered(letter);
    } else {
      handover.failed(letter);
    }
  }
}
