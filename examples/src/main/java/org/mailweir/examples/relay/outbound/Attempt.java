package org.mailweir.examples.relay.outbound;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.Outcome;
import org.mailweir.core.Permit;
import org.mailweir.delivery.Abortable;
import org.mailweir.delivery.AttemptLog;
import org.mailweir.delivery.Verdict;
import org.mailweir.examples.relay.spool.Envelope;
import org.mailweir.examples.relay.spool.Letter;
import org.mailweir.examples.relay.spool.SpoolException;
import org.mailweir.message.Destination;
import org.mailweir.message.Recipient;
import org.mailweir.message.Reply;
import org.mailweir.smtp.ConnectFailure;
import org.mailweir.smtp.SmtpConnection;
import org.mailweir.smtp.SmtpConnector;
import org.mailweir.smtp.SmtpResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt at an entry: open it, connect, send, record, teach the gate.
 *
 * <h2>The order of the end</h2>
 *
 * <ol>
 *   <li>The connection is given back, so that the next message finds it idle.
 *   <li>The spool records what came of it. Between the host's answer and this nothing else is done:
 *       only what is lost here, or on the wire, arrives twice.
 *   <li>The permit is settled. Not before: while the disk cannot keep up, or is full, results that
 *       are not recorded yet hold permits, and are never more than those (see {@link Settling}).
 *   <li>Who is left goes back into the backlog. Not before: if this attempt has suspended the
 *       destination, the backlog has to know, and keeps the mail for the probe.
 * </ol>
 *
 * A crash in between finds the entry in the spool as it was before: nothing is lost at any point.
 *
 * <h2>Detaching</h2>
 *
 * An attempt that is not ready in time goes on without its message, as a probe that has a thread
 * and no place among the deliveries. The message goes back into the queue at once.
 *
 * <p>Thread safety: {@link #run}, and what it calls, is one thread; the other methods may be called
 * by any thread.
 */
final class Attempt implements Runnable, SmtpConnector.ConnectObserver, SmtpConnection.Results {
  private static final Logger log = LoggerFactory.getLogger(Attempt.class);

  /** In this order; from finishing back to sending, and from any but finishing to released. */
  private enum Stage {
    OPENING,
    CONNECTING,
    SENDING,
    /** The final dot may have been sent: nothing but the answer ends this. */
    FINISHING,
    /** The message is not this attempt's any more. */
    RELEASED
  }

  private final DeliveryQueue queue;
  private final Services services;
  private final Settling settling;
  private final Destination site;
  private final long entry;
  private final Permit permit;
  private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.OPENING);
  private final Abortable abortable = new Abortable();
  private final List<Ending.Result> results = new ArrayList<>();
  private List<Recipient> recipients = List.of();
  private volatile @Nullable Envelope envelope;
  private volatile long begun;
  private volatile boolean connected;

  Attempt(
      DeliveryQueue queue,
      Services services,
      Settling settling,
      Destination site,
      long entry,
      Permit permit) {
    this.queue = queue;
    this.services = services;
    this.settling = settling;
    this.site = site;
    this.entry = entry;
    this.permit = permit;
    begun = services.time().nanoTime();
  }

  long entry() {
    return entry;
  }

  boolean isPastDot() {
    return stage.get() == Stage.FINISHING;
  }

  boolean hasMessage() {
    return stage.get() != Stage.RELEASED;
  }

  @Override
  public void run() {
    boolean known = false;
    try {
      known = attempt();
    } catch (InterruptedException stopping) {
      known = true; // it stays in the spool
      Thread.currentThread().interrupt();
    } catch (SpoolException failure) {
      log.error("An entry for {} could not be read: {}", site, failure.getMessage());
    } catch (RuntimeException | Error defect) {
      log.error("An attempt at {} failed", site, defect);
    } finally {
      permit.close();
      if (!known && hasMessage()) {
        queue.failed(site, entry);
      }
      queue.ended(this);
    }
  }

  /** Returns whether it is known what is to become of the entry. */
  private boolean attempt() throws InterruptedException, SpoolException {
    Optional<Letter> found = services.spool().open(entry);
    if (found.isEmpty()) {
      queue.gone(entry);
      return true;
    }
    try (Letter letter = found.get()) {
      Destination destination = letter.envelope().entry().destination();
      services.sites().prepare(List.of(destination));
      if (!services.sites().of(destination).equals(site)) {
        permit.close(); // it is no right to try these hosts
        queue.returned(letter.envelope().entry());
        return true;
      }
      return deliver(letter, destination);
    }
  }

  private boolean deliver(Letter letter, Destination destination) throws InterruptedException {
    recipients = letter.envelope().recipients();
    AttemptLog line = new AttemptLog(letter.envelope().queueId(), destination, services.time());
    begun = services.time().nanoTime();
    envelope = letter.envelope();
    if (!stage.compareAndSet(Stage.OPENING, Stage.CONNECTING)) {
      return true;
    }
    queue.counts().attempt();
    SmtpConnection connection;
    try {
      connection = services.connector().connect(destination, this);
    } catch (ConnectFailure failure) {
      abortable.clear();
      line.failed(failure);
      boolean shared = services.sites().isShared(site);
      if (stage.compareAndSet(Stage.CONNECTING, Stage.SENDING)) {
        end(letter, Ending.of(recipients, failure, shared));
      } else {
        permit.settle(Verdict.of(failure, shared), failure.reply().text());
      }
      return true;
    }
    abortable.set(connection::abort);
    line.ready(connection);
    if (transmit(letter, connection, line)) {
      end(letter, Ending.of(recipients, results, connection.peer()));
    } else {
      permit.settle(Outcome.READY);
    }
    return true;
  }

  /** Sends the message if it is still this attempt's, and gives the connection back. */
  private boolean transmit(Letter letter, SmtpConnection connection, AttemptLog line)
      throws InterruptedException {
    boolean fit = false;
    try {
      boolean mine = stage.compareAndSet(Stage.CONNECTING, Stage.SENDING);
      if (mine) {
        permit.ready();
        long deadline = services.time().nanoTime() + services.settings().deadline().toNanos();
        connection.send(letter.envelope().sender(), recipients, letter.body(), deadline, this);
        line.sent(results.stream().map(Ending.Result::result).toList());
      } else {
        line.unused();
      }
      fit = true;
      return mine;
    } finally {
      if (abortable.clear() && fit) {
        connection.release();
      } else {
        connection.abort();
      }
    }
  }

  private void end(Letter letter, Ending ending) throws InterruptedException {
    if (stage.get() == Stage.RELEASED && ending.delivered().isEmpty()) {
      return; // aborted: what broke is our doing, and nobody's fault
    }
    var settled = settling.conclude(letter, ending);
    permit.settle(ending.outcome(), ending.detail());
    queue.settled(letter.envelope().entry(), settled);
  }

  /**
   * Lets the message go if it is not ready in time; returns at once.
   *
   * @param now reading of the time source
   */
  void watch(long now) {
    Envelope opened = envelope;
    Duration limit = connected ? services.settings().readyWithin() : services.settings().hold();
    if (opened == null
        || now - begun < limit.toNanos()
        || !stage.compareAndSet(Stage.CONNECTING, Stage.RELEASED)) {
      return;
    }
    if (!permit.detach()) {
      abort();
    }
    String what = connected ? "connected, but not ready for mail" : "connection not established";
    String words = site + ": " + what + " within " + limit.toSeconds() + " s";
    try {
      services.tasks().execute(() -> putOff(opened, new Reply(451, "4.4.1", words)));
    } catch (RuntimeException | OutOfMemoryError noThread) {
      log.error("{}: no thread to put it off", opened.queueId(), noThread);
      queue.failed(site, entry);
    }
  }

  private void putOff(Envelope opened, Reply reply) {
    try {
      queue.settled(opened.entry(), settling.putOff(opened, reply));
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error defect) {
      log.error("{}: could not be put off", opened.queueId(), defect);
      queue.failed(site, entry);
    }
  }

  /** Ends the attempt unless it is past its dot; its message stays in the spool as it is. */
  void abortBeforeDot() {
    Stage now = stage.get();
    while (now != Stage.FINISHING && now != Stage.RELEASED) {
      if (stage.compareAndSet(now, Stage.RELEASED)) {
        abort();
      }
      now = stage.get();
    }
    if (now == Stage.RELEASED) {
      abort();
    }
  }

  private void abort() {
    abortable.abort();
  }

  @Override
  public void connected() {
    connected = true;
  }

  @Override
  public void abortWith(Runnable abort) {
    abortable.set(abort);
  }

  @Override
  public boolean mayFinish() {
    return stage.compareAndSet(Stage.SENDING, Stage.FINISHING);
  }

  @Override
  public void notTaken() {
    stage.compareAndSet(Stage.FINISHING, Stage.SENDING);
  }

  @Override
  public void recipient(int index, SmtpResult result) {
    results.add(new Ending.Result(recipients.get(index), result));
  }
}
