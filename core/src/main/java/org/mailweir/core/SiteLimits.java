package org.mailweir.core;

import org.jspecify.annotations.Nullable;

/**
 * What the embedder has set for one site. Most sites have none, and no object.
 *
 * <p>Thread safety: none; the gate's lock guards it.
 */
final class SiteLimits<D> {
  final @Nullable Pace<D> pace;
  final @Nullable ByteBudget bytes;
  @Nullable ByHand<D> byHand;

  SiteLimits(@Nullable Pace<D> pace, @Nullable ByteBudget bytes) {
    this.pace = pace;
    this.bytes = bytes;
  }

  /** Returns how often it pins its site. */
  int pins() {
    return (pace != null && pace.isScheduled() ? 1 : 0) + (byHand != null ? 1 : 0);
  }
}
