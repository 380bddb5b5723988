package org.mailweir.examples.relay.control;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import org.mailweir.examples.relay.control.RelayControl.Depth;
import org.mailweir.message.Destination;

/**
 * Counts the entries of each destination from when they are spooled until they are gone; what
 * {@link RelayControl#deepest} is answered with. About 100 bytes a destination with mail.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class QueueDepths {
  private static final Comparator<Depth> SHALLOWEST_FIRST =
      Comparator.comparingInt(Depth::entries)
          .thenComparing(depth -> depth.destination().name(), Comparator.reverseOrder());

  private final ConcurrentHashMap<Destination, Integer> entries = new ConcurrentHashMap<>();

  /** Counts an entry that has been spooled. */
  public void entered(Destination destination) {
    entries.merge(destination, 1, Integer::sum);
  }

  /** Counts an entry that is gone from the spool: each once. */
  public void left(Destination destination) {
    entries.computeIfPresent(destination, (key, count) -> count == 1 ? null : count - 1);
  }

  /** Returns how many there are at a destination. */
  public int depth(Destination destination) {
    return entries.getOrDefault(destination, 0);
  }

  /** Returns how many destinations have mail. */
  public int destinations() {
    return entries.size();
  }

  /**
   * Returns those with the most, most first, by name where they have as many. O(destinations).
   *
   * @param limit most to return, at least 1
   */
  public List<Depth> deepest(int limit) {
    PriorityQueue<Depth> deepest = new PriorityQueue<>(SHALLOWEST_FIRST);
    entries.forEach(
        (destination, count) -> {
          deepest.add(new Depth(destination, count));
          if (deepest.size() > limit) {
            deepest.remove();
          }
        });
    return deepest.stream().sorted(SHALLOWEST_FIRST.reversed()).toList();
  }
}
