package org.mailweir.examples.embedding;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.mailweir.core.Backlog;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.Dispatch;
import org.mailweir.core.RetrySchedule;

/** Leaves its queue to a backlog, on an event loop: mail comes when it is due and permitted. */
final class BacklogEmbedding {
  private static final RetrySchedule SCHEDULE = // in earnest: 5 min to 1 h, with jitter
      RetrySchedule.exponential(Duration.ofMillis(100), Duration.ofMillis(200)).build();
  private static final Duration LIFETIME = Duration.ofMillis(1500); // in earnest: 5 days

  final Backlog<String, QueuedMessage> backlog;
  private final SimulatedSmtp smtp;
  private final ScheduledExecutorService loop;

  BacklogEmbedding(
      DestinationGate<String> gate, SimulatedSmtp smtp, ScheduledExecutorService loop) {
    this.smtp = smtp;
    this.loop = loop;
    Runnable wake = () -> loop.execute(this::handOut); // after a poll that found none, once
    backlog = Backlog.<String, QueuedMessage>builder(gate).onReady(wake).build();
    Runnable tick = () -> backlog.advance(System.nanoTime(), 1_000);
    var unused = loop.scheduleWithFixedDelay(tick, 0, 10, TimeUnit.MILLISECONDS);
  }

  private void handOut() {
    for (int i = 0; i < 50; i++) {
      var next = backlog.poll();
      if (next.isEmpty()) {
        return;
      }
      QueuedMessage message = next.get().message();
      if (next.get() instanceof Dispatch.Permitted<String, QueuedMessage> due) {
        smtp.deliver(due.destination(), due.permit()) // which settles it, and only then:
            .thenAccept(outcome -> message.tried(outcome).ifPresent(this::defer));
      } else {
        boolean expired = next.get() instanceof Dispatch.Expired;
        message.say(expired ? "too old, goes back to its sender" : "kept for the next start");
      }
    }
    loop.execute(this::handOut); // others have the loop in between
  }

  private void defer(QueuedMessage message) {
    long age = message.ageNanos();
    long delay = SCHEDULE.nextNanos(message.attempts(), age, ThreadLocalRandom.current());
    try {
      backlog.defer(message.domain(), message, Duration.ofNanos(delay), LIFETIME.minusNanos(age));
    } catch (RejectedExecutionException fullOrClosed) {
      message.say("kept for the next start");
    }
  }

  public static void main(String[] args) {
    SimulatedSmtp smtp = new SimulatedSmtp().replies("greylisting.example", 451, 250);
    RetrySchedule probes = RetrySchedule.fixed(Duration.ofMillis(200)).build();
    DestinationGate<String> gate = DestinationGate.<String>builder().probeSchedule(probes).build();
    ScheduledExecutorService loop = GateTicker.start(gate, smtp);
    BacklogEmbedding mta = new BacklogEmbedding(gate, smtp, loop);
    for (String domain :
        new String[] {"greylisting.example", "returning.example", "dead.example"}) {
      mta.backlog.submit(domain, new QueuedMessage(domain, System.out::println), LIFETIME);
    }
    Runnable back = () -> smtp.replies("returning.example", 250);
    var unusedBack = loop.schedule(back, 350, TimeUnit.MILLISECONDS);
    var unusedEnd = loop.schedule(loop::shutdown, 4, TimeUnit.SECONDS);
  }
}
