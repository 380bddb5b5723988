package org.mailweir.tls;

import org.mailweir.message.Destination;

/**
 * Decides how a mail exchanger of a destination must be spoken to.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
@FunctionalInterface
public interface TlsPolicies {
  /**
   * Returns what TLS must be. May block for lookups, each with a limit of its own.
   *
   * @param exchanger name of the mail exchanger, without a dot at its end; the literal itself where
   *     the destination is an address literal
   * @throws TlsRefusal if the mail must not go to this exchanger
   */
  TlsPolicy policy(Destination destination, String exchanger)
      throws TlsRefusal, InterruptedException;
}
