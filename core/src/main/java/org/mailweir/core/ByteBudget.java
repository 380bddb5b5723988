package org.mailweir.core;

import org.jspecify.annotations.Nullable;
import org.mailweir.core.Refusal.Reason;

/**
 * How many bytes are in flight, and how many may be. A message larger than that goes alone: it fits
 * where nothing else is in flight, or it would never be sent.
 *
 * <p>So {@code 0 <= inUse <= limit}, but for a single larger message. The sum cannot overflow.
 *
 * <p>Thread safety: none; the gate's lock guards it.
 */
final class ByteBudget {
  static final long UNLIMITED = Long.MAX_VALUE;

  private final String whose;
  private final long limit;
  private long inUse;
  private @Nullable Refusal refusal;
  private long refusalInUse;

  /** Makes a budget of so many bytes, at least 1. */
  ByteBudget(String whose, long limit) {
    this.whose = whose;
    this.limit = limit;
  }

  long limit() {
    return limit;
  }

  long inUse() {
    return inUse;
  }

  boolean fits(long bytes) {
    return bytes == 0 || inUse == 0 || bytes <= limit - inUse;
  }

  /**
   * Takes bytes. Whoever takes has asked whether they {@link #fits fit}, under the same lock.
   *
   * @throws IllegalStateException if they do not: the owner's count is wrong
   */
  void take(long bytes) {
    if (!fits(bytes)) {
      throw new IllegalStateException("no room for " + bytes + " in " + this);
    }
    inUse += bytes;
  }

  /**
   * Gives back what was taken.
   *
   * @throws IllegalStateException if it was not: it would be made from nothing
   */
  void give(long bytes) {
    if (bytes > inUse) {
      throw new IllegalStateException("given back to " + this + ": " + bytes);
    }
    inUse -= bytes;
  }

  /** Returns what a message is told that does not fit; a new object only if the words change. */
  Refusal refusal(long nextTry) {
    Refusal known = refusal;
    if (known == null || known.nextTryNanos() != nextTry || refusalInUse != inUse) {
      known = new Refusal(Reason.BYTES, nextTry, toString());
      refusal = known;
      refusalInUse = inUse;
    }
    return known;
  }

  @Override
  public String toString() {
    return inUse + " of " + limit + " bytes in flight " + whose;
  }
}
