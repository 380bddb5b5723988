package org.mailweir.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The peers do what the benchmarks measure: or their figures would compare nothing. */
final class PeerTest {
  private static final int DESTINATIONS = 3 * Peer.CLIENTS;

  @ParameterizedTest
  @EnumSource
  void admitsForEverWhatIsSettled(Peer peer) {
    AdmissionControl<?> control = peer.make();
    for (int i = 0; i < 100 * DESTINATIONS; i++) {
      assertThat(control.admitAndSettle(name(i))).as("delivery %d", i).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(names = ".*BREAKER.*", mode = Mode.MATCH_NONE)
  void refusesBeyondTheClientsAndGetsThemBack(Peer peer) {
    AdmissionControl<?> control = peer.make();
    learn(control);
    int first = admittedAtOnce(control, DESTINATIONS);
    int again = admittedAtOnce(control, DESTINATIONS);
    assertThat(first).isBetween(Peer.CLIENTS * 9 / 10, Peer.CLIENTS);
    assertThat(again).isEqualTo(first);
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "MAILWEIR",
        "SEMAPHORE_MAP_BULKHEAD",
        "LOCKED_COUNTERS",
        "ATOMIC_COUNTERS",
        "FAILSAFE_BULKHEADS",
        "NETFLIX_LIMITERS"
      })
  void refusesBeyondTheLimitOfOneDestination(Peer peer) {
    AdmissionControl<?> control = peer.make();
    learn(control);
    int first = admittedAtOnce(control, 1);
    int again = admittedAtOnce(control, 1);
    assertThat(first).isBetween(2, Peer.PER_DESTINATION);
    assertThat(again).isGreaterThanOrEqualTo(first).isLessThan(Peer.CLIENTS);
  }

  @ParameterizedTest
  @EnumSource(names = "MAILWEIR|.*BREAKER.*", mode = Mode.MATCH_ANY)
  void refusesTheDestinationThatFailsAndNoOther(Peer peer) {
    AdmissionControl<?> control = peer.make();
    learn(control);
    int failures = 0;
    while (control.admitAndFail(name(0))) {
      failures++;
      assertThat(failures).isLessThanOrEqualTo(3);
    }
    assertThat(failures).isEqualTo(3);
    assertThat(control.admitAndSettle(name(0))).isFalse();
    assertThat(control.admitAndSettle(name(1))).isTrue();
  }

  private static void learn(AdmissionControl<?> control) {
    for (int i = 0; i < DESTINATIONS; i++) {
      control.admitAndSettle(name(i));
    }
  }

  /** Admits until the first refusal, then settles all that was admitted. */
  private static <P> int admittedAtOnce(AdmissionControl<P> control, int destinations) {
    List<P> permits = new ArrayList<>();
    for (P permit = control.tryAdmit(name(0));
        permit != null;
        permit = control.tryAdmit(name(permits.size() % destinations))) {
      permits.add(permit);
      assertThat(permits).hasSizeLessThanOrEqualTo(Peer.CLIENTS);
    }
    permits.forEach(permit -> control.settle(permit, true));
    return permits.size();
  }

  private static String name(int i) {
    return "mail" + i % DESTINATIONS + ".example";
  }
}
