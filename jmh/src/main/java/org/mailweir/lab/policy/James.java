package org.mailweir.lab.policy;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.mailweir.lab.mail.Letter;
import org.mailweir.lab.time.VirtualTime;
import org.mailweir.lab.world.Ending;
import org.mailweir.lab.world.World;

/**
 * Apache James' RemoteDelivery: a queue of its own, so many deliveries at once, first in first out;
 * after a failure a message waits for the next of a list of delays, without jitter. Nothing is
 * known of destinations. {@code usePriority} is on: retries go after mail that was never tried.
 *
 * <p>The delays are those of its documentation, after RFC 2821, section 4.5.4.1: 5, 10 and 45
 * minutes, 2 and 3 hours, then every 6 hours. It has M deliveries at once, as the others have; by
 * itself James takes ten threads for each processor. Its connections time out after 60 s.
 *
 * <p>Read: github.com/apache/james-project, server/mailet/mailets, package
 * org.apache.james.transport.mailets.remote.delivery: DeliveryRunnable,
 * RemoteDeliveryConfiguration, Delay, DelaysAndMaxRetry; and the sample mailetcontainer.xml.
 */
final class James implements Relay {
  private static final double[] DELAYS = {300, 600, 2700, 7200, 10_800};
  private static final double LAST_DELAY = 21_600;

  private final VirtualTime time;
  private final World world;
  private final ArrayDeque<Letter> first = new ArrayDeque<>();
  private final ArrayDeque<Letter> again = new ArrayDeque<>();
  private final Map<Letter, Integer> retries = new HashMap<>();
  private final Set<Letter> delayed = new LinkedHashSet<>();
  private int free;

  James(Bench bench) {
    time = bench.time();
    world = bench.world();
    free = bench.clients();
  }

  @Override
  public void submit(Letter letter) {
    first.add(letter);
    run();
  }

  @Override
  public void defer(Letter letter, double due) {
    retries.put(letter, DELAYS.length);
    delay(letter, due);
  }

  /** Its web administration can reschedule the whole queue. */
  @Override
  public void flush() {
    again.addAll(delayed);
    delayed.clear();
    run();
  }

  private void delay(Letter letter, double seconds) {
    delayed.add(letter);
    time.after(
        seconds,
        () -> {
          if (delayed.remove(letter)) {
            again.add(letter);
            run();
          }
        });
  }

  private void run() {
    while (free > 0 && !(first.isEmpty() && again.isEmpty())) {
      free--;
      Letter letter = first.isEmpty() ? again.remove() : first.remove();
      world.deliver(letter, ending -> ended(letter, ending));
    }
  }

  private void ended(Letter letter, Ending ending) {
    free++;
    if (ending != Ending.DELIVERED) {
      int failures = retries.merge(letter, 1, Integer::sum);
      delay(letter, failures <= DELAYS.length ? DELAYS[failures - 1] : LAST_DELAY);
    }
    run();
  }
}
