package org.mailweir.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.mailweir.message.Reply;

class ReplyOrderTest {
  private final ReplyOrder order = new ReplyOrder();
  private final List<Reply> told = new ArrayList<>();

  private static Reply reply(String text) {
    return new Reply(250, "2.0.0", text);
  }

  @Test
  void isCompleteWithoutPlaces() {
    order.handOut(told::add);
    assertThat(order.isComplete()).isTrue();
    assertThat(told).isEmpty();
  }

  @Test
  void keepsWhatIsBehindAnUnknownReply() {
    order.add();
    order.add();
    order.set(1, reply("b"));
    order.handOut(told::add);
    assertThat(told).isEmpty();
    order.set(0, reply("a"));
    order.handOut(told::add);
    assertThat(told).containsExactly(reply("a"), reply("b"));
  }

  @Test
  void keepsTheFirstReply() {
    order.add();
    assertThat(order.set(0, reply("first"))).isTrue();
    assertThat(order.set(0, reply("second"))).isFalse();
    order.handOut(told::add);
    order.handOut(told::add);
    assertThat(told).containsExactly(reply("first"));
  }

  @Property(tries = 200)
  void handsOutEachOnceAndInOrder(
      @ForAll @Size(min = 1, max = 60) List<@IntRange(max = 29) Integer> known) {
    ReplyOrder order = new ReplyOrder();
    List<Reply> told = new ArrayList<>();
    List<Reply> all = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      order.add();
      all.add(reply("r" + i));
    }
    for (int place : known) {
      order.set(place, all.get(place));
      order.handOut(told::add);
      assertThat(told).isEqualTo(all.subList(0, told.size()));
      assertThat(order.isComplete()).isEqualTo(told.size() == 30);
    }
    all.forEach(reply -> order.set(all.indexOf(reply), reply));
    order.handOut(told::add);
    assertThat(told).isEqualTo(all);
  }
}
