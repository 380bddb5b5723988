package org.mailweir.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The limiters do what the benchmark measures. */
final class LimiterPeerTest {
  private static final int PERMITS = 7;

  @ParameterizedTest
  @EnumSource
  void hasSoManyPermitsAndGetsThemBack(LimiterPeer peer) {
    Limit<?> limit = peer.make(PERMITS);
    assertThat(takeAllAndGiveBack(limit)).isEqualTo(PERMITS);
    assertThat(takeAllAndGiveBack(limit)).isEqualTo(PERMITS);
  }

  private static <P> int takeAllAndGiveBack(Limit<P> limit) {
    List<P> taken = new ArrayList<>();
    for (P permit = limit.take().tryTake();
        permit != null && taken.size() <= PERMITS;
        permit = limit.take().tryTake()) {
      taken.add(permit);
    }
    taken.forEach(limit.give());
    return taken.size();
  }
}
