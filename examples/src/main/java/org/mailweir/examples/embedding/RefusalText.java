package org.mailweir.examples.embedding;

import java.time.Duration;
import org.mailweir.core.Refusal;

/** Says a refusal in words: which rule, why, and when to come again. */
final class RefusalText {
  private RefusalText() {}

  /** Returns the words for a client or a log; the gate's clock is {@link System#nanoTime}. */
  static String of(Refusal refusal) {
    StringBuilder words = new StringBuilder("refused, ").append(refusal.reason());
    if (!refusal.detail().isEmpty()) {
      words.append(" (").append(refusal.detail()).append(')');
    }
    refusal
        .nextTry()
        .map(time -> Duration.ofNanos(Math.max(0, time - System.nanoTime())))
        .ifPresent(wait -> words.append(", next try in ").append(wait.toMillis()).append(" ms"));
    return words.toString();
  }
}
