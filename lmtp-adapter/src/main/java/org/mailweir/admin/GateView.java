package org.mailweir.admin;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.DestinationStatus;
import org.mailweir.core.GateStats;
import org.mailweir.core.Standing;
import org.mailweir.core.TimeSource;

/** The gate as the page shows it: taken once a showing, so that its parts agree. */
final class GateView {
  private static final int LOOKED_AT = 1000;

  private final DestinationGate<?> gate;
  private final TimeSource timeSource;
  private final Clock clock;

  GateView(DestinationGate<?> gate, TimeSource timeSource, Clock clock) {
    this.gate = gate;
    this.timeSource = timeSource;
    this.clock = clock;
  }

  /**
   * What there was at one moment.
   *
   * @param busiest of the destinations the thousand with the most mail
   * @param shadow whether nothing is refused
   */
  record Snapshot(
      Moment now, GateStats stats, List<? extends DestinationStatus<?>> busiest, boolean shadow) {
    /** Returns those with mail that waits or was refused, and those not simply live. */
    List<? extends DestinationStatus<?>> heldBack() {
      return busiest.stream().filter(Snapshot::isHeldBack).toList();
    }

    /** Returns those with deliveries under way and nothing else to tell. */
    List<? extends DestinationStatus<?>> goingWell() {
      return busiest.stream()
          .filter(status -> status.inFlight() > 0 && !isHeldBack(status))
          .toList();
    }

    /** Returns whether there may be destinations beside those that were looked at. */
    boolean isCut() {
      return stats.destinations() > busiest.size();
    }

    private static boolean isHeldBack(DestinationStatus<?> status) {
      return status.waiting() > 0
          || status.refused() > 0
          || status.suspendedByHandUntil().isPresent()
          || (status.standing() != Standing.LIVE && status.standing() != Standing.NEW);
    }
  }

  Snapshot look() {
    return new Snapshot(
        Moment.now(clock, timeSource),
        gate.stats(),
        gate.busiest(LOOKED_AT),
        gate.shadow().isPresent());
  }

  /** Returns the earlier of two readings of one clock. */
  static Optional<Long> earlier(Optional<Long> one, Optional<Long> other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one.or(() -> other);
    }
    return one.get() - other.get() <= 0 ? one : other;
  }
}
