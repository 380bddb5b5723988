package org.mailweir.examples.embedding;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.mailweir.core.Admission;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.Jitter;
import org.mailweir.core.Permit;
import org.mailweir.core.Refusal;
import org.mailweir.core.RetrySchedule;

/** Keeps a queue: a message that was tried waits by its schedule, a refused one as it is told. */
record RetryingEmbedding(
    DestinationGate<String> gate, SimulatedSmtp smtp, ScheduledExecutorService timer) {
  private static final RetrySchedule SCHEDULE = // in earnest: 5 min to 1 h, for 5 days
      RetrySchedule.exponential(Duration.ofMillis(100), Duration.ofMillis(200))
          .jitter(Jitter.EQUAL)
          .giveUpAtAge(Duration.ofMillis(800))
          .build();

  void run(QueuedMessage message) {
    Admission answer = gate.tryAdmit(message.domain(), message.attempt());
    if (answer instanceof Refusal refusal) {
      message.say(RefusalText.of(refusal));
      await(message, refusal.nextTryNanos()); // was not tried: costs no step of its schedule
    } else {
      smtp.deliver(message.domain(), (Permit) answer)
          .thenAccept(
              outcome -> message.tried(outcome).ifPresent(next -> await(next, Refusal.NO_HINT)));
    }
  }

  private void await(QueuedMessage message, long hint) {
    int failed = Math.max(1, message.attempts());
    long step = SCHEDULE.nextNanos(failed, message.ageNanos(), ThreadLocalRandom.current());
    if (step == RetrySchedule.GIVE_UP) {
      message.say("too old, goes back to its sender");
      return;
    }
    // A step on top: all that wait for a destination are told one moment, and would be a herd.
    long told = hint == Refusal.NO_HINT ? 0 : Math.max(0, hint - System.nanoTime());
    var unused = timer.schedule(() -> run(message), told + step, TimeUnit.NANOSECONDS);
  }

  public static void main(String[] args) {
    SimulatedSmtp smtp = new SimulatedSmtp().replies("greylisting.example", 451, 250);
    RetrySchedule probes = RetrySchedule.fixed(Duration.ofMillis(200)).build();
    DestinationGate<String> gate = DestinationGate.<String>builder().probeSchedule(probes).build();
    RetryingEmbedding mta = new RetryingEmbedding(gate, smtp, GateTicker.start(gate, smtp));
    List.of("greylisting.example", "returning.example", "dead.example")
        .forEach(domain -> mta.run(new QueuedMessage(domain, System.out::println)));
    Runnable back = () -> smtp.replies("returning.example", 250);
    var unusedBack = mta.timer.schedule(back, 350, TimeUnit.MILLISECONDS);
    var unusedEnd = mta.timer.schedule(mta.timer::shutdown, 1500, TimeUnit.MILLISECONDS);
  }
}
