package org.mailweir.core;

import java.util.EnumMap;
import java.util.Map;

/**
 * The gate's totals; they never go backwards.
 *
 * <p>Thread safety: none; the gate's lock guards it.
 */
final class Counters {
  private final long[] refused = new long[Refusal.Reason.values().length];
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

  void settled(Outcome outcome) {
    settled[outcome.ordinal()]++;
  }

  Map<Refusal.Reason, Long> refused() {
    Map<Refusal.Reason, Long> result = new EnumMap<>(Refusal.Reason.class);
    for (Refusal.Reason reason : Refusal.Reason.values()) {
      result.put(reason, refused[reason.ordinal()]);
    }
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
