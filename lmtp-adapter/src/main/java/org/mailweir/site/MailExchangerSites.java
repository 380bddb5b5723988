package org.mailweir.site;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.AsyncCacheLoader;
import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.mailweir.core.TimeSource;
import org.mailweir.dns.MailExchangers;
import org.mailweir.dns.MailExchangers.Hosts;
import org.mailweir.dns.MailExchangers.Route;
import org.mailweir.dns.MailExchangers.Unresolved;
import org.mailweir.message.Destination;
import org.mailweir.state.StateSection;

/**
 * Sites by the names of the hosts that the DNS lists for a domain (KumoMTA's site names are the
 * model).
 *
 * <p>What was found is used for {@link #KEPT}, and looked up again in the background once it is
 * {@link #REFRESHED} old and there is mail. Whoever asks for a domain that is not known waits
 * {@link #PATIENCE} at most, and only a few do at once: refusals must stay quick, also while a name
 * server is silent. The others are told that the domain is a site of its own, which the next mail
 * to it will know better.
 *
 * <p>Memory: at most 65,536 domains, some 300 bytes each; at most {@link #LOOKUPS} lookups at once.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class MailExchangerSites implements Sites {
  static final Duration KEPT = Duration.ofMinutes(30);
  static final Duration REFRESHED = Duration.ofMinutes(5);

  /** For which a domain stays a site of its own, after a lookup that failed. */
  static final Duration UNRESOLVED = Duration.ofSeconds(30);

  /** Likewise, after a lookup that was not made as too many were under way. */
  static final Duration SKIPPED = Duration.ofSeconds(1);

  static final int LOOKUPS = 100;
  private static final Duration PATIENCE = Duration.ofMillis(200);

  private final MailExchangers exchangers;
  private final Executor threads;
  private final SiteNames names;
  private final Semaphore lookups = new Semaphore(LOOKUPS);
  private final Semaphore waiters;
  private final long patience;
  private final AsyncLoadingCache<Destination, Site> sites;

  /** Where a destination belongs, and for how long that may be believed. */
  private record Site(Destination name, Duration kept) {}

  /**
   * Creates one that knows nothing yet.
   *
   * @param threads runs each lookup on a thread of its own; {@value #LOOKUPS} at once at most
   * @param waiters how many callers may wait for a lookup at once
   */
  public MailExchangerSites(
      MailExchangers exchangers, Executor threads, TimeSource clock, int waiters) {
    this(exchangers, threads, clock, waiters, PATIENCE);
  }

  MailExchangerSites(
      MailExchangers exchangers,
      Executor threads,
      TimeSource clock,
      int waiters,
      Duration patience) {
    this.exchangers = requireNonNull(exchangers);
    this.threads = requireNonNull(threads);
    this.waiters = new Semaphore(waiters);
    this.patience = patience.toNanos();
    names = new SiteNames(clock);
    sites =
        Caffeine.newBuilder()
            .maximumSize(SiteNames.MOST)
            .expireAfter(Expiry.<Destination, Site>writing((name, site) -> site.kept))
            .refreshAfterWrite(REFRESHED)
            .ticker(clock::nanoTime)
            .executor(Runnable::run)
            .buildAsync(new Loader());
  }

  @Override
  public Destination of(Destination destination) {
    CompletableFuture<Site> known = sites.getIfPresent(destination);
    return known == null || !known.isDone() || known.isCompletedExceptionally()
        ? destination
        : known.join().name;
  }

  @Override
  public void prepare(Collection<Destination> destinations) throws InterruptedException {
    CompletableFuture<?>[] asked =
        destinations.stream().map(sites::get).toArray(CompletableFuture<?>[]::new);
    CompletableFuture<Void> all = CompletableFuture.allOf(asked);
    if (all.isDone() || !waiters.tryAcquire()) {
      return;
    }
    try {
      all.get(patience, TimeUnit.NANOSECONDS);
    } catch (TimeoutException slow) {
      return; // the lookup goes on
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    } finally {
      waiters.release();
    }
  }

  @Override
  public boolean isShared(Destination site) {
    return names.isShared(site);
  }

  @Override
  public Destination member(Destination site) {
    return names.member(site);
  }

  /** Returns what of it is to be kept over restarts. */
  public StateSection state() {
    return new SiteSection(names);
  }

  private final class Loader implements AsyncCacheLoader<Destination, Site> {
    @Override
    public CompletableFuture<Site> asyncLoad(Destination destination, Executor unused) {
      CompletableFuture<Site> found = new CompletableFuture<>();
      if (!lookups.tryAcquire()) {
        found.complete(new Site(destination, SKIPPED));
        return found;
      }
      try {
        threads.execute(() -> lookup(destination, found));
      } catch (RejectedExecutionException stopping) {
        lookups.release();
        found.complete(new Site(destination, SKIPPED));
      }
      return found;
    }

    /**
     * Keeps what is known where nothing better could be found out: a new object, as Caffeine takes
     * the same one for not loaded, and would ask again with each read.
     */
    @Override
    public CompletableFuture<Site> asyncReload(Destination destination, Site old, Executor unused) {
      return asyncLoad(destination, unused)
          .thenApply(site -> site.kept.equals(KEPT) ? site : new Site(old.name, old.kept));
    }
  }

  private void lookup(Destination destination, CompletableFuture<Site> found) {
    Site site = new Site(destination, UNRESOLVED);
    try {
      Route route = exchangers.lookup(destination);
      if (route instanceof Hosts hosts) {
        site = new Site(names.join(destination, HostSet.of(hosts.hosts())), KEPT);
      } else if (!(route instanceof Unresolved)) {
        site = new Site(destination, KEPT);
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    } finally {
      lookups.release();
      found.complete(site);
    }
  }
}
