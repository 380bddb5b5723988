package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mailweir.core.Dispatch.Permitted;

/**
 * Mail of a backlog in the budgets of bytes in flight. A message is its name and its size: {@code
 * large:900}.
 */
class BacklogBytesTest {
  private static final Duration OVER_A_SECOND = Duration.ofMillis(1100);
  private static final List<String> LIVE =
      List.of("a.test", "b.test", "c.test", "d.test", "small.test");

  private final BacklogHarness mail = limited(1000);

  private static BacklogHarness limited(long maxBytes) {
    GateHarness gate =
        GateHarness.with(
            b ->
                b.maxBytes(maxBytes)
                    .maxBytesPerDestination(
                        to -> to.equals("small.test") ? 300 : ByteBudget.UNLIMITED));
    BacklogHarness mail =
        BacklogHarness.of(gate, b -> b.messageSize(BacklogBytesTest::size).maxMessages(100_000));
    LIVE.forEach(gate::live);
    return mail;
  }

  private static long size(String message) {
    return Long.parseLong(message.substring(message.indexOf(':') + 1));
  }

  private long inFlight() {
    return mail.gate.stats().bytesInFlight();
  }

  private List<String> next() {
    return BacklogHarness.messages(mail.all());
  }

  private void end(Permit permit) {
    permit.ready();
    mail.gate.settle(permit, Outcome.DELIVERED);
  }

  @Test
  void takesNoMoreThanTheBudget() {
    for (int i = 0; i < 20; i++) {
      mail.submit(LIVE.get(i % 4), i + ":300");
    }
    List<Permitted<String, String>> got = mail.all();
    assertThat(got).hasSize(3);
    assertThat(inFlight()).isEqualTo(900);
    int delivered = 0;
    while (!got.isEmpty()) {
      mail.deliver(got.remove(0));
      delivered++;
      got.addAll(mail.all());
      assertThat(inFlight()).isLessThanOrEqualTo(1000);
    }
    assertThat(delivered).isEqualTo(20);
    mail.gate.assertAllGivenBack();
  }

  @Test
  void whatHasNoSizeCountsInNone() {
    mail.submit("a.test", "all:1000");
    Permit all = mail.permitted("all:1000");
    mail.submit("b.test", "none:0");
    end(mail.permitted("none:0"));
    end(all);
  }

  @Test
  void aMessageLargerThanTheBudgetGoesAlone() {
    mail.submit("a.test", "first:1");
    Permit first = mail.permitted("first:1");
    mail.submit("b.test", "huge:5000");
    mail.nothing();
    end(first);
    Permit huge = mail.permitted("huge:5000");
    mail.submit("c.test", "last:1");
    mail.nothing();
    end(huge);
    end(mail.permitted("last:1"));
  }

  /** Smaller ones are not asked for while it keeps its turn: so enough comes free. */
  @Test
  void smallOnesDoNotOvertakeALargeOneForEver() {
    mail.submit("a.test", "one:500");
    mail.submit("b.test", "two:500");
    List<Permitted<String, String>> first = mail.all();
    mail.submit("c.test", "large:900");
    assertThat(next()).isEmpty();
    for (int i = 0; i < 10; i++) {
      mail.submit("d.test", "small" + i + ":100");
    }
    assertThat(next()).isEmpty();
    assertThat(mail.backlog.stats().shutOut()).isOne();
    mail.deliver(first.get(0));
    assertThat(next()).as("it is not their turn").isEmpty();
    mail.deliver(first.get(1));
    assertThat(next()).containsExactly("large:900", "small0:100");
  }

  @Test
  void aLargeOneHoldsUpTheOthersForASecondAtMost() {
    mail.submit("a.test", "tarpit:600");
    mail.permitted("tarpit:600");
    mail.submit("b.test", "large:900");
    mail.nothing();
    mail.submit("c.test", "small:100");
    mail.advance(Duration.ofMillis(900));
    mail.nothing();
    mail.advance(Duration.ofMillis(200));
    Permit small = mail.permitted("small:100");
    mail.nothing();
    for (int i = 0; i < 70; i++) { // and not again at once
      mail.advance(Duration.ofMillis(100));
      mail.submit("c.test", i + ":10");
      end(mail.permitted(i + ":10"));
    }
    end(small);
  }

  @Test
  void manyLargeOnesHoldUpTheOthersForASecondInTen() {
    mail.gate.permit("a.test", 600);
    for (int i = 0; i < 50; i++) {
      mail.submit("large" + i + ".test", i + ":500");
    }
    int withinTheStep = 0;
    for (int i = 0; i < 1000; i++) {
      mail.submit("c.test", i + ":100");
      mail.jump(Duration.ofMillis(100));
      List<Permitted<String, String>> got = mail.all();
      withinTheStep += BacklogHarness.messages(got).contains(i + ":100") ? 1 : 0;
      got.forEach(mail::deliver);
    }
    assertThat(withinTheStep).isBetween(850, 950);
  }

