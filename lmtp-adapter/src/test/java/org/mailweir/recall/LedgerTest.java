package org.mailweir.recall;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.mailweir.message.Destination;

class LedgerTest {
  private static final Destination A = new Destination("a.test");
  private static final Destination B = new Destination("b.test");
  private long now = Long.MAX_VALUE - 10; // wraps around soon
  private final Ledger ledger = new Ledger(() -> now, 5);

  private void pass(Duration time) {
    now += time.toNanos();
  }

  private List<String> call(Destination site, int atMost) {
    return List.copyOf(ledger.call(site, atMost));
  }

  @Test
  void callsTheOldestFirstOnceTheyHaveSettled() {
    ledger.refused(A, "one");
    pass(Duration.ofSeconds(1));
    ledger.refused(A, "two");
    pass(Duration.ofMillis(1999));
    assertThat(call(A, 10)).as("still active in Postfix").isEmpty();
    pass(Duration.ofMillis(1));
    assertThat(call(A, 10)).containsExactly("one");
    pass(Duration.ofSeconds(1));
    assertThat(call(A, 10)).containsExactly("two");
    assertThat(ledger.onTheirWay(A)).isEqualTo(2);
  }

  @Test
  void callsNoMoreThanMayCome() {
    for (String id : List.of("one", "two", "three")) {
      ledger.refused(A, id);
    }
    pass(Ledger.SETTLES);
    assertThat(call(A, 2)).containsExactly("one", "two");
    assertThat(call(A, 2)).containsExactly("three");
    assertThat(call(B, 2)).isEmpty();
  }

  @Test
  void forgetsWhatCame() {
    ledger.refused(A, "one");
    ledger.refused(B, "one");
    ledger.came("one");
    ledger.came("another");
    pass(Ledger.SETTLES);
    assertThat(call(A, 10)).isEmpty();
    assertThat(ledger.sites()).isEmpty();
    assertThat(ledger.size()).isZero();
  }

  @Test
  void callsAMessageOnceMoreIfItDoesNotComeAndThenForgetsIt() {
    ledger.refused(A, "one");
    pass(Ledger.SETTLES);
    assertThat(call(A, 10)).containsExactly("one");
    pass(Ledger.COMES_WITHIN.minusNanos(1));
    assertThat(call(A, 10)).isEmpty();
    pass(Duration.ofNanos(1));
    assertThat(call(A, 10)).containsExactly("one");
    pass(Ledger.COMES_WITHIN);
    assertThat(call(A, 10)).isEmpty();
    assertThat(ledger.size()).isZero();
  }

  @Test
  void leavesAMessageInPeaceTheLongerTheOftenerItWasCalledForNothing() {
    for (int seconds : new int[] {3, 6, 12, 24}) {
      ledger.came("one");
      ledger.refused(A, "one");
      pass(Duration.ofSeconds(seconds).minusNanos(1));
      assertThat(call(A, 10)).isEmpty();
      pass(Duration.ofNanos(1));
      assertThat(call(A, 10)).containsExactly("one");
    }
  }

  @Test
  void oneInPeaceHoldsUpNoneBehindIt() {
    ledger.refused(A, "one");
    pass(Ledger.SETTLES);
    assertThat(call(A, 10)).containsExactly("one");
    ledger.came("one");
    ledger.refused(A, "one");
    ledger.refused(A, "two");
    pass(Ledger.SETTLES);
    assertThat(call(A, 10)).containsExactly("two");
  }

  @Test
  void takesBackWhatCouldNotBeCalled() {
    ledger.refused(A, "one");
    ledger.refused(A, "two");
    pass(Ledger.SETTLES);
    assertThat(call(A, 10)).containsExactly("one", "two");
    ledger.uncall(A, List.of("two", "unknown"));
    ledger.uncall(B, List.of("two"));
    assertThat(ledger.onTheirWay(A)).isEqualTo(1);
    assertThat(call(A, 10)).containsExactly("two");
  }

  @Test
  void forgetsTheOldestWhenItIsFull() {
    for (int i = 0; i < 7; i++) {
      ledger.refused(i % 2 == 0 ? A : B, "m" + i);
    }
    pass(Ledger.SETTLES);
    assertThat(ledger.size()).isEqualTo(5);
    assertThat(call(A, 10)).containsExactly("m2", "m4", "m6");
    assertThat(call(B, 10)).containsExactly("m3", "m5");
  }

  @Test
  void aMessageThatIsRefusedAgainCountsOnce() {
    ledger.refused(A, "one");
    ledger.refused(A, "one");
    assertThat(ledger.size()).isEqualTo(1);
    pass(Ledger.SETTLES);
    assertThat(call(A, 10)).containsExactly("one");
    ledger.refused(A, "one");
    assertThat(ledger.onTheirWay(A)).isZero();
    assertThat(ledger.size()).isEqualTo(1);
  }

  @Property(tries = 300)
  void neverHoldsMoreThanItMayNorCallsAMessageThatIsNotThere(
      @ForAll @Size(max = 80) List<@IntRange(max = 49) Integer> steps) {
    Set<String> known = new HashSet<>();
    for (int step : steps) {
      Destination site = step % 2 == 0 ? A : B;
      String id = "m" + step / 2 % 8;
      switch (step % 5) {
        case 0, 1 -> {
          ledger.refused(site, id);
          known.add(id);
        }
        case 2 -> {
          ledger.came(id);
          known.remove(id);
        }
        case 3 -> assertThat(known).containsAll(call(site, 3));
        default -> pass(Duration.ofSeconds(20));
      }
      assertThat(ledger.size()).isBetween(0, 5);
    }
    known.forEach(ledger::came);
    assertThat(ledger.size()).isZero();
    assertThat(ledger.sites()).isEmpty();
  }
}
