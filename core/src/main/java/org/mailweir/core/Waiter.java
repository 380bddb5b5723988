package org.mailweir.core;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An admission that waits for its turn. Its timer in the wheel ends its patience. */
final class Waiter<D> extends TimerWheel.Timer {
  final GatePermit<D> permit;
  final CompletableFuture<Admission> answer;
  final long since;
  private final Turns<D> turns;

  /** Whether it stands in the queue; false once it was answered. */
  boolean queued = true;

  /** Whether it was put before all others. */
  boolean first;

  // Links of the wait queue, and of the transaction's list of waiters.
  @Nullable Waiter<D> before;
  @Nullable Waiter<D> behind;

  Waiter(GatePermit<D> permit, long since, Turns<D> turns, CompletableFuture<Admission> answer) {
    this.permit = permit;
    this.since = since;
    this.turns = turns;
    this.answer = answer;
  }

  @Override
  void fire(long now) {
    turns.patienceOver(this, now);
  }
}
