package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.mailweir.core.Dispatch.Permitted;

/** Destinations whose {@code equals} or {@code hashCode} throws: nothing is lost or left behind. */
class BacklogNamesTest {
  private static final class Name {
    static int equalsThrows; // so many calls from now on: 1 is the next one; 0 is none
    static int hashThrows;
    static int hashErrs;

    final String name;

    Name(String name) {
      this.name = name;
    }

    @Override
    public int hashCode() {
      if (hashThrows > 0 && --hashThrows == 0) {
        throw new IllegalStateException("hashCode");
      }
      return hashErrs > 0 && --hashErrs == 0 ? ~name.hashCode() : name.hashCode();
    }

    @Override
    public boolean equals(Object other) {
      if (equalsThrows > 0 && --equalsThrows == 0) {
        throw new IllegalStateException("equals");
      }
      return other instanceof Name that && that.name.equals(name);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private final PolicyGate<Name> gate =
      (PolicyGate<Name>) DestinationGate.<Name>builder().timeSource(() -> 0).build();
  private final GatedBacklog<Name, String> backlog =
      (GatedBacklog<Name, String>) Backlog.<Name, String>builder(gate).build();

  @Test
  void aNameThatThrowsWhenMailComesInLeavesNothingBehind() {
    ((Permit) gate.tryAdmit(new Name("a.test"), Attempt.FRESH)).settle(Outcome.DELIVERED);
    Name.equalsThrows = 1;
    assertThatThrownBy(() -> backlog.defer(new Name("a.test"), "m", Duration.ofMinutes(1)))
        .hasMessage("equals");
    assertThat(backlog.stats().destinations()).isZero();
  }

  @Test
  void afterANameThatThrewOtherMailIsReturnedAfterClose() {
    ((Permit) gate.tryAdmit(new Name("a.test"), Attempt.FRESH)).settle(Outcome.DELIVERED);
    Name.equalsThrows = 1;
    assertThatThrownBy(() -> backlog.defer(new Name("a.test"), "m", Duration.ofMinutes(1)))
        .hasMessage("equals");
    backlog.defer(new Name("b.test"), "other", Duration.ofMinutes(1));
    backlog.close();
    assertThat(backlog.poll()).map(Dispatch::message).contains("other");
  }

  @Test
  void noPermitAndNoMessageIsLostWhereANameThrowsAsItIsForgotten() {
    ((Permit) gate.tryAdmit(new Name("a.test"), Attempt.FRESH)).settle(Outcome.DELIVERED);
    Name name = new Name("a.test");
    backlog.submit(name, "first");
    backlog.submit(name, "m");
    ((Permitted<Name, String>) backlog.poll().orElseThrow()).permit().close();
    Name.hashThrows = 1; // the gate knows the site by now: the next to ask is the table of mail
    Optional<Dispatch<Name, String>> next = Optional.empty();
    try {
      next = backlog.poll();
    } catch (IllegalStateException thrown) {
      // whoever polls may hear of it, if only nothing is lost
    }
    Name.hashThrows = 0;
    if (next.isEmpty()) {
      next = backlog.poll();
    }
    assertThat(next).map(Dispatch::message).contains("m");
    ((Permitted<Name, String>) next.orElseThrow()).permit().close();
    backlog.assertConsistent();
    assertThat(gate.stats().inFlight()).isZero();
    assertThat(backlog.stats().destinations()).isZero();
  }

  @Test
  void cancelLeavesNothingBehindWhereANameThrows() {
    Name name = new Name("a.test");
    Ticket ticket = backlog.submit(name, "m");
    Name.hashThrows = 1;
    try {
      ticket.cancel();
    } catch (IllegalStateException thrown) {
      // see above
    }
    Name.hashThrows = 0;
    assertThat(ticket.isPending()).isFalse();
    backlog.assertConsistent();
    backlog.submit(new Name("b.test"), "other");
    backlog.close();
    assertThat(backlog.poll()).map(Dispatch::message).contains("other");
  }

  @Test
  void aNameThatErrsAsItIsForgottenIsForgottenAloneAndForGood() {
    for (boolean errs : new boolean[] {false, true}) {
      Name name = new Name("a.test");
      backlog.submit(new Name("b.test"), "other");
      Ticket ticket = backlog.submit(name, "m");
      Name.hashThrows = errs ? 0 : 1;
      Name.hashErrs = errs ? 1 : 0;
      ticket.cancel();
      assertThat(Name.hashThrows + Name.hashErrs).as("it was asked").isZero();
      assertThat(backlog.stats().destinations()).isOne();
      assertThat(backlog.pending(new Name("a.test"))).isZero();
      assertThat(backlog.pending(new Name("b.test"))).isPositive();
      backlog.assertConsistent();
    }
  }

  @Test
  void aNewNameThatThrowsLeavesTheDepthsRight() {
    for (int call = 1; call < 5; call++) {
      DestinationDepths<Name> depths = new DestinationDepths<>(2, 1, 1);
      Name.hashThrows = call;
      try {
        depths.tryStart(new Name("a.test"));
      } catch (IllegalStateException thrown) {
        assertThat(depths.destinations()).as("call %d", call).isZero();
      }
      Name.hashThrows = 0;
      depths.assertConsistent();
    }
  }

  @Test
  void aNewNameThatThrowsLeavesTheGateAndTheBacklogRight() {
    for (int call = 1; call < 8; call++) {
      PolicyGate<Name> asked =
          (PolicyGate<Name>) DestinationGate.<Name>builder().timeSource(() -> 0).build();
      GatedBacklog<Name, String> kept =
          (GatedBacklog<Name, String>) Backlog.<Name, String>builder(asked).build();
      kept.submit(new Name("a.test"), "a");
      Name.hashThrows = call;
      try {
        kept.poll().ifPresent(next -> ((Permitted<Name, String>) next).permit().close());
      } catch (IllegalStateException thrown) {
        // whoever polls may hear of it
      }
      Name.hashThrows = 0;
      kept.assertConsistent();
      asked.assertConsistent();
      assertThat(asked.stats().inFlight()).isZero();
    }
  }

  @Test
  void aFlushOfAllLosesNoDestinationWhereANameThrows() {
    backlog.defer(new Name("a.test"), "a", Duration.ofMinutes(1));
    backlog.defer(new Name("b.test"), "b", Duration.ofMinutes(1));
    Name.hashThrows = 2;
    try {
      backlog.flush();
    } catch (IllegalStateException thrown) {
      // whoever flushes may hear of it
    }
    Name.hashThrows = 0;
    backlog.assertConsistent();
    assertThat(backlog.pending(new Name("a.test"))).isOne();
    backlog.close();
    List<String> back = new ArrayList<>();
    for (var next = backlog.poll(); next.isPresent(); next = backlog.poll()) {
      back.add(next.get().message());
    }
    assertThat(back).containsExactlyInAnyOrder("a", "b");
  }
}
