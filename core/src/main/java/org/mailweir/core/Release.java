package org.mailweir.core;

/**
 * Spreads the turns of those that waited in a local outage over the second after it. When as many
 * have had their turn it is over: others are not held up.
 *
 * <p>Thread safety: none; the gate's lock guards it.
 */
final class Release {
  static final long TIME = 1_000_000_000L;

  private boolean active;
  private long began;
  private int waiting;
  private int released;

  /** Begins, with so many that wait. */
  void begin(int waiting, long now) {
    active = true;
    began = now;
    this.waiting = waiting;
    released = 0;
  }

  /** Returns whether one more may have its turn by now. */
  boolean allows(long now) {
    long elapsed = now - began;
    if (elapsed >= TIME || released >= waiting) {
      active = false;
    }
    return !active || released <= waiting * (double) elapsed / TIME;
  }

  /** Counts a turn. */
  void gaveTurn() {
    released++;
  }

  boolean isActive() {
    return active;
  }
}
