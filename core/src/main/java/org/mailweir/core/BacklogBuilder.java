package org.mailweir.core;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link Backlog}.
 *
 * <p>Thread safety: none; build on one thread.
 *
 * @param <D> destination: the gate's
 * @param <M> message
 */
public final class BacklogBuilder<D, M> {
  private static final Duration LONGEST = Duration.ofDays(730);

  final PolicyGate<D> gate;
  int maxMessages = 1_000_000;
  Duration lifetime = Duration.ofDays(5);
  Runnable onReady = () -> {};
  @Nullable ToLongFunction<? super M> messageSize;

  BacklogBuilder(PolicyGate<D> gate) {
    this.gate = gate;
  }

  /**
   * Sets the most messages at once; at least 1, default 1,000,000. A message beyond is refused.
   *
   * @param maxMessages at least 1
   * @return this builder
   * @throws IllegalArgumentException if it is below 1
   */
  public BacklogBuilder<D, M> maxMessages(int maxMessages) {
    if (maxMessages < 1) {
      throw new IllegalArgumentException("maxMessages: " + maxMessages + ", must be at least 1");
    }
    this.maxMessages = maxMessages;
    return this;
  }

  /**
   * Sets the lifetime of messages that come without one; above 0, at most two years; 5 days.
   *
   * @param lifetime above 0, at most two years
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public BacklogBuilder<D, M> lifetime(Duration lifetime) {
    if (lifetime.isNegative() || lifetime.isZero() || lifetime.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "lifetime: " + lifetime + ", must be above 0, at most two years");
    }
    this.lifetime = lifetime;
    return this;
  }

  /**
   * Sets what wakes an event loop. It is called when there may be a message, or when something is
   * due earlier than {@link Backlog#nextDue} has answered: the first time, and then once after each
   * {@link Backlog#poll} that came back empty and each question for the next due time. It runs
   * outside every lock, on whichever thread was the cause, and must not block; an exception goes to
   * the thread's uncaught exception handler.
   *
   * @param onReady called without arguments, by any thread
   * @return this builder
   */
  public BacklogBuilder<D, M> onReady(Runnable onReady) {
    this.onReady = requireNonNull(onReady);
    return this;
  }

  /**
   * Sets how large messages are, so that their deliveries count in the gate's {@linkplain
   * GateBuilder#maxBytes budgets of bytes in flight}; default: the sizes are not known, and they
   * count in none. A message that finds too few bytes in all keeps its turn for a second, and the
   * backlog hands out nothing else meanwhile; then smaller ones pass for nine seconds. One that
   * finds too few of its destination's holds up that destination only.
   *
   * @param messageSize returns bytes, not negative; 0 if it is not known, and more than 2^40 counts
   *     as that. Asked when a message is added and each time it may go, by any thread, mostly under
   *     the backlog's lock: it must be quick, say always the same, and call nothing here. What it
   *     throws goes to who adds the message, or polls
   * @return this builder
   */
  public BacklogBuilder<D, M> messageSize(ToLongFunction<? super M> messageSize) {
    this.messageSize = requireNonNull(messageSize);
    return this;
  }

  /**
   * Builds the backlog; its time begins with the gate's last advance.
   *
   * @return the backlog, with nothing in it
   * @throws IllegalStateException if the gate has a backlog that is not closed, or is closed itself
   */
  public Backlog<D, M> build() {
    return new GatedBacklog<>(this);
  }

  /** Returns a time in nanoseconds: 0 if negative. */
  static long nanos(Duration time, String name) {
    if (time.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(name + ": " + time + ", must be at most two years");
    }
    return time.isNegative() ? 0 : time.toNanos();
  }
}
