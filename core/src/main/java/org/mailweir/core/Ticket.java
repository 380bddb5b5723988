package org.mailweir.core;

/**
 * The claim on one message in a {@link Backlog}.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public interface Ticket {
  /**
   * Takes the message out of the backlog, whatever it waits for.
   *
   * @return whether it was still there, and so will never be handed out; false if it was handed out
   *     or cancelled before
   */
  boolean cancel();

  /** {@return whether the message is in the backlog: neither handed out nor cancelled} */
  boolean isPending();
}
