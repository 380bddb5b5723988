package org.mailweir.examples.primitives;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;

import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import org.mailweir.core.Jitter;
import org.mailweir.core.RetryRules;
import org.mailweir.core.RetrySchedule;

/** When to try a deferred message again: by class of failure, spread, for five days. */
public final class RetryScheduleExample {
  private enum Failure {
    GREYLISTED,
    UNREACHABLE
  }

  private RetryScheduleExample() {}

  /** Prints the delays of one message until it goes back to its sender. */
  public static void main(String[] args) {
    var usual = RetrySchedule.exponential(ofMinutes(2), ofHours(4)).jitter(Jitter.EQUAL);
    var soon = RetrySchedule.fixed(ofMinutes(5), ofMinutes(15), ofHours(1)).jitter(Jitter.EQUAL);
    var rules =
        new RetryRules<>(
            Map.of(Failure.GREYLISTED, soon.giveUpAtAge(ofDays(2)).build()),
            usual.giveUpAtAge(ofDays(5)).build());

    var random = new SplittableRandom(2026); // the same seed, the same delays
    Duration age = Duration.ZERO;
    Failure failure = Failure.GREYLISTED; // twice, then the host is gone
    for (int attempts = 1; ; attempts++) {
      var delay = rules.after(failure).next(attempts, age, random);
      System.out.println(attempts + ": " + failure + ", " + delay.map(d -> "again in " + d));
      if (delay.isEmpty()) {
        System.out.println("returned to its sender after " + age.toDays() + " days");
        return;
      }
      age = age.plus(delay.get());
      failure = attempts < 2 ? Failure.GREYLISTED : Failure.UNREACHABLE;
    }
  }
}
