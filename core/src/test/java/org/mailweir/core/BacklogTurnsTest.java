package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Who holds up whom: mail that the gate would admit does not stand behind mail that it would not.
 */
class BacklogTurnsTest {
  private static BacklogHarness clients(int clients) {
    return BacklogHarness.of(GateHarness.clients(clients), builder -> {});
  }

  private static List<String> comesWithin(int seconds, BacklogHarness mail) {
    List<String> messages = new ArrayList<>(BacklogHarness.messages(mail.all()));
    for (int i = 0; i < seconds; i++) {
      mail.advance(Duration.ofSeconds(1));
      messages.addAll(BacklogHarness.messages(mail.all()));
    }
    return messages;
  }

  /** Where all clients are held, and one is given back at a time, fresh mail is not for ever. */
  @Test
  void freshMailDoesNotStarveRetriedMailWhereClientsAreShort() {
    BacklogHarness mail = clients(10);
    for (int i = 0; i < 8; i++) {
      mail.gate.live("slow" + i + ".test", Duration.ofSeconds(5));
    }
    Deque<Permit> held = new ArrayDeque<>(mail.gate.hold("held", 9));
    for (int i = 0; i < 100; i++) {
      mail.submit("slow" + i % 4 + ".test", "fresh" + i);
      mail.defer("slow" + (4 + i % 4) + ".test", "retried" + i, Duration.ZERO);
    }
    assertThat(mail.all()).isEmpty();
    List<String> out = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      Permit next = held.remove();
      next.ready();
      mail.gate.settle(next, Outcome.DELIVERED);
      for (var got : mail.all()) {
        out.add(got.message());
        held.add(got.permit());
      }
    }
    assertThat(out).hasSizeGreaterThanOrEqualTo(50);
    assertThat(out.stream().filter(message -> message.startsWith("retried")).count())
        .as("%s", out)
        .isGreaterThanOrEqualTo(8);
  }

  /** The same at one destination, whose window is full, while another one is told in between. */
  @Test
  void freshMailDoesNotStarveRetriedMailOfItsDestination() {
    BacklogHarness mail = BacklogHarness.start();
    mail.gate.live("x.test", Duration.ofSeconds(5));
    mail.gate.live("y.test", Duration.ofSeconds(5));
    Deque<Permit> x = new ArrayDeque<>(GateFlow.fill(mail.gate, "x.test"));
    Deque<Permit> y = new ArrayDeque<>(GateFlow.fill(mail.gate, "y.test"));
    for (int i = 0; i < 200; i++) {
      mail.submit("x.test", "fresh" + i);
      mail.defer("x.test", "retried" + i, Duration.ZERO);
      mail.defer("y.test", "other" + i, Duration.ZERO);
    }
    assertThat(mail.all()).isEmpty();
    List<String> out = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      for (Deque<Permit> held : List.of(y, x)) {
        mail.gate.settle(held.remove(), Outcome.REJECTED);
        for (var got : mail.all()) {
          got.permit().ready();
          held.add(got.permit());
          out.add(got.message());
        }
      }
    }
    assertThat(out.stream().filter(message -> message.startsWith("fresh")).count())
        .isGreaterThanOrEqualTo(20);
    assertThat(out.stream().filter(message -> message.startsWith("retried")).count())
        .as("%s", out)
        .isGreaterThanOrEqualTo(4);
  }

  /** The turn that a destination's own retried mail has is not one that it has again. */
  @Test
  void whatHadTheTurnOfItsDestinationsFreshMailIsInNobodysWayAfterwards() {
    BacklogHarness mail = BacklogHarness.start();
    mail.gate.live("x.test");
    mail.gate.live("y.test");
    GateFlow.grow(mail.gate, "x.test", 20);
    mail.defer("y.test", "other", Duration.ZERO);
    mail.defer("x.test", "old", Duration.ZERO);
    for (int i = 0; i < 6; i++) {
      mail.submit("x.test", "new" + i);
    }
    assertThat(BacklogHarness.messages(mail.all()))
        .containsExactly("new0", "new1", "new2", "new3", "other", "old", "new4", "new5");
    mail.nothing();
  }

  /** Mail for a destination that has been proven meanwhile needs no share of the unproven. */
  @Test
  void mailOfADestinationThatWasProvenMeanwhileDoesNotStandBehindUnprovenOnes() {
    BacklogHarness mail = clients(10);
    mail.submit("good.test", "good0");
    for (int i = 0; i < 60; i++) {
      mail.submit("hangs" + i + ".test", "u" + i);
    }
    mail.submit("good.test", "good1");
    var first = mail.all();
    assertThat(BacklogHarness.messages(first)).contains("good0").hasSize(4); // the share
    assertThat(mail.backlog.stats().shutOut()).isEqualTo(58);
    mail.deliver(first.get(0));
    assertThat(mail.gate.standing("good.test")).isEqualTo(Standing.LIVE);
    List<String> next = comesWithin(5, mail);
    Admission control = mail.gate.tryAdmit("good.test", Attempt.FRESH);
    assertThat(control).as("the gate has nothing against it").isInstanceOf(Permit.class);
    assertThat(next).contains("good1");
  }

  /** A scout that was refused by a rule before the one it scouts for says nothing of that one. */
  @Test
  void aScoutRefusedForAnotherReasonDoesNotHoldUpThoseBehindIt() {
    BacklogHarness mail = clients(10);
    mail.gate.live("slow.test", Duration.ofSeconds(5));
    List<Permit> held = mail.gate.hold("held", 9);
    for (int i = 0; i < 60; i++) {
      mail.submit("hangs" + i + ".test", "u" + i);
    }
    mail.submit("slow.test", "m");
    assertThat(mail.all()).isEmpty();
    assertThat(mail.backlog.stats().shutOut()).isEqualTo(61);
    held.forEach(permit -> mail.gate.settle(permit, Outcome.DELIVERED));
    List<String> next = comesWithin(5, mail);
    Admission control = mail.gate.tryAdmit("slow.test", Attempt.FRESH);
    assertThat(control).as("the gate has nothing against it").isInstanceOf(Permit.class);
    assertThat(next).contains("m");
  }

  /** How much of the clients a destination may have depends on how many are free. */
  @Test
  void aDestinationThatHeldTooMuchGoesOnWhenOthersGiveBack() {
    BacklogHarness mail = clients(20);
    mail.gate.live("slow.test", Duration.ofSeconds(20));
    Permit one = mail.gate.readyPermit("slow.test");
    Permit two = mail.gate.readyPermit("slow.test");
    List<Permit> held = mail.gate.hold("held", 16);
    mail.submit("slow.test", "m");
    assertThat(mail.all()).isEmpty();
    held.forEach(permit -> mail.gate.settle(permit, Outcome.DELIVERED));
    List<String> next = comesWithin(5, mail);
    Admission control = mail.gate.tryAdmit("slow.test", Attempt.FRESH);
    assertThat(control).as("the gate has nothing against it").isInstanceOf(Permit.class);
    assertThat(next).contains("m");
  }

  /** While many connect, nothing is brief; when they are ready, it is again. */
  @Test
  void whatIsOverInAMomentGoesWhenOthersAreReady() {
    BacklogHarness mail = clients(20);
    for (int i = 0; i < 40; i++) {
      mail.gate.live("slow" + i + ".test", Duration.ofMillis(2100));
    }
    mail.gate.live("quick.test");
    List<Permit> held = mail.gate.hold("held", 14);
    List<Permit> connecting = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      connecting.add(mail.gate.permit("held" + i));
    }
    for (int i = 0; i < 40; i++) {
      mail.submit("slow" + i + ".test", "s" + i);
    }
    mail.submit("quick.test", "m");
    assertThat(mail.all()).isEmpty();
    connecting.forEach(Permit::ready);
    List<String> next = comesWithin(5, mail);
    Admission control = mail.gate.tryAdmit("quick.test", Attempt.FRESH);
    assertThat(control).as("the gate has nothing against it").isInstanceOf(Permit.class);
    assertThat(next).contains("m");
    assertThat(held).isNotEmpty();
  }
}