  @Test
  void aLargeOneThatStoodAsideGoesWhenThereIsRoom() {
    mail.submit("a.test", "tarpit:600");
    Permit tarpit = mail.permitted("tarpit:600");
    mail.submit("b.test", "large:900");
    mail.nothing();
    mail.advance(OVER_A_SECOND);
    mail.submit("c.test", "small:500");
    mail.nothing();
    end(tarpit);
    end(mail.permitted("large:900"));
    end(mail.permitted("small:500"));
  }

  /** A large one that is told no says nothing of the small ones behind it. */
  @Test
  void smallOnesThatFoundNoRoomDoNotStandBehindLargeOnes() {
    mail.submit("a.test", "tarpit:600");
    mail.permitted("tarpit:600");
    mail.submit("d.test", "all:400");
    Permit rest = mail.permitted("all:400");
    for (int i = 0; i < 100; i++) {
      mail.gate.live("large" + i + ".test");
      mail.submit("large" + i + ".test", i + ":600");
    }
    mail.nothing();
    mail.advance(OVER_A_SECOND);
    mail.nothing();
    mail.submit("c.test", "small:100");
    mail.nothing();
    end(rest);
    long before = mail.refusals();
    assertThat(next()).containsExactly("small:100");
    assertThat(mail.refusals() - before).as("and the others are left in peace").isLessThan(5);
  }

  /** Nor does one that has a larger message by the time at which it is asked for. */
  @Test
  void aScoutWithALargerMessageSaysNothingOfThoseBehindIt() {
    mail.submit("a.test", "tarpit:600");
    mail.permitted("tarpit:600");
    mail.submit("d.test", "rest:390");
    Permit rest = mail.permitted("rest:390");
    mail.submit("d.test", "keeper:900");
    mail.nothing();
    mail.advance(OVER_A_SECOND);
    mail.nothing();
    Ticket small = mail.submit("b.test", "small:100");
    mail.submit("b.test", "large:700");
    mail.submit("c.test", "next:100");
    mail.nothing();
    assertThat(mail.backlog.stats().shutOut()).isEqualTo(3);
    end(rest);
    assertThat(small.cancel()).isTrue();
    assertThat(next()).containsExactly("next:100");
  }

  /** What a destination alone is short of is no matter of others. */
  @Test
  void aDestinationsBudgetHoldsUpThatDestinationOnly() {
    mail.submit("small.test", "own:200");
    Permit own = mail.permitted("own:200");
    mail.submit("small.test", "next:200");
    mail.submit("a.test", "other:300");
    assertThat(next()).containsExactly("other:300");
    assertThat(mail.backlog.stats().parked()).isOne();
    end(own);
    end(mail.permitted("next:200"));
  }

  @Test
  void aLargeOneThatIsCancelledOrExpiresLetsTheOthersGo() {
    mail.gate.permit("a.test", 600);
    Ticket large = mail.submit("b.test", "large:900");
    mail.nothing();
    mail.submit("c.test", "small:100");
    mail.nothing();
    assertThat(large.cancel()).isTrue();
    end(mail.permitted("small:100"));
    long tick = 1L << BacklogWheel.TICK_SHIFT;
    mail.jump(Duration.ofNanos(tick - mail.gate.now() % tick - tick / 4));
    mail.defer("b.test", "brief:900", Duration.ZERO, Duration.ofMillis(1));
    mail.nothing();
    mail.submit("c.test", "next:100");
    mail.nothing();
    mail.advance(Duration.ofNanos(tick / 3));
    end(mail.permitted("next:100"));
    mail.expired("brief:900");
  }

  /** A large one that goes away, in its turn or aside, leaves what is behind it to its own size. */
  @Test
  void theNextOneOfItsDestinationGoesByItsOwnSize() {
    mail.gate.permit("a.test", 600);
    Ticket large = mail.submit("b.test", "large:900");
    mail.submit("b.test", "small:100");
    mail.nothing();
    assertThat(large.cancel()).isTrue();
    end(mail.permitted("small:100"));
    Ticket next = mail.submit("b.test", "next:900");
    mail.submit("b.test", "small:99");
    mail.nothing();
    mail.advance(OVER_A_SECOND);
    mail.nothing();
    assertThat(next.cancel()).isTrue();
    end(mail.permitted("small:99"));
  }

