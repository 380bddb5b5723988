package org.mailweir.jmh.timer;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Policy.VarExpiration;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A Caffeine cache whose entries expire one by one, used as a timer: a hierarchical wheel whose
 * lowest tick is 1.07 s, behind a hash table. Time is an argument.
 */
final class CaffeineTimers implements Timers {
  private final Cache<Object, Boolean> cache;
  private final VarExpiration<Object, Boolean> expiration;
  private final Object[] planned;
  private long now;
  private long fired;

  CaffeineTimers(int slots) {
    planned = new Object[slots];
    cache =
        Caffeine.newBuilder()
            .executor(Runnable::run)
            .ticker(() -> now)
            .expireAfter(Expiry.<Object, Boolean>creating((key, value) -> Duration.ZERO))
            .evictionListener((key, value, cause) -> fired++)
            .build();
    expiration = cache.policy().expireVariably().orElseThrow();
  }

  @Override
  public void schedule(int slot, long deadline) {
    Object key = new Object();
    planned[slot] = key;
    var unused = // it is a new key
        expiration.put(key, Boolean.TRUE, deadline - now, TimeUnit.NANOSECONDS);
  }

  @Override
  public void cancel(int slot) {
    cache.invalidate(planned[slot]);
  }

  @Override
  public void fireUntil(long deadline, long count) {
    // An entry waits for the end of its tick.
    now = deadline + TimeUnit.SECONDS.toNanos(2);
    long before;
    do { // it expires a thousand at a time
      before = fired;
      cache.cleanUp();
    } while (fired != before);
  }

  @Override
  public long fired() {
    return fired;
  }

  @Override
  public void close() {}
}
