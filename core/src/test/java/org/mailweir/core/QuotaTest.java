package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class QuotaTest {
  private final Quota whole = new Quota("whole", 4);
  private final Quota part = whole.part("part", 3);
  private final Quota inner = part.part("inner", 5); // above the part's own: never binds

  @Test
  void whatIsTakenOfAPartCountsAboveIt() {
    inner.take();
    part.take();
    whole.take();
    assertThat(List.of(whole.inUse(), part.inUse(), inner.inUse())).containsExactly(3, 2, 1);
    assertThat(part).hasToString("part 2/3");
  }

  @Test
  void givingBackWhatWasNotTakenMakesNothing() {
    whole.take();
    assertThatThrownBy(part::give).isInstanceOf(IllegalStateException.class);
    assertThat(part.inUse()).isZero();
    assertThat(whole.inUse()).isEqualTo(1);
  }

  @Test
  void takingBeyondTheLimitFails() {
    Quota none = new Quota("none", 0);
    assertThat(none.hasRoom()).isFalse();
    assertThatThrownBy(none::take).isInstanceOf(IllegalStateException.class);
    assertThat(none.inUse()).isZero();
  }

  /** Against counts of what is out of each node itself. */
  @Property(tries = 300)
  void keepsItsLimits(@ForAll @Size(max = 60) List<@IntRange(max = 5) Integer> steps) {
    Quota root = new Quota("root", 4);
    Quota middle = root.part("middle", 3);
    Quota[] nodes = {root, middle, middle.part("leaf", 2)};
    int[] limits = {4, 3, 2};
    int[] out = new int[3];
    for (int step : steps) {
      int node = step / 2;
      boolean room = true;
      for (int above = 0; above <= node; above++) {
        room &= sum(out, above) < limits[above];
      }
      assertThat(nodes[node].hasRoom()).isEqualTo(room);
      if (step % 2 == 0 && room) {
        nodes[node].take();
        out[node]++;
      } else if (step % 2 == 1 && out[node] > 0) {
        nodes[node].give();
        out[node]--;
      }
      for (int each = 0; each < 3; each++) {
        assertThat(nodes[each].inUse()).isEqualTo(sum(out, each));
      }
    }
  }

  private static int sum(int[] out, int from) {
    int sum = 0;
    for (int node = from; node < out.length; node++) {
      sum += out[node];
    }
    return sum;
  }
}
