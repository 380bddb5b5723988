package org.mailweir.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.mailweir.core.Outcome;
import org.mailweir.core.Permit;
import org.mailweir.message.Reply;
import org.mailweir.smtp.ConnectFailure;
import org.mailweir.smtp.SmtpConnection;
import org.mailweir.smtp.SmtpConnector;
import org.mailweir.smtp.SmtpResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt at a delivery: connect, send, tell the gate what was learned. It runs on a thread of
 * its own and owns its permit, which is settled whatever happens.
 *
 * <p>The connection is given back before the permit is settled, so that whoever has the next turn
 * finds it idle instead of opening one more.
 *
 * <p>Thread safety: {@link #run}, and what it calls, is one thread; the other methods may be called
 * by any thread.
 */
final class DeliveryAttempt
    implements Runnable, SmtpConnector.ConnectObserver, SmtpConnection.Results {
  private static final Logger log = LoggerFactory.getLogger(DeliveryAttempt.class);

  private final DestinationDelivery delivery;
  private final Services services;
  private final String name;
  private final Permit permit;
  private final Duration readyWithin;
  private final long begun;
  private final AttemptLog line;
  private final Abortable abortable = new Abortable();
  private volatile boolean connected;
  private volatile boolean detached;

  /** Every result so far. */
  private final List<SmtpResult> results = new ArrayList<>();

  /** Results that are not told yet: if all are such, the message may have another turn. */
  private final List<TurnedAway> turnedAway = new ArrayList<>();

  private record TurnedAway(int index, SmtpResult result) {}

  /**
   * Creates an attempt; the time for which it may hold its client begins now.
   *
   * @param name of the message in the log
   * @param readyWithin how long it may hold its client before it is ready
   */
  DeliveryAttempt(
      DestinationDelivery delivery,
      Services services,
      String name,
      Permit permit,
      Duration readyWithin) {
    this.delivery = delivery;
    this.services = services;
    this.name = name;
    this.permit = permit;
    this.readyWithin = readyWithin;
    begun = services.time().nanoTime();
    line = new AttemptLog(name, delivery.destination(), services.time());
  }

  Permit permit() {
    return permit;
  }

  /** Hands the attempt to a thread; ends it if there is none to be had. */
  void start() {
    services.inProgress().began(this);
    try {
      services.tasks().execute(this);
    } catch (RuntimeException | OutOfMemoryError noThread) { // the latter: no native thread
      fail(noThread);
    }
  }

  @Override
  public void run() {
    try {
      attempt();
      end(Replies.noResult(delivery.destination()));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      end(Replies.SHUTTING_DOWN);
    } catch (RuntimeException | Error defect) {
      fail(defect);
    }
  }

  /** Returns for how many nanoseconds more this may hold its client before it is ready. */
  long holdLeft(long now) {
    return (connected ? readyWithin : services.settings().hold()).toNanos() - (now - begun);
  }

  /** Lets it go on without its client, or ends it if there are too many such; returns the reply. */
  Reply detach() {
    detached = true;
    boolean goesOn = permit.detach();
    if (!goesOn) {
      abort();
    }
    return connected
        ? Replies.notReady(delivery.destination(), readyWithin, goesOn)
        : Replies.notConnected(delivery.destination(), services.settings().hold(), goesOn);
  }

  boolean isDetached() {
    return detached;
  }

  boolean isPastDot() {
    return delivery.isFinishing(this);
  }

  /** Returns since when it is under way. */
  long begun() {
    return begun;
  }

  /** Names it in the log. */
  String describe() {
    return name + " to " + delivery.destination();
  }

  /** Closes what is open; the thread inside {@link #run} learns of it by a failure. */
  void abort() {
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
    return delivery.mayFinish(this);
  }

  @Override
  public void notTaken() {
    delivery.notTaken(this);
  }

  @Override
  public void recipient(int index, SmtpResult result) {
    results.add(result);
    if (Verdict.turnedAway(result)) {
      turnedAway.add(new TurnedAway(index, result));
    } else {
      delivery.answer(index, result.reply());
    }
  }

  private void attempt() throws InterruptedException {
    SmtpConnection connection;
    try {
      connection = services.connector().connect(delivery.destination(), this);
    } catch (ConnectFailure failure) {
      abortable.clear();
      line.failed(failure);
      conclude(failure);
      return;
    }
    abortable.set(connection::abort);
    line.ready(connection);
    if (transmit(connection)) {
      conclude();
    } else {
      permit.settle(Outcome.READY);
    }
  }

  /** Sends the message unless nobody waits for it any more, and gives the connection back. */
  private boolean transmit(SmtpConnection connection) throws InterruptedException {
    boolean fit = false;
    try {
      Message message = delivery.startSending(this);
      if (message != null) {
        permit.ready();
        connection.send(
            message.sender(), delivery.recipients(), message.body(), message.deadlineNanos(), this);
        line.sent(results);
      } else {
        line.unused();
      }
      fit = true;
      return message != null;
    } finally {
      if (abortable.clear() && fit) {
        connection.release();
      } else {
        connection.abort();
      }
    }
  }

  private void conclude() {
    if (turnedAway.isEmpty()) {
      permit.settle(Verdict.of(results));
      return;
    }
    Reply words = turnedAway.get(0).result().reply();
    if (turnedAway.size() == results.size() && delivery.tryAgain(this, words)) {
      return;
    }
    turnedAway.forEach(each -> delivery.answer(each.index(), each.result().reply()));
    permit.settle(Verdict.of(results), words.text());
  }

  private void conclude(ConnectFailure failure) {
    Reply reply = failure.reply();
    if (failure.kind() == ConnectFailure.Kind.PUSHED_BACK && delivery.tryAgain(this, reply)) {
      return;
    }
    boolean forGood = failure.kind() == ConnectFailure.Kind.PERMANENT && reply.isPermanent();
    Reply told = forGood ? reply : Replies.asTransient(reply, "4.4.1");
    if (failure.isOfDomain() || failure.kind() == ConnectFailure.Kind.ABORTED) {
      delivery.over(this, told);
    } else {
      delivery.unreachable(this, told);
    }
    boolean shared = services.sites().isShared(delivery.site());
    permit.settle(Verdict.of(failure, shared), reply.text());
  }

  /** Ends it for all others though its thread is stuck: it may learn of it, or never. */
  void abandon() {
    abort();
    end(Replies.INTERNAL_ERROR);
  }

  private void fail(Throwable cause) {
    log.error("{} to {}: delivery failed", name, delivery.destination(), cause);
    end(Replies.INTERNAL_ERROR);
  }

  /** Settles and answers whatever is not yet; changes nothing where all is well. */
  private void end(Reply reply) {
    try {
      delivery.over(this, reply);
    } finally {
      permit.close();
      services.inProgress().ended(this);
    }
  }
}
