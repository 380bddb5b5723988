package org.mailweir.core;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * The gate's totals; they never go backwards.
 *
 * <p>Thread safety: none but where said; the gate's lock guards it.
 */
final class Counters {
  private final long[] refused = new long[Refusal.Reason.values().length];
  private final LongAdder repeatedRefusals = new LongAdder(); // of suspended sites
  private final long[] settled = new long[Outcome.values().length];
  final int[] standings = new int[Standing.values().length];
  long admitted;
  long detached;
  long requeued;
  long probes;
  long transitions;
  int connecting; // deliveries in flight that are not ready
  int slow; // deliveries in flight to slow sites
  int waiting; // admissions

  void refused(Refusal.Reason reason) {
    refused[reason.ordinal()]++;
  }

  /** Counts a refusal of a suspended site. Thread safety: may be called without the lock. */
  void repeatedRefusal() {
    repeatedRefusals.increment();
  }

  void settled(Outcome outcome) {
    settled[outcome.ordinal()]++;
  }

  Map<Refusal.Reason, Long> refused() {
    Map<Refusal.Reason, Long> result = new EnumMap<>(Refusal.Reason.class);
    for (Refusal.Reason reason : Refusal.Reason.values()) {
      result.put(reason, refused[reason.ordinal()]);
    }
    result.merge(Refusal.Reason.SUSPENDED, repeatedRefusals.sum(), Long::sum);
    return result;
  }

  Map<Outcome, Long> settled() {
    Map<Outcome, Long> result = new EnumMap<>(Outcome.class);
    for (Outcome outcome : Outcome.values()) {
      result.put(outcome, settled[outcome.ordinal()]);
    }
    return result;
  }

  Map<Standing, Integer> standings() {
    Map<Standing, Integer> result = new EnumMap<>(Standing.class);
    for (Standing standing : Standing.values()) {
      result.put(standing, standings[standing.ordinal()]);
    }
    return result;
  }
}
