package org.mailweir.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.openjdk.jol.info.GraphLayout;

/**
 * What each peer keeps for a live destination, its share of the table included and its name not.
 * Bytes are those of a virtual machine with compressed pointers.
 */
final class PeerFootprintTest {
  private static final int DESTINATIONS = 2_048;

  @ParameterizedTest
  @EnumSource(names = "MAILWEIR|SEMAPHORE|.*EXCEPTION.*", mode = Mode.MATCH_NONE)
  void printsWhatADestinationTakes(Peer peer) {
    Destinations names = new Destinations(DESTINATIONS, false);
    AdmissionControl<?> control = peer.make();
    long empty = GraphLayout.parseInstance(control, names).totalSize();
    for (String destination : names.all()) {
      control.admitAndSettle(destination);
    }
    long used = GraphLayout.parseInstance(control, names).totalSize() - empty;
    System.out.printf("%s: %.1f B a destination%n", peer, (double) used / DESTINATIONS);
    assertThat(used).isPositive();
  }
}
