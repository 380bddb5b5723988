package org.mailweir.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mailweir.core.Attempt;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.Outcome;
import org.mailweir.core.Permit;
import org.openjdk.jol.info.ClassLayout;
import org.openjdk.jol.info.GraphLayout;

/**
 * What the gate keeps for a destination, its share of the table included and its name not. Bytes
 * are exact, so they are asserted; those of a virtual machine with compressed pointers.
 */
final class FootprintTest {
  private static final int FULL = 65_536;

  private long time;
  private final DestinationGate<String> gate =
      DestinationGate.<String>builder().timeSource(() -> time).build();
  private final String[] names =
      IntStream.range(0, FULL).mapToObj(i -> "mail" + i + ".example").toArray(String[]::new);
  private long empty;

  @BeforeEach
  void measureTheEmptyGate() {
    empty = bytes();
  }

  private long bytes() {
    return GraphLayout.parseInstance(gate, names).totalSize();
  }

  private void settleEach(Outcome outcome) {
    for (String name : names) {
      ((Permit) gate.tryAdmit(name, Attempt.FRESH)).settle(outcome);
    }
  }

  private void report(String what, long bytes) {
    System.out.printf("%s: %.1f B each, %.1f MB%n", what, (double) bytes / FULL, bytes / 1e6);
  }

  @Test
  void aLiveDestinationTakes174Bytes() {
    settleEach(Outcome.DELIVERED);
    long used = bytes() - empty;
    report("live", used);
    assertThat(used / FULL).isLessThanOrEqualTo(174);
    assertThat(used).isLessThanOrEqualTo(16_000_000);
  }

  @Test
  void aSuspendedDestinationTakesItsTroublesBesides() {
    settleEach(Outcome.UNREACHABLE);
    long used = bytes() - empty;
    report("suspended", used);
    assertThat(used / FULL).isLessThanOrEqualTo(359);
  }

  @Test
  void aPermitTakes32Bytes() {
    Permit permit = (Permit) gate.tryAdmit(names[0], Attempt.FRESH);
    assertThat(ClassLayout.parseInstance(permit).instanceSize()).isEqualTo(32);
  }
}
