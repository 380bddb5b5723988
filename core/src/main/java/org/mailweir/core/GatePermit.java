package org.mailweir.core;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The gate's permit, from the moment it is admitted: first it may wait, and is handed out only when
 * it is in flight. Its state changes under the gate's lock only.
 *
 * <p>It is all that an admission allocates, and has 32 B: so it keeps enum constants as their
 * ordinals, and what is of interest in flight only is in {@link Flights}.
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

  private static final State[] STATES = State.values();
  private static final Attempt[] ATTEMPTS = Attempt.values();
  private static final Shares.Kind[] KINDS = Shares.Kind.values();
  private static final Shares.Client[] CLIENTS = Shares.Client.values();

  final Site<D> site;

  /** Null where the permit is a transaction of its own. */
  final @Nullable GateTransaction<D> transaction;

  private final byte attempt;
  private final byte share;
  private final byte client;
  private final byte requeues;

  // Guarded by the gate's lock.
  private byte state = (byte) State.WAITING.ordinal();
  boolean isReady;
  boolean failureCounted;
  int place; // among the flights, from its start until it is settled

  GatePermit(
      Site<D> site,
      @Nullable GateTransaction<D> transaction,
      Attempt attempt,
      Shares.Kind share,
      Shares.Client client,
      int requeues) {
    this.site = site;
    this.transaction = transaction;
    this.attempt = (byte) attempt.ordinal();
    this.share = (byte) share.ordinal();
    this.client = (byte) client.ordinal();
    this.requeues = (byte) requeues;
  }

  /** Returns the permit that waits in place of this one, after a push-back. */
  GatePermit<D> successor() {
    return new GatePermit<>(site, transaction, attempt(), share(), client(), requeues + 1);
  }

  Attempt attempt() {
    return ATTEMPTS[attempt];
  }

  Shares.Kind share() {
    return KINDS[share];
  }

  /** Returns where its client counts, where it is a transaction of its own. */
  Shares.Client client() {
    return CLIENTS[client];
  }

  /** Returns the size of its message, 0 if that is not known. */
  long bytes() {
    return GateTransaction.bytesOf(transaction);
  }

  int requeues() {
    return requeues;
  }

  State state() {
    return STATES[state];
  }

  void become(State next) {
    state = (byte) next.ordinal();
  }

  @Override
  public boolean ready() {
    return site.gate.ready(this);
  }

  @Override
  public boolean detach() {
    return site.gate.detach(this);
  }

  @Override
  public CompletionStage<Admission> requeue(Duration patience, String detail) {
    return site.gate.requeue(this, patience, requireNonNull(detail));
  }

  @Override
  public boolean settle(Outcome outcome, String detail) {
    return site.gate.settle(this, requireNonNull(outcome), requireNonNull(detail));
  }

  @Override
  public boolean fail(String detail) {
    // racy, but the race is benign: only who does not order ready() before fail() can lose it
    return settle(isReady ? Outcome.UNKNOWN : Outcome.UNREACHABLE, detail);
  }

  @Override
  public String toString() {
    return "Permit[" + site.destination + ", " + state() + "]";
  }
}
