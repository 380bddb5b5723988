package org.mailweir.lab.world;

/** How an attempt to deliver, or a probe, ends. */
public enum Ending {
  /** 250 after the final dot. */
  DELIVERED,
  /** A temporary error for the recipient. */
  DEFERRED,
  /** It was ready for MAIL, and we had nothing to send. */
  READY,
  /** 421, or too many connections, instead of a greeting. */
  PUSHED_BACK,
  /** The connection was refused. */
  REFUSED,
  /** Not connected, or not greeted, in time. */
  TIMED_OUT;

  /** Returns whether the host could not be reached at all. */
  public boolean isUnreachable() {
    return this == REFUSED || this == TIMED_OUT;
  }
}
