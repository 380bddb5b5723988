package org.mailweir.core;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what a gate in shadow mode would have done.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class ShadowCounts {
  private static final Refusal.Reason[] REASONS = Refusal.Reason.values();
  private static final Outcome[] OUTCOMES = Outcome.values();

  private final LongAdder waits = new LongAdder();
  private final LongAdder[] refusals = adders(REASONS.length);
  private final LongAdder[][] outcomes = new LongAdder[REASONS.length][];

  ShadowCounts() {
    for (int i = 0; i < outcomes.length; i++) {
      outcomes[i] = adders(OUTCOMES.length);
    }
  }

  private static LongAdder[] adders(int count) {
    LongAdder[] adders = new LongAdder[count];
    for (int i = 0; i < count; i++) {
      adders[i] = new LongAdder();
    }
    return adders;
  }

  void wouldWait() {
    waits.increment();
  }

  void wouldRefuse(Refusal.Reason reason) {
    refusals[reason.ordinal()].increment();
  }

  void ended(Refusal.Reason reason, Outcome outcome) {
    outcomes[reason.ordinal()][outcome.ordinal()].increment();
  }

  ShadowStats stats() {
    Map<Refusal.Reason, Long> refused = new EnumMap<>(Refusal.Reason.class);
    Map<Refusal.Reason, Map<Outcome, Long>> ended = new EnumMap<>(Refusal.Reason.class);
    for (Refusal.Reason reason : REASONS) {
      Map<Outcome, Long> counts = new EnumMap<>(Outcome.class);
      for (Outcome outcome : OUTCOMES) { // read before the refusals: never more ended than began
        counts.put(outcome, outcomes[reason.ordinal()][outcome.ordinal()].sum());
      }
      ended.put(reason, counts);
      refused.put(reason, refusals[reason.ordinal()].sum());
    }
    return new ShadowStats(waits.sum(), refused, ended);
  }
}
