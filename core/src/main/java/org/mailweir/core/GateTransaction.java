package org.mailweir.core;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** The gate's transaction: counts its pairs, and holds a client while there are any. */
final class GateTransaction<D> implements Transaction<D> {
  private final PolicyGate<D> gate;

  // Guarded by the gate's lock.
  final Set<Waiter<D>> waiters = new LinkedHashSet<>(2);
  int held; // pairs in flight or waiting
  Shares.Client client = Shares.Client.LONGER; // where its client counts, while it holds one
  volatile boolean closed; // read without it too: see RepeatedRefusals

  GateTransaction(PolicyGate<D> gate) {
    this.gate = gate;
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
