package org.mailweir.jmh.timer;

import java.time.Duration;
import java.util.Optional;
import org.mailweir.core.Backlog;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.Dispatch;
import org.mailweir.core.Outcome;
import org.mailweir.core.Ticket;

/**
 * Mailweir's backlog: messages for destinations that are all healthy. What it fires is a message
 * that the gate has admitted, and whose permit is settled. Time is an argument.
 */
final class BacklogTimers implements Timers {
  private static final int STEPS = 1000;

  private final String[] destinations;
  private final DestinationGate<String> gate =
      DestinationGate.<String>builder().timeSource(() -> 0).build();
  private final Backlog<String, Boolean> backlog;
  private final Ticket[] planned;
  private long fired;

  BacklogTimers(int slots, int sites) {
    destinations = new String[sites];
    planned = new Ticket[slots];
    backlog = Backlog.<String, Boolean>builder(gate).maxMessages(slots).build();
    for (int i = 0; i < sites; i++) {
      destinations[i] = "mail" + i + ".example";
    }
  }

  @Override
  public void schedule(int slot, long deadline) {
    planned[slot] =
        backlog.defer(
            destinations[slot % destinations.length], Boolean.TRUE, Duration.ofNanos(deadline));
  }

  @Override
  public void cancel(int slot) {
    planned[slot].cancel();
  }

  @Override
  public void fireUntil(long deadline, long count) {
    long now =
        deadline + Duration.ofSeconds(2).toNanos(); // a message waits for the end of its tick
    int steps;
    do {
      steps = gate.advance(now, STEPS);
      steps = Math.max(steps, backlog.advance(now, STEPS));
      deliver();
    } while (steps == STEPS);
  }

  private void deliver() {
    for (Optional<Dispatch<String, Boolean>> next = backlog.poll();
        next.isPresent();
        next = backlog.poll()) {
      if (next.get() instanceof Dispatch.Permitted<String, Boolean> due) {
        due.permit().settle(Outcome.DELIVERED);
        fired++;
      }
    }
  }

  @Override
  public long fired() {
    return fired;
  }

  @Override
  public void close() {
    backlog.close();
    gate.close();
  }
}
