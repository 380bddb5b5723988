package org.mailweir.core;

/**
 * What an attempt taught about the <em>destination</em>. The fate of the message is another matter:
 * a 4xx to one recipient defers the message and proves the destination alive.
 */
public enum Outcome {
  /** A 2xx after the final dot, for at least one recipient. Only this grows the window. */
  DELIVERED(true),
  /** A permanent answer (5xx) at or after MAIL: alive, nothing said about its capacity. */
  REJECTED(true),
  /**
   * A transient answer (4xx) at or after MAIL, greylisting say: alive; many in a row halve the
   * window.
   */
  DEFERRED(true),
  /**
   * A transient answer that asks for less (4.7.x, 4.3.2, "too many", "rate"): alive; halves the
   * window.
   */
  THROTTLED(true),
  /**
   * Reached the point where MAIL may be sent, and sent nothing: how a probe, or an attempt that
   * nobody waits for any more, ends well.
   */
  READY(true),
  /** 421, or too many connections, at any step: the connections it has accepted are its ceiling. */
  PUSHED_BACK(false),
  /**
   * Connect, banner, EHLO or TLS failed on all addresses. The only outcome that speaks against it.
   */
  UNREACHABLE(false),
  /** The name could not be looked up for now; the resolver may be ours. */
  UNRESOLVED(false),
  /** Nothing was learned: given up by us, or the connection was lost after it was ready. */
  UNKNOWN(false);

  private final boolean alive;

  Outcome(boolean alive) {
    this.alive = alive;
  }

  /** {@return whether this proves that the destination answers} */
  public boolean provesAlive() {
    return alive;
  }
}