  @Test
  void theSecondOfTheNextLargeOneBeginsAnew() {
    mail.submit("a.test", "first:600");
    Permit first = mail.permitted("first:600");
    mail.submit("b.test", "large:900");
    mail.submit("b.test", "next:900");
    mail.nothing();
    mail.advance(Duration.ofMillis(500));
    end(first);
    mail.permitted("large:900");
    mail.submit("c.test", "small:50");
    mail.nothing();
    mail.advance(Duration.ofMillis(900));
    mail.nothing();
    mail.advance(Duration.ofMillis(200));
    mail.permitted("small:50");
  }

  /** So too where the last one went away in its turn, and others went since. */
  @Test
  void theSecondOfAnotherMessageBeginsAnewAfterOneThatWasCancelled() {
    mail.gate.permit("a.test", 600);
    mail.defer("b.test", "later:1", Duration.ofHours(1)); // its destination is remembered
    Ticket large = mail.submit("b.test", "large:900");
    mail.nothing();
    assertThat(large.cancel()).isTrue();
    mail.submit("c.test", "one:50");
    end(mail.permitted("one:50"));
    mail.advance(Duration.ofSeconds(20));
    mail.submit("b.test", "next:900");
    mail.nothing();
    mail.submit("c.test", "two:50");
    mail.nothing();
    mail.advance(OVER_A_SECOND);
    end(mail.permitted("two:50"));
  }

  @Test
  void isWokenWhenALargeOneStandsAside() {
    List<String> woken = new ArrayList<>();
    GateHarness gate = GateHarness.with(b -> b.maxBytes(1000));
    BacklogHarness loop =
        BacklogHarness.of(
            gate, b -> b.messageSize(BacklogBytesTest::size).onReady(() -> woken.add("woken")));
    LIVE.forEach(gate::live);
    gate.permit("a.test", 600);
    loop.submit("b.test", "large:900");
    loop.nothing();
    loop.submit("c.test", "small:100");
    loop.nothing();
    woken.clear();
    long due = loop.backlog.nextDue();
    assertThat(due - gate.now()).isBetween(1L, Duration.ofMillis(1010).toNanos());
    loop.jump(Duration.ofNanos(due - gate.now()));
    assertThat(woken).hasSize(1);
    end(loop.permitted("small:100"));
  }

  @Test
  void closeHandsALargeOneBackThatKeepsItsTurn() {
    mail.gate.permit("a.test", 600);
    mail.submit("b.test", "large:900");
    mail.nothing();
    mail.submit("c.test", "small:100");
    mail.backlog.close();
    for (int i = 0; i < 2; i++) {
      assertThat(mail.poll().orElseThrow()).isInstanceOf(Dispatch.Returned.class);
    }
    mail.nothing();
  }

  @Test
  void aRequeuedMessageKeepsItsSize() {
    mail.submit("a.test", "m:700");
    Permit permit = mail.permitted("m:700");
    var again = permit.requeue(GateHarness.PATIENCE, "421").toCompletableFuture();
    assertThat(inFlight()).isZero();
    mail.advance(Duration.ofSeconds(3));
    assertThat(inFlight()).isEqualTo(700);
    end(GateHarness.permitOf(again.join()));
    mail.gate.assertAllGivenBack();
  }

  @Test
  void refusesSizesThatMakeNoSense() {
    assertThatThrownBy(() -> mail.submit("a.test", "m:-1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("size of the message: -1 bytes, must not be negative");
    assertThatThrownBy(() -> mail.submit("a.test", "m:x"))
        .isInstanceOf(NumberFormatException.class);
    assertThatThrownBy(() -> Backlog.builder(mail.gate.gate).messageSize(null))
        .isInstanceOf(NullPointerException.class);
    assertThat(mail.backlog.stats().pending()).isZero();
    mail.backlog.assertConsistent();
  }

  /** A size that cannot be read any more loses no message, and holds up no other one. */
  @Test
  void aSizeThatFailsLaterLosesNothing() {
    List<String> unreadable = new ArrayList<>();
    GateHarness gate = GateHarness.with(b -> b.maxBytes(1000));
    BacklogHarness broken =
        BacklogHarness.of(
            gate,
            b ->
                b.messageSize(
                    message -> {
                      if (unreadable.contains(message)) {
                        throw new IllegalStateException("no such file");
                      }
                      return size(message);
                    }));
    LIVE.forEach(gate::live);
    broken.submit("a.test", "m:1");
    broken.submit("b.test", "other:1");
    unreadable.add("m:1");
    assertThatThrownBy(broken::poll).isInstanceOf(IllegalStateException.class);
    broken.backlog.assertConsistent();
    end(broken.permitted("other:1"));
    unreadable.clear();
    broken.advance(Duration.ofSeconds(3));
    end(broken.permitted("m:1"));
    gate.assertAllGivenBack();
  }
}
