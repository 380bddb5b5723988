package org.mailweir.consumer;

import java.time.Duration;
import java.util.SplittableRandom;
import org.mailweir.core.Attempt;
import org.mailweir.core.Backlog;
import org.mailweir.core.ConcurrencyLimiter;
import org.mailweir.core.DestinationDepths;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.Dispatch;
import org.mailweir.core.Jitter;
import org.mailweir.core.Outcome;
import org.mailweir.core.Permit;
import org.mailweir.core.Refusal;
import org.mailweir.core.RetrySchedule;

/** Uses each part of the core once, and says where it comes from. */
public final class Consumer {
  private Consumer() {}

  /** Prints a line for each part. */
  public static void main(String[] args) throws InterruptedException {
    var module = DestinationGate.class.getModule();
    System.out.println(module.isNamed() ? "module " + module.getName() : "no module");

    var schedule =
        RetrySchedule.exponential(Duration.ofMinutes(5), Duration.ofHours(1))
            .jitter(Jitter.EQUAL)
            .build();
    Duration delay = schedule.next(1, Duration.ZERO, new SplittableRandom(1)).orElseThrow();
    System.out.println("schedule " + (delay.compareTo(Duration.ofMinutes(5)) <= 0));

    try (var limiter = new ConcurrencyLimiter(1);
        var grant = limiter.acquire(Duration.ofSeconds(1)).orElseThrow()) {
      System.out.println("limiter " + limiter.tryAcquire().isEmpty() + " " + grant);
    }

    var depths = new DestinationDepths<String>(10, 1, 1);
    try (var slot = depths.tryEnter("example.org").orElseThrow()) {
      System.out.println("depths " + slot.isInFlight());
    }

    DestinationGate<String> gate = DestinationGate.<String>builder().build();
    try (Backlog<String, String> backlog = Backlog.<String, String>builder(gate).build()) {
      var answer = gate.admit("example.org", Attempt.FRESH, Duration.ofSeconds(5));
      if (answer instanceof Refusal refusal) {
        throw new IllegalStateException(refusal.toString());
      }
      var permit = (Permit) answer;
      permit.ready();
      System.out.println("gate " + permit.settle(Outcome.DEFERRED));
      backlog.submit("example.org", "mail");
      if (backlog.take() instanceof Dispatch.Permitted<String, String> due) {
        System.out.println("backlog " + due.permit().settle(Outcome.DELIVERED));
      }
    }
  }
}
