package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a {@link LinkedHashSet}. */
class OrderTest {
  @Property(tries = 300)
  void keepsTheOrderOfAppending(
      @ForAll @IntRange(min = 40, max = 200) int most,
      @ForAll @Size(max = 100) List<@IntRange(min = -60, max = 60) Integer> steps) {
    Order order = new Order(most);
    Set<Integer> model = new LinkedHashSet<>();
    for (int step : steps) {
      int number = Math.abs(step) % 40 * (most / 40) + 1;
      assertThat(order.contains(number)).isEqualTo(model.contains(number));
      if (step >= 40) {
        model.remove(number);
        model.add(number);
        order.moveToEnd(number);
      } else if (model.remove(number)) {
        order.remove(number);
      } else {
        model.add(number);
        order.append(number);
      }
      List<Integer> expected = new ArrayList<>(model);
      assertThat(forwards(order)).isEqualTo(expected);
      assertThat(backwards(order)).isEqualTo(expected);
      assertThat(order.isEmpty()).isEqualTo(expected.isEmpty());
    }
  }

  @ParameterizedTest(name = "up to {0}")
  @ValueSource(ints = {1, 2, 62, 63, 64, 65, 100, 1000})
  void takesAllNumbersUpToTheMost(int most) {
    Order order = new Order(most);
    List<Integer> all = IntStream.rangeClosed(1, most).boxed().toList();
    all.forEach(order::append);
    assertThat(forwards(order)).isEqualTo(all);
    assertThat(backwards(order)).isEqualTo(all);
    all.forEach(order::remove);
    assertThat(order.isEmpty()).isTrue();
  }

  /** A pair of ints a number, and three copies of it at the most, on average. */
  @Test
  void growsByMoreThanOneAtATime() {
    Order[] order = new Order[1];
    Allocations.assertAtMost(
        4 * 8,
        4_000,
        i -> {
          order[0] = i == 0 ? new Order(4_000) : order[0];
          order[0].append(i + 1);
        });
  }

  private static List<Integer> forwards(Order order) {
    List<Integer> all = new ArrayList<>();
    for (int n = order.first(); n != Order.END; n = order.after(n)) {
      all.add(n);
    }
    return all;
  }

  private static List<Integer> backwards(Order order) {
    List<Integer> all = new ArrayList<>();
    for (int n = order.last(); n != Order.END; n = order.before(n)) {
      all.add(0, n);
    }
    return all;
  }
}
