package org.mailweir.core;

/**
 * Hears of what changes rarely. Calls come one at a time, in order, outside every lock, on
 * whichever thread caused them; an exception is swallowed after it was handed to the thread's
 * uncaught exception handler.
 */
public interface GateListener<D> {
  /** The standing of a destination changed. {@code cause} is in words and may be empty. */
  default void onTransition(D destination, Standing from, Standing to, String cause) {}

  /** A local outage is assumed from now on: live destinations' mail is held, not refused. */
  default void onOutage() {}

  /** The local outage is over. */
  default void onOutageOver() {}
}
