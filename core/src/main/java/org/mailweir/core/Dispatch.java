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
  /** {@return where the message is to go} */
  D destination();

  /** {@return the message} */
  M message();

  /**
   * Deliver it now: it is due and permitted.
   *
   * @param destination where the message is to go
   * @param message the message
   * @param permit in flight already; settle it, whatever comes of the message
   * @param <D> destination
   * @param <M> message
   */
  record Permitted<D, M>(D destination, M message, Permit permit) implements Dispatch<D, M> {
    /**
     * Checks the arguments.
     *
     * @param destination see {@link #destination}
     * @param message see {@link #message}
     * @param permit see {@link #permit}
     */
    public Permitted {
      requireNonNull(destination);
      requireNonNull(message);
      requireNonNull(permit);
    }
  }

  /**
   * Give it up: its lifetime is over.
   *
   * @param destination where the message was to go
   * @param message the message
   * @param <D> destination
   * @param <M> message
   */
  record Expired<D, M>(D destination, M message) implements Dispatch<D, M> {
    /**
     * Checks the arguments.
     *
     * @param destination see {@link #destination}
     * @param message see {@link #message}
     */
    public Expired {
      requireNonNull(destination);
      requireNonNull(message);
    }
  }

  /**
   * Keep it elsewhere: the backlog was closed before it had its turn.
   *
   * @param destination where the message was to go
   * @param message the message
   * @param <D> destination
   * @param <M> message
   */
  record Returned<D, M>(D destination, M message) implements Dispatch<D, M> {
    /**
     * Checks the arguments.
     *
     * @param destination see {@link #destination}
     * @param message see {@link #message}
     */
    public Returned {
      requireNonNull(destination);
      requireNonNull(message);
    }
  }
}
