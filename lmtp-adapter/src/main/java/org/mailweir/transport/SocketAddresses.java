package org.mailweir.transport;

import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Reads and writes {@code HOST:PORT}. */
public final class SocketAddresses {
  private SocketAddresses() {}

  /**
   * Parses {@code 127.0.0.1:10083}, {@code [::1]:10083} or {@code name:10083}; names are looked up.
   *
   * @throws IllegalArgumentException if the text is something else, or the name is unknown
   */
  public static InetSocketAddress parse(String text) {
    HostAndPort parsed;
    try {
      parsed = HostAndPort.fromString(text).requireBracketsForIPv6();
    } catch (IllegalArgumentException invalid) {
      throw notAddress(text);
    }
    if (!parsed.hasPort() || parsed.getHost().isEmpty()) {
      throw notAddress(text);
    }
    return new InetSocketAddress(lookup(parsed.getHost()), parsed.getPort());
  }

  /** Formats with the address in numbers, IPv6 in brackets. */
  public static String format(InetSocketAddress address) {
    return InetAddresses.toUriString(address.getAddress()) + ":" + address.getPort();
  }

  private static InetAddress lookup(String host) {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException unknown) {
      throw new IllegalArgumentException("unknown host '" + host + "'", unknown);
    }
  }

  private static IllegalArgumentException notAddress(String text) {
    return new IllegalArgumentException(
        "'" + text + "' is not HOST:PORT, such as 127.0.0.1:10083 or [::1]:10083");
  }
}
