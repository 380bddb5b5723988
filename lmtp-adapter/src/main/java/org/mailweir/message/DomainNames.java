package org.mailweir.message;

import com.google.common.base.Ascii;
import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import com.google.common.net.InetAddresses;
import java.net.IDN;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;

/** Brings domains and address literals (RFC 5321 sections 4.1.2 and 4.1.3) to one form. */
final class DomainNames {
  // RFC 1035 section 2.3.4: 255 octets on the wire are 253 characters.
  private static final int MAX_NAME = 253;
  private static final int MAX_LABEL = 63;
  // A U-label may be longer in UTF-16 than as an A-label only by mapping; this bounds the work.
  private static final int MAX_INPUT = 1024;
  private static final String IPV6_TAG = "IPv6:";
  private static final Splitter LABELS = Splitter.on('.');
  // The underscore is no letter of a host name, but names with it exist and Postfix delivers to
  // them.
  private static final CharMatcher LABEL =
      CharMatcher.inRange('a', 'z').or(CharMatcher.inRange('0', '9')).or(CharMatcher.anyOf("-_"));
  private static final CharMatcher DIGITS = CharMatcher.inRange('0', '9');

  private DomainNames() {}

  static String canonical(String name) {
    if (name.isEmpty()) {
      throw new AddressException("The domain is empty");
    }
    if (name.length() > MAX_INPUT) {
      throw new AddressException("The domain is too long");
    }
    return name.startsWith("[") ? literal(name) : domain(name);
  }

  private static String domain(String name) {
    String ascii = Ascii.toLowerCase(CharMatcher.ascii().matchesAllOf(name) ? name : toAscii(name));
    String bare = ascii.endsWith(".") ? ascii.substring(0, ascii.length() - 1) : ascii;
    if (bare.length() > MAX_NAME) {
      throw new AddressException("The domain is too long");
    }
    List<String> labels = LABELS.splitToList(bare);
    labels.forEach(DomainNames::check);
    if (DIGITS.matchesAllOf(labels.get(labels.size() - 1))) {
      throw new AddressException(
          "The domain ends with a number; an address literal needs brackets");
    }
    return bare;
  }

  private static void check(String label) {
    if (label.isEmpty()) {
      throw new AddressException("The domain has an empty label");
    }
    if (label.length() > MAX_LABEL) {
      throw new AddressException("The domain has a label of more than 63 characters");
    }
    if (!LABEL.matchesAllOf(label)) {
      throw new AddressException("The domain has a character that no domain may have");
    }
    if (label.startsWith("-") || label.endsWith("-")) {
      throw new AddressException("The domain has a label that begins or ends with a hyphen");
    }
  }

  private static String toAscii(String name) {
    try {
      return IDN.toASCII(name, 0);
    } catch (IllegalArgumentException | IndexOutOfBoundsException malformed) {
      throw new AddressException("The internationalized domain has no ASCII form (RFC 3490)");
    }
  }

  private static String literal(String name) {
    if (!name.endsWith("]") || name.indexOf('%') >= 0) {
      throw new AddressException("The address literal is malformed");
    }
    String inside = name.substring(1, name.length() - 1);
    boolean tagged = inside.regionMatches(true, 0, IPV6_TAG, 0, IPV6_TAG.length());
    String text = tagged ? inside.substring(IPV6_TAG.length()) : inside;
    if (tagged != text.contains(":") || !InetAddresses.isInetAddress(text)) {
      throw new AddressException("The address literal is malformed");
    }
    InetAddress address = InetAddresses.forString(text);
    // An IPv4-mapped IPv6 address comes back as the IPv4 address that it means.
    String canonical = InetAddresses.toAddrString(address);
    return address instanceof Inet4Address
        ? "[" + canonical + "]"
        : "[" + IPV6_TAG + canonical + "]";
  }
}
