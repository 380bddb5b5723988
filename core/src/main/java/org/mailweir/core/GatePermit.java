package org.mailweir.core;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The gate's permit, from the moment it is admitted: first it may wait, and is handed out only when
 * it is in flight. Its state changes under the gate's lock only.
 */
final class GatePermit<D> implements Permit {
  /**
   * {@code WAITING -> IN_FLIGHT | SETTLED}, {@code IN_FLIGHT -> DETACHED | SETTLED}, {@code
   * DETACHED -> SETTLED}.
   */
  enum State {
    WAITING,
    IN_FLIGHT,
    DETACHED,
    SETTLED
  }

  private final PolicyGate<D> gate;
  final Site<D> site;

  /** Null where the permit is a transaction of its own. */
  final @Nullable GateTransaction<D> transaction;

  final Attempt attempt;
  final Shares.Kind share;

  /** Where its client counts, where it is a transaction of its own. */
  final ConcurrencyLimiter.Share client;

  final int requeues;

  // Guarded by the gate's lock.
  State state = State.WAITING;
  long began; // in flight since
  boolean isReady;
  boolean failureCounted;
  @Nullable GatePermit<D> before;
  @Nullable GatePermit<D> after;

  GatePermit(
      PolicyGate<D> gate,
      Site<D> site,
      @Nullable GateTransaction<D> transaction,
      Attempt attempt,
      Shares.Kind share,
      ConcurrencyLimiter.Share client,
      int requeues) {
    this.gate = gate;
    this.site = site;
    this.transaction = transaction;
    this.attempt = attempt;
    this.share = share;
    this.client = client;
    this.requeues = requeues;
  }

  /** Returns the permit that waits in place of this one, after a push-back. */
  GatePermit<D> successor() {
    return new GatePermit<>(gate, site, transaction, attempt, share, client, requeues + 1);
  }

  @Override
  public void ready() {
    gate.ready(this);
  }

  @Override
  public boolean detach() {
    return gate.detach(this);
  }

  @Override
  public CompletionStage<Admission> requeue(Duration patience, String detail) {
    return gate.requeue(this, patience, requireNonNull(detail));
  }

  @Override
  public boolean settle(Outcome outcome, String detail) {
    return gate.settle(this, requireNonNull(outcome), requireNonNull(detail));
  }

  @Override
  public String toString() {
    return "Permit[" + site.destination + ", " + state + "]";
  }
}
