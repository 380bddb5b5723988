package org.mailweir.lab.policy;

import com.netflix.concurrency.limits.Limiter;
import com.netflix.concurrency.limits.limit.AIMDLimit;
import com.netflix.concurrency.limits.limiter.SimpleLimiter;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import org.mailweir.lab.mail.Letter;
import org.mailweir.lab.time.VirtualTime;
import org.mailweir.lab.world.Ending;
import org.mailweir.lab.world.World;

/**
 * Netflix concurrency-limits: a {@link SimpleLimiter} with an {@link AIMDLimit} for each domain,
 * from 1 to M, beginning at 10 as it does by itself; failed connections and 421 are drops, which
 * take off a tenth. Its timeout, above which a call counts as dropped, is 60 s instead of 5: a slow
 * mail host is no overloaded service. Over all there are M clients already; one more AIMD limit
 * there would be brought to its least by any herd, and take healthy mail with it.
 *
 * <p>Read: concurrency-limits 0.5.4, README, AIMDLimit, SimpleLimiter, AbstractLimiter; issue 234.
 */
final class Aimd implements Transport {
  private final VirtualTime time;
  private final World world;
  private final int clients;
  private final Map<String, Domain> domains = new HashMap<>();

  Aimd(Bench bench) {
    time = bench.time();
    world = bench.world();
    clients = bench.clients();
  }

  /** What is kept for a domain. */
  private record Domain(AIMDLimit limit, SimpleLimiter<String> limiter) {}

  private Domain domain() {
    AIMDLimit limit =
        AIMDLimit.newBuilder()
            .initialLimit(10)
            .minLimit(1)
            .maxLimit(clients)
            .timeout((long) World.TIMEOUT, TimeUnit.SECONDS)
            .build();
    SimpleLimiter<String> limiter =
        SimpleLimiter.newBuilder().limit(limit).nanoClock(time::nanoTime).build();
    return new Domain(limit, limiter);
  }

  @Override
  public OptionalDouble window(String destination) {
    Domain domain = domains.get(destination);
    return domain == null ? OptionalDouble.empty() : OptionalDouble.of(domain.limit.getLimit());
  }

  @Override
  public void take(Handover handover) {
    for (Letter letter : handover.letters()) {
      Domain domain = domains.computeIfAbsent(letter.destination(), name -> domain());
      Optional<Limiter.Listener> granted = domain.limiter.acquire(letter.destination());
      if (granted.isEmpty()) {
        handover.refused(letter, "LIMIT");
      } else {
        world.deliver(letter, ending -> ended(handover, letter, granted.get(), ending));
      }
    }
  }

  private static void ended(
      Handover handover, Letter letter, Limiter.Listener listener, Ending ending) {
    switch (ending) {
      case DELIVERED -> listener.onSuccess();
      case DEFERRED, READY -> listener.onIgnore();
      case PUSHED_BACK, REFUSED, TIMED_OUT -> listener.onDropped();
    }
    if (ending == Ending.DELIVERED) {
      handover.delivered(letter);
    } else {
      handover.failed(letter);
    }
  }
}
