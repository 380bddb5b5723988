package org.mailweir.dns;

import java.net.InetAddress;
import java.util.List;
import org.mailweir.message.Destination;

/**
 * Looks up the hosts that take a destination's mail (RFC 5321 section 5.1).
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public interface MailExchangers {
  /** Returns what was found. Blocks until it is known or the resolver's time is over. */
  Route lookup(Destination destination) throws InterruptedException;

  /** The result of a lookup. */
  sealed interface Route permits Hosts, NoMail, Unresolved {}

  /**
   * Addresses to try in this order: by preference, hosts of one preference in random order, address
   * families of one preference interleaved. Never empty.
   */
  record Hosts(List<Host> hosts) implements Route {}

  /** One address of one host; the name is the address literal itself where there is no name. */
  record Host(String name, InetAddress address) {}

  /**
   * The destination takes no mail, for good.
   *
   * @param status such as 5.1.2 (no such domain), 5.1.10 (null MX, RFC 7505), 5.4.6 (we are its MX)
   * @param code such as 550 or 556
   */
  record NoMail(int code, String status, String text) implements Route {}

  /** Not known for now; try later. The text names the cause, in words. */
  record Unresolved(String text) implements Route {}
}
