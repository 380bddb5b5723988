package org.mailweir.lab.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A clock that jumps from event to event. */
final class VirtualTimeTest {
  private final VirtualTime time = new VirtualTime();
  private final List<String> done = new ArrayList<>();

  @Test
  void doesThingsInTheOrderOfTheirTimeAndThenOfTheirPlanning() {
    time.after(2, () -> done.add("c"));
    time.after(1, () -> done.add("a"));
    time.after(1, () -> done.add("b"));
    time.runUntil(3);
    assertThat(done).containsExactly("a", "b", "c");
    assertThat(time.seconds()).isEqualTo(3);
  }

  @Test
  void doesNothingThatWasCancelled() {
    time.after(1, () -> done.add("a")).cancel();
    time.runUntil(3);
    assertThat(done).isEmpty();
  }

  @Test
  void doesNotGoBack() {
    time.runUntil(5);
    time.at(1, () -> done.add("late " + time.seconds()));
    time.runUntil(6);
    assertThat(done).containsExactly("late 5.0");
  }

  @Test
  void eachSubjectHasNumbersOfItsOwn() {
    Seeds seeds = new Seeds(7);
    long first = seeds.of("mail").nextLong();
    assertThat(seeds.of("mail").nextLong()).isEqualTo(first);
    assertThat(seeds.of("hosts").nextLong()).isNotEqualTo(first);
    assertThat(new Seeds(8).of("mail").nextLong()).isNotEqualTo(first);
  }
}
