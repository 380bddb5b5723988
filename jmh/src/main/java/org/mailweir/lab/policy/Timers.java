package org.mailweir.lab.policy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.mailweir.core.Jitter;
import org.mailweir.core.RetrySchedule;
import org.mailweir.lab.mail.Letter;
import org.mailweir.lab.time.VirtualTime;
import org.mailweir.lab.world.Ending;
import org.mailweir.lab.world.World;

/**
 * A relay with one timer for each message, as most are: exponential from 300 to 4,000 s, with the
 * jitter that is given, and with no limit but that of deliveries at once. What one timer for each
 * destination is to be compared with.
 */
final class Timers implements Relay {
  private final VirtualTime time;
  private final World world;
  private final SplittableRandom random;
  private final RetrySchedule schedule;
  private final ArrayDeque<Letter> due = new ArrayDeque<>();
  private final Set<Letter> waiting = new LinkedHashSet<>();
  private final Map<Letter, Integer> failures = new HashMap<>();
  private int free;

  Timers(Bench bench, Jitter jitter) {
    time = bench.time();
    world = bench.world();
    random = bench.seeds().of("retries");
    schedule =
        RetrySchedule.exponential(Duration.ofSeconds(300), Duration.ofSeconds(4000))
            .jitter(jitter)
            .build();
    free = bench.clients();
  }

  @Override
  public void submit(Letter letter) {
    due.add(letter);
    run();
  }

  @Override
  public void defer(Letter letter, double seconds) {
    waiting.add(letter);
    time.after(seconds, () -> becomeDue(letter));
  }

  @Override
  public void flush() {
    due.addAll(waiting);
    waiting.clear();
    run();
  }

  private void becomeDue(Letter letter) {
    if (waiting.remove(letter)) {
      due.add(letter);
      run();
    }
  }

  private void run() {
    while (free > 0 && !due.isEmpty()) {
      free--;
      Letter letter = due.remove();
      world.deliver(letter, ending -> ended(letter, ending));
    }
  }

  private void ended(Letter letter, Ending ending) {
    free++;
    if (ending != Ending.DELIVERED) {
      int attempts = failures.merge(letter, 1, Integer::sum);
      defer(letter, schedule.nextNanos(attempts, 0, random) / 1e9);
    }
    run();
  }
}
