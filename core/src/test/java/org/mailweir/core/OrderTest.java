package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

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
