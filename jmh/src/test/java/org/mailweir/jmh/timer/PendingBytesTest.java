package org.mailweir.jmh.timer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openjdk.jol.info.GraphLayout;

/**
 * What a planned timer takes, spread over an hour; the benchmark's own array of them not. Bytes are
 * those of a virtual machine with compressed pointers.
 */
final class PendingBytesTest {
  private static final int TIMERS = 100_000;

  @ParameterizedTest
  @EnumSource
  void printsWhatAPlannedTimerTakes(TimerPeer peer) {
    SplittableRandom random = new SplittableRandom(42);
    try (Timers timers = peer.make(TIMERS, Due.IN_AN_HOUR)) {
      long empty = GraphLayout.parseInstance(timers).totalSize();
      for (int slot = 0; slot < TIMERS; slot++) {
        timers.schedule(slot, Due.IN_AN_HOUR.next(random));
      }
      long used = GraphLayout.parseInstance(timers).totalSize();
      // Agrona's arrays are there from the start; each slot of the benchmark's own takes 8 B.
      used -= peer == TimerPeer.AGRONA ? 8L * TIMERS : empty;
      double each = (double) used / TIMERS;
      System.out.printf("%s: %.1f B a planned timer%n", peer, each);
      if (peer == TimerPeer.MAILWEIR_WHEEL) {
        assertThat(each).isEqualTo(32);
      }
    }
  }
}
