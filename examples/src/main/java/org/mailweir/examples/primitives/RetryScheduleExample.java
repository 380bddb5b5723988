package org.mailweir.examples.primitives;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static org.mailweir.core.Jitter.EQUAL;
import static org.mailweir.core.RetrySchedule.exponential;
import static org.mailweir.core.RetrySchedule.fixed;

import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import org.mailweir.core.RetryRules;

/** When to try a deferred message again: by class of failure, spread, for five days. */
public final class RetryScheduleExample {
  private RetryScheduleExample() {}

  /** Prints the delays of one message until it goes back to its sender. */
  public static void main(String[] args) {
    var soon = fixed(ofMinutes(5), ofMinutes(15)).jitter(EQUAL).giveUpAtAge(ofDays(2)).build();
    var usual = exponential(ofMinutes(2), ofHours(4)).jitter(EQUAL).giveUpAtAge(ofDays(5)).build();
    var rules = new RetryRules<>(Map.of("greylisted", soon), usual);
    var random = new SplittableRandom(2026); // the same seed, the same delays
    Duration age = Duration.ZERO;
    for (int attempts = 1; ; attempts++) {
      String failure = attempts < 3 ? "greylisted" : "unreachable"; // twice, then the host is gone
      var delay = rules.after(failure).next(attempts, age, random);
      if (delay.isEmpty()) {
        System.out.println("returned to its sender after " + age.toDays() + " days");
        return;
      }
      System.out.println(attempts + ": " + failure + ", again in " + delay.get());
      age = age.plus(delay.get());
    }
  }
}
