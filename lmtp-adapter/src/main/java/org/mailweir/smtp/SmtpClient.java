package org.mailweir.smtp;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import org.mailweir.core.TimeSource;
import org.mailweir.dns.MailExchangers;
import org.mailweir.message.Destination;
import org.mailweir.tls.TlsPolicies;

/**
 * Connects to mail exchangers, and keeps connections for reuse within bounds. Whoever owns it calls
 * {@link #evictExpired} every second or so; it is also done along with other calls.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class SmtpClient implements SmtpConnector, AutoCloseable {
  private final SmtpConfig config;
  private final MailExchangers exchangers;
  private final Executor threads;
  private final Surroundings surroundings;
  private final IdlePool pool;
  private final LastGood lastGood;
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
    surroundings = new Surroundings(requireNonNull(clock), requireNonNull(tls));
    pool = new IdlePool(config, clock);
    lastGood = new LastGood(config.lastGoodTime(), clock);
  }

  @Override
  public SmtpConnection connect(Destination destination, ConnectObserver observer)
      throws ConnectFailure, InterruptedException {
    FreshAttempt attempt = attempt(observer::connected);
    observer.abortWith(attempt::abort);
    Optional<Session> idle = closed ? Optional.empty() : pool.take(destination);
    if (idle.isPresent()) {
      reused.increment();
      observer.connected();
      return connection(destination, idle.get());
    }
    return connection(destination, fresh(destination, attempt));
  }

  @Override
  public void probe(Destination destination) throws ConnectFailure, InterruptedException {
    fresh(destination, attempt(() -> {})).quit();
  }

  private Session fresh(Destination destination, FreshAttempt attempt)
      throws ConnectFailure, InterruptedException {
    if (closed) {
      throw ConnectRace.aborted();
    }
    try {
      return attempt.run(destination);
    } catch (ConnectFailure failure) {
      if (failure.kind() == ConnectFailure.Kind.PUSHED_BACK) {
        pool.drop(destination);
      }
      throw failure;
    }
  }

  private FreshAttempt attempt(Runnable onConnected) {
    ConnectRace race = new ConnectRace(config, surroundings, threads, onConnected);
    return new FreshAttempt(config, exchangers, lastGood, threads, race);
  }

  private PooledConnection connection(Destination destination, Session session) {
    return new PooledConnection(
        destination,
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
