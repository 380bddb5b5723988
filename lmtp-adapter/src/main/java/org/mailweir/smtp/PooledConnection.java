package org.mailweir.smtp;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.TimeSource;
import org.mailweir.message.Body;
import org.mailweir.message.Destination;
import org.mailweir.message.Recipient;
import org.mailweir.message.Sender;
import org.mailweir.site.HostSet;
import org.mailweir.smtp.SmtpResult.Stage;

/**
 * A session in a sender's hands. One that lay idle and has been closed by the peer meanwhile says
 * nothing of the destination: it is replaced by a new one, once, before any recipient has a result.
 *
 * <p>Thread safety: one thread at a time; {@link #abort} by any.
 */
final class PooledConnection implements SmtpConnection {
  private final Destination destination;
  private final HostSet hosts;
  private final Timeouts timeouts;
  private final TimeSource clock;
  private final IdlePool pool;
  private final Connecting connecting;
  private final ReentrantLock lock = new ReentrantLock();
  private Session session;
  private @Nullable FreshAttempt replacing;
  private boolean done;

  PooledConnection(
      Destination destination,
      HostSet hosts,
      Session session,
      Timeouts timeouts,
      TimeSource clock,
      IdlePool pool,
      Connecting connecting) {
    this.destination = destination;
    this.hosts = hosts;
    this.session = session;
    this.timeouts = timeouts;
    this.clock = clock;
    this.pool = pool;
    this.connecting = connecting;
  }

  /** Begins attempts to connect anew. */
  interface Connecting {
    FreshAttempt begin();
  }

  @Override
  public String peer() {
    return session.peer() + ":" + session.peer().port();
  }

  @Override
  public String tls() {
    return session.wire().tls();
  }

  @Override
  public void send(
      Sender sender, List<Recipient> recipients, Body body, long deadlineNanos, Results results)
      throws InterruptedException {
    Outcomes outcomes = new Outcomes(recipients.size(), results);
    StepClock steps = new StepClock(clock, deadlineNanos);
    boolean settled = false;
    while (!settled) {
      Envelope envelope = new Envelope(sender, recipients, body, session.capabilities());
      settled =
          new Dialogue(session, envelope, timeouts, steps, results, outcomes).run()
              || !replace(outcomes);
    }
    if (outcomes.isPushedBack()) {
      pool.drop(hosts);
    }
  }

  /** Gets a new session, or reports that there is none. */
  private boolean replace(Outcomes outcomes) throws InterruptedException {
    FreshAttempt attempt = connecting.begin();
    setReplacing(attempt);
    try {
      adopt(attempt.run(destination));
      return true;
    } catch (ConnectFailure failure) {
      boolean pushedBack = failure.kind() == ConnectFailure.Kind.PUSHED_BACK;
      outcomes.rest(new SmtpResult(Stage.MAIL, pushedBack, failure.reply(), pushedBack, false));
      return false;
    } finally {
      setReplacing(null);
    }
  }

  private void setReplacing(@Nullable FreshAttempt attempt) {
    lock.lock();
    try {
      replacing = attempt;
      if (attempt != null && done) {
        attempt.abort();
      }
    } finally {
      lock.unlock();
    }
  }

  private void adopt(Session fresh) {
    lock.lock();
    try {
      session = fresh;
      if (done) {
        fresh.abort();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void release() {
    if (finish()) {
      try {
        if (session.restore()) {
          pool.put(hosts, session);
        } else {
          session.abort();
        }
      } catch (InterruptedException stopping) {
        session.abort();
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void abort() {
    lock.lock();
    try {
      if (finish()) {
        session.abort();
        if (replacing != null) {
          replacing.abort();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns true once: a connection has one end. */
  private boolean finish() {
    lock.lock();
    try {
      boolean first = !done;
      done = true;
      return first;
    } finally {
      lock.unlock();
    }
  }
}
