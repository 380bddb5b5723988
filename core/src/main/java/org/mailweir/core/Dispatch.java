package org.mailweir.core;

import static java.util.Objects.requireNonNull;

/**
 * A message that a {@link Backlog} hands out, and what is to be done with it. The backlog has no
 * more to do with it: one that is to be tried again is deferred again.
 *
 * @param <D> destination
 * @param <M> message
 */
public sealed interface Dispatch<D, M> {
  /** Returns where the message is to go. */
  D destination();

  /** Returns the message. */
  M message();

  /**
   * Deliver it now: it is due and permitted.
   *
   * @param permit in flight already; settle it, whatever comes of the message
   */
  record Permitted<D, M>(D destination, M message, Permit permit) implements Dispatch<D, M> {
    /** Checks the arguments. */
    public Permitted {
      requireNonNull(destination);
      requireNonNull(message);
      requireNonNull(permit);
    }
  }

  /** Give it up: its lifetime is over. */
  record Expired<D, M>(D destination, M message) implements Dispatch<D, M> {
    /** Checks the arguments. */
    public Expired {
      requireNonNull(destination);
      requireNonNull(message);
    }
  }

  /** Keep it elsewhere: the backlog was closed before it had its turn. */
  record Returned<D, M>(D destination, M message) implements Dispatch<D, M> {
    /** Checks the arguments. */
    public Returned {
      requireNonNull(destination);
      requireNonNull(message);
    }
  }
}
