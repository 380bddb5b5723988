package org.mailweir.examples.embedding;

import java.util.Optional;
import java.util.function.Consumer;
import org.mailweir.core.Attempt;
import org.mailweir.core.Outcome;

/**
 * A message in the queue.
 *
 * @param attempts how often it was tried; being refused is no try
 * @param arrivedNanos when it came, on the clock of {@link System#nanoTime}
 * @param log hears what becomes of it
 */
record QueuedMessage(String domain, int attempts, long arrivedNanos, Consumer<String> log) {
  QueuedMessage(String domain, Consumer<String> log) {
    this(domain, 0, System.nanoTime(), log);
  }

  /** Returns this message after one more try; empty if that was the last, for better or worse. */
  Optional<QueuedMessage> tried(Outcome outcome) {
    QueuedMessage again = new QueuedMessage(domain, attempts + 1, arrivedNanos, log);
    again.say(outcome.toString());
    boolean over = outcome == Outcome.DELIVERED || outcome == Outcome.REJECTED;
    return over ? Optional.empty() : Optional.of(again);
  }

  /** Returns as what its next try is announced to the gate. */
  Attempt attempt() {
    return attempts == 0 ? Attempt.FRESH : Attempt.RETRIED;
  }

  /** Returns the time since it came. */
  long ageNanos() {
    return System.nanoTime() - arrivedNanos;
  }

  /** Logs what became of it. */
  void say(String words) {
    log.accept(domain + " after " + attempts + (attempts == 1 ? " try: " : " tries: ") + words);
  }
}
