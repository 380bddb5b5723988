package org.mailweir.examples.relay.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mailweir.examples.relay.control.RelayControl.Depth;
import org.mailweir.message.Destination;

class QueueDepthsTest {
  private final QueueDepths depths = new QueueDepths();

  @Test
  void returnsTheDeepestFirstAndByNameWhereTheyAreEqual() {
    enter("b.test", 2);
    enter("a.test", 2);
    enter("deep.test", 3);
    enter("one.test", 1);
    assertThat(depths.deepest(3))
        .containsExactly(depth("deep.test", 3), depth("a.test", 2), depth("b.test", 2));
    assertThat(depths.deepest(1)).containsExactly(depth("deep.test", 3));
    assertThat(depths.deepest(100)).hasSize(4);
    assertThat(depths.destinations()).isEqualTo(4);
  }

  @Test
  void forgetsADestinationWithItsLastEntry() {
    enter("a.test", 2);
    depths.left(new Destination("a.test"));
    assertThat(depths.depth(new Destination("a.test"))).isEqualTo(1);
    depths.left(new Destination("a.test"));
    depths.left(new Destination("a.test"));
    assertThat(depths.depth(new Destination("a.test"))).isZero();
    assertThat(depths.deepest(10)).isEmpty();
  }

  private void enter(String name, int count) {
    for (int i = 0; i < count; i++) {
      depths.entered(new Destination(name));
    }
  }

  private static Depth depth(String name, int entries) {
    return new Depth(new Destination(name), entries);
  }
}
