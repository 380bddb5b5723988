package org.mailweir.transport;

import com.google.common.net.InetAddresses;
import java.net.IDN;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Finds the name that we go by. */
final class HostName {
  private HostName() {}

  /** Returns the name of this host, qualified if the system knows how; else {@code localhost}. */
  static String ofThisHost() {
    try {
      InetAddress local = InetAddress.getLocalHost();
      String canonical = local.getCanonicalHostName();
      // Without a reverse record the "canonical name" is the address.
      return InetAddresses.isInetAddress(canonical) ? local.getHostName() : canonical;
    } catch (UnknownHostException unnamed) {
      return "localhost";
    }
  }

  /**
   * Returns a mail domain in the form for EHLO: A-labels, or an address literal in brackets for a
   * relay that goes by its address.
   *
   * @throws IllegalArgumentException if it cannot be written in A-labels
   */
  static String of(String domain) {
    String address = domain.replaceFirst("^\\[(?:IPv6:)?(.*)\\]$", "$1");
    if (InetAddresses.isInetAddress(address)) {
      InetAddress parsed = InetAddresses.forString(address);
      String text = InetAddresses.toAddrString(parsed);
      return parsed instanceof Inet6Address ? "[IPv6:" + text + "]" : "[" + text + "]";
    }
    try {
      return IDN.toASCII(domain);
    } catch (IllegalArgumentException invalid) {
      throw new IllegalArgumentException("'" + domain + "' is not a host name", invalid);
    }
  }
}
