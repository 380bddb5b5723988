package org.mailweir.core;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Asks for leave to deliver. The three methods differ only in how they wait.
 *
 * <p>Thread safety: all methods may be called by any thread.
 *
 * @param <D> destination: the next hop as delivered to; needs {@code equals} and {@code hashCode}
 */
public interface Admitter<D> {
  /**
   * Answers at once: a permit, or a refusal if the delivery cannot start now. Never blocks.
   *
   * @param destination the next hop as delivered to
   * @param attempt whether the message was tried before
   * @return a {@link Permit} or a {@link Refusal}
   */
  Admission tryAdmit(D destination, Attempt attempt);

  /**
   * Waits for a turn. Must not be called from a callback of the gate: the answer comes as one too.
   *
   * @param destination the next hop as delivered to
   * @param attempt whether the message was tried before
   * @param patience longest wait, not negative; a wait that is expected to be longer is refused at
   *     once. Who waits for a destination that a local outage holds waits longer, up to 240 s in
   *     all and for its turn after the outage too, unless the patience is zero. More than a day
   *     counts as that; what the gate's own {@linkplain GateBuilder#patience patience} does not
   *     allow is refused at once, too
   * @return a {@link Permit} or a {@link Refusal}
   * @throws InterruptedException if interrupted while waiting; no permit is held then
   * @throws IllegalArgumentException if the patience is negative
   */
  Admission admit(D destination, Attempt attempt, Duration patience) throws InterruptedException;

  /**
   * Waits for a turn without holding a thread. The stage completes with the permit or the refusal,
   * at once or later from within any call to the gate; its dependents run outside every lock.
   *
   * <p>To stop waiting, cancel {@code toCompletableFuture()} of this stage itself. To cancel one
   * derived from it ends no wait: the permit comes all the same, the derived stage does not run,
   * and nobody settles it.
   *
   * @param destination the next hop as delivered to
   * @param attempt whether the message was tried before
   * @param patience longest wait, as for {@link #admit}
   * @return the answer to come: a {@link Permit} or a {@link Refusal}
   * @throws IllegalArgumentException if the patience is negative
   */
  CompletionStage<Admission> admitAsync(D destination, Attempt attempt, Duration patience);
}
