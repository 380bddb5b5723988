package org.mailweir.smtp;

import org.mailweir.message.Destination;

/**
 * Opens connections to destinations. Blocking; one caller thread each.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public interface SmtpConnector {
  /**
   * Returns a connection that is ready for MAIL: an idle one, or a new one. A new one tries all
   * addresses of the destination's mail exchangers in order of preference, staggered, and fails
   * only when all have failed.
   *
   * @throws ConnectFailure if none could be had; its kind tells what that says of the destination
   */
  SmtpConnection connect(Destination destination, ConnectObserver observer)
      throws ConnectFailure, InterruptedException;

  /**
   * Tries a destination: connects as for a delivery, never over an idle connection, then quits.
   *
   * @throws ConnectFailure if it could not be reached
   */
  void probe(Destination destination) throws ConnectFailure, InterruptedException;

  /** Hears how far an attempt is, and may end it. */
  interface ConnectObserver {
    /** A TCP connection stands (the first one, if several addresses are tried). */
    void connected();

    /**
     * Hands over a way to end the attempt, before it begins: running it closes its sockets, and
     * {@code connect} throws a {@link ConnectFailure} of kind {@code ABORTED}.
     */
    void abortWith(Runnable abort);
  }
}
