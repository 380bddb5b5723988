package org.mailweir.core;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/** The waiting of those who ask: for how long, and on a thread of theirs. */
final class Patience {
  private static final Duration LONGEST = Duration.ofDays(1);

  private Patience() {}

  /** Returns a patience in ns, at most a day. */
  static long nanos(Duration patience) {
    if (patience.isNegative()) {
      throw new IllegalArgumentException("patience: " + patience + ", must not be negative");
    }
    return patience.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : patience.toNanos();
  }

  /** Waits for an answer; if interrupted, no permit is left behind. */
  static Admission await(CompletionStage<Admission> stage) throws InterruptedException {
    CompletableFuture<Admission> answer = stage.toCompletableFuture();
    try {
      return answer.get();
    } catch (InterruptedException interrupted) {
      // Cancelling ends the wait; a permit that came first is closed.
      if (!answer.cancel(false) && answer.getNow(null) instanceof Permit permit) {
        permit.close();
      }
      throw interrupted;
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
