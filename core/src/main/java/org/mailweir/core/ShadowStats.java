package org.mailweir.core;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a gate in shadow mode would have done; see {@link GateBuilder#shadow}. All are totals that
 * never go backwards.
 *
 * <p>Of those that it would have refused as {@code SUSPENDED}, say, those that ended as {@link
 * Outcome#UNREACHABLE} would have been refused rightly, and those {@link Outcome#DELIVERED}
 * wrongly.
 *
 * @param wouldWait deliveries that would have waited for a turn, and began at once
 * @param wouldRefuse deliveries that would have been refused, by reason, and began all the same
 * @param outcomes what became of the latter, by reason; those still under way are in none
 */
public record ShadowStats(
    long wouldWait,
    Map<Refusal.Reason, Long> wouldRefuse,
    Map<Refusal.Reason, Map<Outcome, Long>> outcomes) {
  /** Copies the maps. */
  public ShadowStats {
    wouldRefuse = Map.copyOf(wouldRefuse);
    Map<Refusal.Reason, Map<Outcome, Long>> copy = new EnumMap<>(Refusal.Reason.class);
    outcomes.forEach((reason, counts) -> copy.put(reason, Map.copyOf(counts)));
    outcomes = Collections.unmodifiableMap(copy);
  }
}
