package org.mailweir.smtp;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import org.mailweir.core.TimeSource;
import org.mailweir.dns.MailExchangers;
import org.mailweir.dns.MailExchangers.Host;
import org.mailweir.message.Destination;
import org.mailweir.message.Reply;
import org.mailweir.site.HostSet;
import org.mailweir.tls.TlsPolicies;
import org.mailweir.tls.TlsPolicy;
import org.mailweir.tls.TlsRefusal;

/**
 * Connects to mail exchangers, and keeps connections for reuse within bounds. Whoever owns it calls
 * {@link #evictExpired} every second or so; it is also done along with other calls.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class SmtpClient implements SmtpConnector, AutoCloseable {
  private static final int RECENT = 10_000;
  private static final Duration RECENT_TIME = Duration.ofSeconds(60);

  private final SmtpConfig config;
  private final MailExchangers exchangers;
  private final Executor threads;
  private final Surroundings surroundings;
  private final IdlePool pool;
  private final AddressBook addresses;

  /** Where the last mail to a destination went: there may be idle connections to those hosts. */
  private final Cache<Destination, HostSet> recent;

  private final LongAdder reused = new LongAdder();
  private volatile boolean closed;

  /**
   * Creates a client without any connection.
   *
   * @param threads runs each task at once, on a thread of its own: two for each attempt to connect,
   *     and one more for each further address that is tried meanwhile
   * @param clock of the deadlines given to {@link SmtpConnection#send}
   */
  public SmtpClient(
      SmtpConfig config,
      TlsPolicies tls,
      MailExchangers exchangers,
      Executor threads,
      TimeSource clock) {
    this.config = requireNonNull(config);
    this.exchangers = requireNonNull(exchangers);
    this.threads = requireNonNull(threads);
    addresses = new AddressBook(config.lastGoodTime(), clock);
    surroundings = new Surroundings(requireNonNull(clock), requireNonNull(tls), addresses);
    pool = new IdlePool(config, clock);
    recent =
        Caffeine.newBuilder()
            .maximumSize(RECENT)
            .expireAfterWrite(RECENT_TIME)
            .ticker(clock::nanoTime)
            .executor(Runnable::run)
            .build();
  }

  @Override
  public SmtpConnection connect(Destination destination, ConnectObserver observer)
      throws ConnectFailure, InterruptedException {
    FreshAttempt attempt = attempt(observer::connected);
    observer.abortWith(attempt::abort);
    HostSet known = recent.getIfPresent(destination);
    Optional<Session> idle =
        known == null ? Optional.empty() : idle(destination, known, attempt, observer);
    if (known != null && idle.isPresent()) {
      return reusing(destination, known, idle.get(), observer);
    }
    requireOpen();
    List<Host> hosts = attempt.hosts(destination);
    HostSet set = HostSet.of(hosts);
    recent.put(destination, set);
    idle = set.equals(known) ? Optional.empty() : idle(destination, set, attempt, observer);
    if (idle.isPresent()) {
      return reusing(destination, set, idle.get(), observer);
    }
    Optional<Reply> hopeless = addresses.hopeless(hosts);
    if (hopeless.isPresent()) {
      throw new ConnectFailure(ConnectFailure.Kind.UNREACHABLE, hopeless.get());
    }
    return connection(destination, set, fresh(destination, hosts, attempt));
  }

  @Override
  public void probe(Destination destination) throws ConnectFailure, InterruptedException {
    requireOpen();
    FreshAttempt attempt = attempt(() -> {});
    fresh(destination, attempt.hosts(destination), attempt).quit();
  }

  /** Returns an idle session that is fit for use: one that has lain for long is asked first. */
  private Optional<Session> idle(
      Destination destination, HostSet hosts, FreshAttempt attempt, ConnectObserver observer)
      throws InterruptedException {
    Optional<Session> idle = closed ? Optional.empty() : take(destination, hosts);
    if (idle.isEmpty() || idle.get().idleTime() < config.checkAfter().toNanos()) {
      return idle;
    }
    Session session = idle.get();
    observer.abortWith(
        () -> {
          attempt.abort();
          session.abort();
        });
    boolean fit = false;
    try {
      fit = session.check();
    } finally {
      if (!fit) {
        session.abort();
      }
    }
    observer.abortWith(attempt::abort);
    return fit ? idle : Optional.empty();
  }

  /** Takes a session of the destination's own, or one of which it would have asked the same TLS. */
  private Optional<Session> take(Destination destination, HostSet hosts)
      throws InterruptedException {
    Optional<Session> own = pool.take(hosts, session -> session.destination().equals(destination));
    if (own.isPresent()) {
      return own;
    }
    Map<String, TlsPolicy> asked = new HashMap<>();
    for (String exchanger : pool.exchangers(hosts)) {
      try {
        asked.put(exchanger, surroundings.tls().policy(destination, exchanger));
      } catch (TlsRefusal unfit) {
        // Not to this one.
      }
    }
    return pool.take(
        hosts, session -> session.tls().equals(asked.get(session.peer().host().name())));
  }

  private PooledConnection reusing(
      Destination destination, HostSet hosts, Session session, ConnectObserver observer) {
    reused.increment();
    observer.connected();
    return connection(destination, hosts, session);
  }

  private Session fresh(Destination destination, List<Host> hosts, FreshAttempt attempt)
      throws ConnectFailure, InterruptedException {
    try {
      return attempt.race(destination, hosts);
    } catch (ConnectFailure failure) {
      if (failure.kind() == ConnectFailure.Kind.PUSHED_BACK) {
        pool.drop(HostSet.of(hosts));
      }
      throw failure;
    }
  }

  private void requireOpen() throws ConnectFailure {
    if (closed) {
      throw ConnectRace.aborted();
    }
  }

  private FreshAttempt attempt(Runnable onConnected) {
    ConnectRace race = new ConnectRace(config, surroundings, threads, onConnected);
    return new FreshAttempt(config, exchangers, addresses, threads, race);
  }

  private PooledConnection connection(Destination destination, HostSet hosts, Session session) {
    return new PooledConnection(
        destination,
        hosts,
        session,
        config.timeouts(),
        surroundings.clock(),
        pool,
        () -> attempt(() -> {}));
  }

  /** Closes idle connections whose time is over. Hardly ever blocks. */
  public void evictExpired() {
    pool.evictExpired();
  }

  /** Returns the present counts. */
  public SmtpCounters counters() {
    return new SmtpCounters(surroundings.open(), pool.size(), surroundings.opened(), reused.sum());
  }

  /** Closes idle connections, and refuses to make new ones; those in use go on to their end. */
  @Override
  public void close() {
    closed = true;
    pool.close();
  }
}
