package org.mailweir.core;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.mailweir.core.Refusal.Reason;

/**
 * The right to make a delivery that the gate would have refused or held. It holds nothing of the
 * gate and teaches it nothing: without it the gate would not know either. To its holder it is like
 * any other permit.
 *
 * <p><b>States.</b> {@code OPEN -> DETACHED | SETTLED}, {@code DETACHED -> SETTLED}; each edge is
 * one compare-and-set, so of two that race for it one hears that it came late.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class ShadowPermit implements Permit {
  private enum State {
    OPEN,
    DETACHED,
    SETTLED
  }

  private final String decision;
  private final Consumer<Outcome> onEnd;
  private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
  private volatile boolean ready;

  /**
   * Makes a permit.
   *
   * @param decision what the gate has decided, in words
   * @param onEnd told once what became of the delivery
   */
  ShadowPermit(String decision, Consumer<Outcome> onEnd) {
    this.decision = decision;
    this.onEnd = onEnd;
  }

  @Override
  public boolean ready() {
    boolean maySend = state.get() == State.OPEN;
    if (maySend) {
      ready = true;
    }
    return maySend;
  }

  @Override
  public boolean detach() {
    return state.compareAndSet(State.OPEN, State.DETACHED) || state.get() == State.DETACHED;
  }

  /** Has nowhere to wait: the message goes back to where it came from, as it would without gate. */
  @Override
  public CompletionStage<Admission> requeue(Duration patience, String detail) {
    if (patience.isNegative()) {
      throw new IllegalArgumentException("patience: " + patience + ", must not be negative");
    }
    requireNonNull(detail);
    boolean open = state.compareAndSet(State.OPEN, State.SETTLED);
    if (open) {
      onEnd.accept(Outcome.PUSHED_BACK);
    }
    return CompletableFuture.completedFuture(
        AdmissionRules.refusal(open ? Reason.PUSHED_BACK : Reason.CANCELLED));
  }

  @Override
  public boolean settle(Outcome outcome, String detail) {
    requireNonNull(detail);
    requireNonNull(outcome);
    boolean first = state.getAndSet(State.SETTLED) != State.SETTLED;
    if (first) {
      onEnd.accept(outcome);
    }
    return first;
  }

  @Override
  public boolean fail(String detail) {
    // racy, but the race is benign: only who does not order ready() before fail() can lose it
    return settle(ready ? Outcome.UNKNOWN : Outcome.UNREACHABLE, detail);
  }

  @Override
  public String toString() {
    return "Permit[in spite of " + decision + "]";
  }
}
