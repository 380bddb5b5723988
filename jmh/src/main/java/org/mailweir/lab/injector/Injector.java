package org.mailweir.lab.injector;

import org.mailweir.lab.mail.Message;

/** Where mail comes from, and where it stays while it is not delivered. */
public interface Injector {
  /** Takes a new message. */
  void submit(Message message);

  /**
   * Has a message that was deferred before the run began.
   *
   * @param due when it would be tried by itself, in seconds from now
   */
  void defer(Message message, double due);

  /** Has a message that is about to be tried, before all mail that comes later. */
  void activate(Message message);

  /** Makes all deferred mail due. */
  void flush();

  /** Returns how many messages are in its queues. */
  int pending();

  /** Returns how many clients hold a message now. */
  int clientsHeld();

  /** Returns the most clients that held one at once. */
  int mostClientsHeld();

  /** Returns how many clients held a message, on average since the beginning. */
  double meanClientsHeld();

  /** Returns the longest that a client was held by a message of which something was deferred. */
  double longestInVain();
}
