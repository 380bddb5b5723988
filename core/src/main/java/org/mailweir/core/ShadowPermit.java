package org.mailweir.core;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.mailweir.core.Refusal.Reason;

/**
 * The right to make a delivery that the gate would have refused or held. It holds nothing of the
 * gate and teaches it nothing: without it the gate would not know either.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class ShadowPermit implements Permit {
  private final String decision;
  private final Consumer<Outcome> onEnd;
  private final AtomicBoolean settled = new AtomicBoolean();
  private volatile boolean ready;
  private volatile boolean detached;

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
    boolean maySend = !detached && !settled.get();
    if (maySend) {
      ready = true;
    }
    return maySend;
  }

  @Override
  public boolean detach() {
    detached = true;
    return !settled.get();
  }

  /** Has nowhere to wait: the message goes back to where it came from, as it would without gate. */
  @Override
  public CompletionStage<Admission> requeue(Duration patience, String detail) {
    if (patience.isNegative()) {
      throw new IllegalArgumentException("patience: " + patience + ", must not be negative");
    }
    requireNonNull(detail);
    boolean first = settle(Outcome.PUSHED_BACK);
    return CompletableFuture.completedFuture(
        AdmissionRules.refusal(first ? Reason.PUSHED_BACK : Reason.CANCELLED));
  }

  @Override
  public boolean settle(Outcome outcome, String detail) {
    requireNonNull(detail);
    requireNonNull(outcome);
    boolean first = settled.compareAndSet(false, true);
    if (first) {
      onEnd.accept(outcome);
    }
    return first;
  }

  @Override
  public boolean fail(String detail) {
    return settle(ready ? Outcome.UNKNOWN : Outcome.UNREACHABLE, detail);
  }

  @Override
  public String toString() {
    return "Permit[in spite of " + decision + "]";
  }
}
