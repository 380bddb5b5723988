package org.mailweir.lmtp;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Predicate;

/**
 * Says who may speak LMTP to the server: the addresses of a list of networks. An IPv4 address
 * mapped into IPv6 counts as the IPv4 address.
 *
 * <p>Thread safety: immutable.
 */
public final class TrustedPeers implements Predicate<InetAddress> {
  private static final class Network {
    private final byte[] address;
    private final int bits;

    Network(byte[] address, int bits) {
      this.address = address;
      this.bits = bits;
    }

    boolean contains(byte[] other) {
      if (other.length != address.length) {
        return false;
      }
      int whole = bits / 8;
      for (int i = 0; i < whole; i++) {
        if (other[i] != address[i]) {
          return false;
        }
      }
      int mask = 0xff00 >> bits % 8 & 0xff;
      return mask == 0 || (other[whole] & mask) == (address[whole] & mask);
    }
  }

  private final List<Network> networks;

  private TrustedPeers(List<Network> networks) {
    this.networks = networks;
  }

  /** Trusts this machine only: 127.0.0.0/8 and ::1. */
  public static TrustedPeers loopback() {
    return of(List.of("127.0.0.0/8", "::1/128"));
  }

  /**
   * Trusts these networks only.
   *
   * @param networks such as {@code 192.0.2.0/24}, {@code 2001:db8::/32} or a single address
   * @throws IllegalArgumentException if one is malformed, or has bits set behind its prefix
   */
  public static TrustedPeers of(List<String> networks) {
    return new TrustedPeers(networks.stream().map(TrustedPeers::parse).toList());
  }

  @Override
  public boolean test(InetAddress peer) {
    byte[] address = peer.getAddress();
    return networks.stream().anyMatch(network -> network.contains(address));
  }

  private static Network parse(String text) {
    int slash = text.indexOf('/');
    String host = slash < 0 ? text : text.substring(0, slash);
    if (!InetAddresses.isInetAddress(host)) {
      throw new IllegalArgumentException("not a network: " + text);
    }
    byte[] address = InetAddresses.forString(host).getAddress();
    int bits = slash < 0 ? 8 * address.length : prefix(text.substring(slash + 1), text);
    if (bits > 8 * address.length) {
      throw new IllegalArgumentException("not a network: " + text + ", the prefix is too long");
    }
    for (int bit = bits; bit < 8 * address.length; bit++) {
      if ((address[bit / 8] & 0x80 >> bit % 8) != 0) {
        throw new IllegalArgumentException(
            "not a network: " + text + ", it has bits set behind its prefix");
      }
    }
    return new Network(address, bits);
  }

  private static int prefix(String digits, String text) {
    if (!digits.matches("[0-9]{1,3}")) {
      throw new IllegalArgumentException("not a network: " + text);
    }
    return Integer.parseInt(digits);
  }
}
