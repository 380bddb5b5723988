package org.mailweir.examples.herd;

import java.util.List;

/**
 * What came of a run.
 *
 * @param moments from the calm before the herd to the end, oldest first; at least one
 * @param peakAtReturned most connections that the returned host saw open at once
 * @param twice recipients that got a message more than once
 */
record RunResult(Policy policy, List<Moment> moments, int peakAtReturned, long twice) {
  RunResult {
    moments = List.copyOf(moments);
  }

  Moment last() {
    return moments.get(moments.size() - 1);
  }

  /** Returns the most clients that were held at once since the herd came. */
  int mostHeld() {
    return moments.stream()
        .filter(m -> m.seconds() >= 0)
        .mapToInt(Moment::clientsHeld)
        .max()
        .orElse(0);
  }
}
