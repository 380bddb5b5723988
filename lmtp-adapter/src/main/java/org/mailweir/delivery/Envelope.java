package org.mailweir.delivery;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.Attempt;
import org.mailweir.core.Transaction;
import org.mailweir.message.Destination;

/**
 * What the deliveries of one transaction share.
 *
 * <p>The message is here and nowhere else, so that an attempt that goes on without a client keeps
 * no body alive.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class Envelope {
  /** A turn that is asked for anew, with the body at hand, is waited for at least so long. */
  private static final long PATIENCE_LEAST = Duration.ofSeconds(5).toNanos();

  private final Services services;
  private final Transaction<Destination> admitter;
  private final Attempt attempt;
  private final Optional<String> queueId;
  private final Bell bell;
  private final long patienceEnd;
  private final ReplyOrder order = new ReplyOrder();
  private volatile @Nullable Message message;
  private volatile boolean late;

  /**
   * Opens a transaction of the gate; the patience begins now.
   *
   * @param bytes that the message has as its client says; 0 if it does not say
   * @param queueId the client's
   */
  Envelope(Services services, Attempt attempt, long bytes, Optional<String> queueId, Bell bell) {
    this.services = services;
    this.attempt = attempt;
    this.queueId = queueId;
    this.bell = bell;
    admitter = services.gate().begin(bytes);
    patienceEnd = services.time().nanoTime() + services.settings().patience().toNanos();
  }

  Services services() {
    return services;
  }

  Transaction<Destination> admitter() {
    return admitter;
  }

  Attempt attempt() {
    return attempt;
  }

  /** Returns what the message is called in the log. */
  String name() {
    return queueId.orElse("a message without id");
  }

  /** Tells that this message goes back to the client's queue because of a site. */
  void refusedBecauseOf(Destination site) {
    queueId.ifPresent(id -> services.refusedMail().refused(site, id));
  }

  Bell bell() {
    return bell;
  }

  ReplyOrder order() {
    return order;
  }

  /** Returns the rest of the patience before the body has arrived; not negative. */
  Duration patience() {
    return Duration.ofNanos(Math.max(0, patienceEnd - services.time().nanoTime()));
  }

  /** Returns the longest wait for another turn of this message: what is left, and at least 5 s. */
  Duration patienceAgain(Message arrived) {
    long now = services.time().nanoTime();
    long wanted = Math.max(PATIENCE_LEAST, patienceEnd - now);
    return Duration.ofNanos(Math.max(0, Math.min(wanted, arrived.deadlineNanos() - now)));
  }

  /**
   * Returns how long an attempt that begins now may hold its client before it is ready. What was
   * spent waiting for a turn is taken off, so that no client is held for the sum of both limits.
   */
  Duration readyWithin() {
    DeliverySettings settings = services.settings();
    long hold = settings.hold().toNanos();
    long left = patienceEnd - services.time().nanoTime() + hold;
    return Duration.ofNanos(Math.min(settings.readyWithin().toNanos(), Math.max(hold, left)));
  }

  /** Returns the message; null until its body has arrived, and again after the transaction. */
  @Nullable Message message() {
    return message;
  }

  void setMessage(@Nullable Message message) {
    this.message = message;
  }

  /** Returns whether the body is slow to arrive. */
  boolean isLate() {
    return late;
  }

  void setLate() {
    late = true;
  }
}
