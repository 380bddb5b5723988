package org.mailweir.jmh;

import com.netflix.concurrency.limits.Limiter;
import com.netflix.concurrency.limits.limit.FixedLimit;
import com.netflix.concurrency.limits.limiter.SimpleLimiter;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A simple limiter of Netflix over all, and one per destination; both with a fixed limit, so that
 * no algorithm that estimates one is in the figure.
 *
 * <p>Its partitioned limiter is no limit per destination: the partitions have to be known when it
 * is built, each has a share of at least one permit that is guaranteed, not a ceiling, and as they
 * are granted beyond the limit of all, 16,384 of them make 16,484 permits of 100.
 */
final class NetflixLimiters implements AdmissionControl<NetflixLimiters.Both> {
  /** Both have to be told. */
  record Both(Limiter.Listener client, Limiter.Listener destination) {}

  private final SimpleLimiter<String> clients = limiter(Peer.CLIENTS);
  private final ConcurrentHashMap<String, SimpleLimiter<String>> limiters =
      new ConcurrentHashMap<>();

  private static SimpleLimiter<String> limiter(int limit) {
    return SimpleLimiter.newBuilder().limit(FixedLimit.of(limit)).build();
  }

  @Override
  public @Nullable Both tryAdmit(String destination) {
    Optional<Limiter.Listener> client = clients.acquire(destination);
    if (client.isEmpty()) {
      return null;
    }
    SimpleLimiter<String> limiter =
        limiters.computeIfAbsent(destination, name -> limiter(Peer.PER_DESTINATION));
    Optional<Limiter.Listener> granted = limiter.acquire(destination);
    if (granted.isEmpty()) {
      client.get().onIgnore();
      return null;
    }
    return new Both(client.get(), granted.get());
  }

  @Override
  public void settle(Both permit, boolean delivered) {
    if (delivered) {
      permit.destination().onSuccess();
      permit.client().onSuccess();
    } else {
      permit.destination().onDropped();
      permit.client().onDropped();
    }
  }
}
