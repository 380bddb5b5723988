package org.mailweir.jmh;

import org.jspecify.annotations.Nullable;

/**
 * What the benchmarks ask of every peer: leave for one delivery, and its end.
 *
 * <p>Thread safety: all methods may be called by any thread.
 *
 * @param <P> what an admitted delivery holds until it is settled
 */
interface AdmissionControl<P> {
  /** Admits a delivery, or returns null if it is refused. Never blocks. */
  @Nullable P tryAdmit(String destination);

  /** Ends an admitted delivery; called once for each. */
  void settle(P permit, boolean delivered);

  /** Admits a delivery and ends it as delivered; returns false if it was refused. */
  default boolean admitAndSettle(String destination) {
    P permit = tryAdmit(destination);
    if (permit == null) {
      return false;
    }
    settle(permit, true);
    return true;
  }

  /** Admits a delivery and ends it as failed; returns false if it was refused. */
  default boolean admitAndFail(String destination) {
    P permit = tryAdmit(destination);
    if (permit == null) {
      return false;
    }
    settle(permit, false);
    return true;
  }
}
