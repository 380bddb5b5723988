package org.mailweir.tls;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.mailweir.core.TimeSource;
import org.mailweir.dns.DnsClient;
import org.mailweir.dns.DnsClient.Found;

/**
 * Knows the MTA-STS policies of domains (RFC 8461). The DNS says that there is one, and by its id
 * whether it has changed; it is then fetched, once for all who ask, and kept for the time it says.
 * A policy that is kept stands even where the DNS says nothing of it any more, or the new one
 * cannot be had: an attacker could see to both. A fetch that failed is not repeated for 5 minutes.
 * What is kept for more than a day is fetched anew when it is used, in the background.
 *
 * <p>Memory: at most {@value #DOMAINS} policies, of some 500 bytes and rarely 50 KB.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class MtaSts {
  private static final int DOMAINS = 20_000;
  private static final Duration FAILED = Duration.ofMinutes(5);
  private static final long FRESH = Duration.ofDays(1).toNanos();

  private final DnsClient dns;
  private final StsFetcher fetcher;
  private final Executor threads;
  private final TimeSource clock;
  private final Duration patience;
  private final Cache<String, Kept> kept;
  private final Cache<Published, Boolean> failed;
  private final Map<Published, CompletableFuture<Boolean>> underWay = new ConcurrentHashMap<>();

  private record Published(String domain, String id) {}

  private record Kept(String id, StsPolicy policy, long since) {}

  /**
   * A policy as it is kept over restarts.
   *
   * @param age how long ago it was fetched
   */
  record Known(String domain, String id, StsPolicy policy, Duration age) {}

  /**
   * Knows of none yet.
   *
   * @param threads runs each fetch on a thread of its own
   * @param patience for a policy that is fetched for the first time
   */
  MtaSts(DnsClient dns, StsFetcher fetcher, Executor threads, TimeSource clock, Duration patience) {
    this.dns = requireNonNull(dns);
    this.fetcher = requireNonNull(fetcher);
    this.threads = requireNonNull(threads);
    this.clock = requireNonNull(clock);
    this.patience = requireNonNull(patience);
    kept =
        Caffeine.newBuilder()
            .maximumSize(DOMAINS)
            .ticker(clock::nanoTime)
            .expireAfter(
                Expiry.writing((String domain, Kept of) -> of.policy().maxAge().minus(age(of))))
            .build();
    failed =
        Caffeine.newBuilder()
            .maximumSize(DOMAINS)
            .ticker(clock::nanoTime)
            .expireAfterWrite(FAILED)
            .build();
  }

  /** Returns the policy of a domain, if it has one. Blocks for the DNS and a first fetch. */
  Optional<StsPolicy> policy(String domain) throws InterruptedException {
    if (dns.texts("_mta-sts." + domain) instanceof Found found) {
      Optional<String> id = StsRecord.id(found.texts());
      if (id.isPresent()) {
        renew(new Published(domain, id.get()));
      }
    }
    return Optional.ofNullable(kept.getIfPresent(domain)).map(Kept::policy);
  }

  private Duration age(Kept of) {
    return Duration.ofNanos(clock.nanoTime() - of.since());
  }

  /** Returns all that is known. */
  List<Known> all() {
    List<Known> all = new ArrayList<>();
    kept.asMap().forEach((domain, of) -> all.add(new Known(domain, of.id(), of.policy(), age(of))));
    return all;
  }

  /** Knows a policy again, for as long as is left of its time. */
  void restore(Known known) {
    if (known.age().compareTo(known.policy().maxAge()) < 0) {
      long since = clock.nanoTime() - known.age().toNanos();
      kept.put(known.domain(), new Kept(known.id(), known.policy(), since));
    }
  }

  /** Fetches what is not at hand, and waits for it if it is new. */
  private void renew(Published published) throws InterruptedException {
    Kept before = kept.getIfPresent(published.domain());
    boolean known = before != null && before.id().equals(published.id());
    boolean fresh = before != null && known && clock.nanoTime() - before.since() < FRESH;
    if (fresh || failed.getIfPresent(published) != null) {
      return;
    }
    CompletableFuture<Boolean> fetch = fetch(published);
    try {
      if (!known) {
        fetch.get(patience.toNanos(), TimeUnit.NANOSECONDS);
      }
    } catch (ExecutionException | TimeoutException notNow) {
      // What is kept stands; the fetch goes on for those who come later.
      return;
    }
  }

  private CompletableFuture<Boolean> fetch(Published published) {
    CompletableFuture<Boolean> mine = new CompletableFuture<>();
    CompletableFuture<Boolean> other = underWay.putIfAbsent(published, mine);
    if (other != null) {
      return other;
    }
    try {
      threads.execute(() -> fetch(published, mine));
    } catch (RejectedExecutionException stopping) {
      underWay.remove(published, mine);
      mine.complete(false);
    }
    return mine;
  }

  private void fetch(Published published, CompletableFuture<Boolean> result) {
    Optional<StsPolicy> policy = Optional.empty();
    try {
      policy = fetcher.fetch(published.domain());
    } finally {
      // What is known is there before those who wait look for it, and before anyone fetches anew.
      if (policy.isPresent()) {
        Kept found = new Kept(published.id(), policy.get(), clock.nanoTime());
        kept.put(published.domain(), found);
      } else {
        failed.put(published, true);
      }
      underWay.remove(published, result);
      result.complete(policy.isPresent());
    }
  }
}
