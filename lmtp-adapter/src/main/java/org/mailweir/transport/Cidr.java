package org.mailweir.transport;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.Arrays;

/**
 * A block of addresses (RFC 4632, RFC 4291 section 2.3).
 *
 * @param network its first address: all bits past the prefix are zero
 * @param prefix how many leading bits are common to all its addresses: 0 to 32, or 0 to 128 for
 *     IPv6
 */
public record Cidr(InetAddress network, int prefix) {
  /** Checks that the prefix fits the address and that no bit is set past it. */
  public Cidr {
    int bits = 8 * network.getAddress().length;
    if (prefix < 0 || prefix > bits) {
      throw new IllegalArgumentException("prefix /" + prefix + " is not from 0 to " + bits);
    }
    byte[] address = network.getAddress();
    if (!Arrays.equals(address, masked(address, prefix))) {
      throw new IllegalArgumentException(
          InetAddresses.toAddrString(network) + "/" + prefix + " has bits set past its prefix");
    }
  }

  /**
   * Parses {@code 192.0.2.0/24}, {@code 2001:db8::/32}, or a single address.
   *
   * @throws IllegalArgumentException if the text is something else
   */
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    // Inet6Address takes a zone, which says nothing about a remote client.
    if (!InetAddresses.isInetAddress(address) || address.indexOf('%') >= 0) {
      throw notCidr(text);
    }
    InetAddress network = InetAddresses.forString(address);
    if (slash < 0) {
      return new Cidr(network, 8 * network.getAddress().length);
    }
    String prefix = text.substring(slash + 1);
    if (!prefix.matches("\\d{1,3}")) {
      throw notCidr(text);
    }
    return new Cidr(network, Integer.parseInt(prefix));
  }

  /** Returns whether the address is in the block. One of the other family never is. */
  public boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    byte[] first = network.getAddress();
    return bytes.length == first.length && Arrays.equals(masked(bytes, prefix), first);
  }

  @Override
  public String toString() {
    return InetAddresses.toAddrString(network) + "/" + prefix;
  }

  private static byte[] masked(byte[] address, int prefix) {
    byte[] result = address.clone();
    for (int i = 0; i < result.length; i++) {
      int bits = Math.max(0, Math.min(8, prefix - 8 * i));
      result[i] &= (byte) (0xff << (8 - bits));
    }
    return result;
  }

  private static IllegalArgumentException notCidr(String text) {
    return new IllegalArgumentException(
        "'" + text + "' is not a block of addresses such as 192.0.2.0/24 or 2001:db8::/32");
  }
}
