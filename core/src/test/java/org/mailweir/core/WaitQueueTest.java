package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class WaitQueueTest {
  private final PolicyGate<String> gate =
      (PolicyGate<String>) DestinationGate.<String>builder().build();
  private final WaitQueue<String> queue = new WaitQueue<>();
  private final Map<Waiter<String>, String> names = new HashMap<>();

  private Waiter<String> waiter(String name, Attempt attempt) {
    return waiter(name, attempt, 0);
  }

  private Waiter<String> waiter(String name, Attempt attempt, long since) {
    GatePermit<String> permit =
        new GatePermit<>(
            new Site<>("a.test", gate), null, attempt, Shares.Kind.NONE, Shares.Client.LONGER, 0);
    Waiter<String> waiter = new Waiter<>(permit, since, gate.turns, new CompletableFuture<>());
    names.put(waiter, name);
    return waiter;
  }

  private List<String> drain() {
    List<String> order = new ArrayList<>();
    for (Waiter<String> next = queue.peek(); next != null; next = queue.peek()) {
      order.add(names.get(next));
      queue.remove(next);
    }
    return order;
  }

  @Test
  void servesRequeuedThenFreshThenRetried() {
    queue.add(waiter("retried", Attempt.RETRIED));
    queue.add(waiter("fresh", Attempt.FRESH));
    queue.add(waiter("unknown", Attempt.UNKNOWN));
    queue.addFirst(waiter("requeued", Attempt.RETRIED));
    assertThat(queue.ahead(Attempt.FRESH)).isEqualTo(3);
    assertThat(queue.ahead(Attempt.UNKNOWN)).isEqualTo(3);
    assertThat(queue.ahead(Attempt.RETRIED)).isEqualTo(4);
    assertThat(drain()).containsExactly("requeued", "fresh", "unknown", "retried");
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void knowsSinceWhenTheOldestWaitsWhereverItStands() {
    long start = Long.MAX_VALUE - 5; // wraps
    assertThat(queue.oldest(start)).isEmpty();
    Waiter<String> oldest = waiter("retried", Attempt.RETRIED, start);
    queue.add(oldest);
    assertThat(queue.oldest(start)).as("for 0 ns").contains(start);
    queue.add(waiter("fresh", Attempt.FRESH, start + 10));
    queue.add(waiter("younger", Attempt.FRESH, start + 20));
    assertThat(queue.oldest(start + 30)).contains(start);
    queue.remove(oldest);
    assertThat(queue.oldest(start + 30)).contains(start + 10);
  }

  @Test
  void isIdleIfNobodyWaitsAndNobodyWatches() {
    assertThat(queue.isIdle()).isTrue();
    queue.watch = () -> {};
    assertThat(queue.isIdle()).isFalse();
    queue.watch = null;
    queue.add(waiter("a", Attempt.RETRIED));
    assertThat(queue.isEmpty() || queue.isIdle()).isFalse();
  }

  /** Against two lists. */
  @Property(tries = 200)
  void keepsTheOrderOfTwoLists(@ForAll @Size(max = 60) List<@IntRange(max = 99) Integer> steps) {
    WaitQueue<String> tested = new WaitQueue<>();
    List<Waiter<String>> front = new ArrayList<>();
    List<Waiter<String>> back = new ArrayList<>();
    for (int step : steps) {
      List<Waiter<String>> all = new ArrayList<>(front);
      all.addAll(back);
      switch (step % 5) {
        case 0 -> {
          Waiter<String> fresh = waiter("", Attempt.FRESH);
          tested.add(fresh);
          front.add(fresh);
        }
        case 1 -> {
          Waiter<String> retried = waiter("", Attempt.RETRIED);
          tested.add(retried);
          back.add(retried);
        }
        case 2 -> {
          Waiter<String> first = waiter("", Attempt.RETRIED);
          tested.addFirst(first);
          front.add(0, first);
        }
        default -> {
          if (!all.isEmpty()) {
            Waiter<String> any = all.get(step % all.size());
            tested.remove(any);
            front.remove(any);
            back.remove(any);
          }
        }
      }
      List<Waiter<String>> expected = new ArrayList<>(front);
      expected.addAll(back);
      List<Waiter<String>> seen = new ArrayList<>();
      tested.forEach(seen::add);
      assertThat(seen).isEqualTo(expected);
      assertThat(tested.size()).isEqualTo(expected.size());
      assertThat(tested.peek()).isSameAs(expected.isEmpty() ? null : expected.get(0));
    }
  }
}
