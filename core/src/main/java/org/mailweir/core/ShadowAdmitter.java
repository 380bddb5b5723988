package org.mailweir.core;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Asks the gate, counts its answer, and admits at once whatever it was. What people or the program
 * have ended is refused all the same: a destination suspended by hand, a transaction or a gate that
 * is closed.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class ShadowAdmitter<D> implements Admitter<D> {
  private final Admitter<D> asked;
  private final ShadowCounts counts;

  ShadowAdmitter(Admitter<D> asked, ShadowCounts counts) {
    this.asked = asked;
    this.counts = counts;
  }

  @Override
  public Admission tryAdmit(D destination, Attempt attempt) {
    return answer(asked.tryAdmit(destination, attempt));
  }

  @Override
  public Admission admit(D destination, Attempt attempt, Duration patience)
      throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    return now(destination, attempt, patience);
  }

  @Override
  public CompletionStage<Admission> admitAsync(D destination, Attempt attempt, Duration patience) {
    return CompletableFuture.completedFuture(now(destination, attempt, patience));
  }

  private Admission now(D destination, Attempt attempt, Duration patience) {
    CompletableFuture<Admission> answer =
        asked.admitAsync(destination, attempt, patience).toCompletableFuture();
    if (!answer.isDone() && answer.cancel(false)) { // else its turn has come meanwhile
      counts.wouldWait();
      return new ShadowPermit("a wait", outcome -> {});
    }
    return answer(answer.join());
  }

  private Admission answer(Admission admission) {
    if (!(admission instanceof Refusal refusal)) {
      return admission;
    }
    return switch (refusal.reason()) {
      case BY_HAND, CANCELLED, CLOSED -> refusal;
      default -> {
        Refusal.Reason reason = refusal.reason();
        counts.wouldRefuse(reason);
        yield new ShadowPermit(reason.name(), outcome -> counts.ended(reason, outcome));
      }
    };
  }
}
