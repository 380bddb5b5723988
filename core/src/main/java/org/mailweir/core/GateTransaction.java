package org.mailweir.core;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The gate's transaction: counts its pairs, and holds a client while there are any. */
final class GateTransaction<D> implements Transaction<D> {
  /** Messages that say they are larger count as that, or two could fill what has no limit. */
  private static final long LARGEST = 1L << 40;

  private final PolicyGate<D> gate;

  /** The size of the message, 0 if that is not known. */
  private final long bytes;

  // Guarded by the gate's lock.
  final Set<Waiter<D>> waiters = new LinkedHashSet<>(2);
  int held; // pairs in flight or waiting
  Shares.Client client = Shares.Client.LONGER; // where its client counts, while it holds one
  volatile boolean closed; // read without it too: see RepeatedRefusals

  GateTransaction(PolicyGate<D> gate, long bytes) {
    this.gate = gate;
    this.bytes = Math.min(bytes, LARGEST);
  }

  /** Returns the size of a transaction's message; 0 where there is none, or it is not known. */
  static long bytesOf(@Nullable GateTransaction<?> transaction) {
    return transaction == null ? 0 : transaction.bytes;
  }

  @Override
  public Admission tryAdmit(D destination, Attempt attempt) {
    return gate.tryAdmit(destination, attempt, this);
  }

  @Override
  public Admission admit(D destination, Attempt attempt, Duration patience)
      throws InterruptedException {
    return gate.admit(destination, attempt, patience, this);
  }

  @Override
  public CompletionStage<Admission> admitAsync(D destination, Attempt attempt, Duration patience) {
    return gate.admitAsync(destination, attempt, patience, this);
  }

  @Override
  public void close() {
    gate.closeTransaction(this);
  }
}
