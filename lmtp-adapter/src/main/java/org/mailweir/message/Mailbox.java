package org.mailweir.message;

/**
 * An address split in two (RFC 5321 section 4.1.2, RFC 6531 section 3.3), both parts as received:
 * quotes and letter case are kept.
 *
 * @param localPart what stands before the at sign, with its quotes
 * @param domain domain or address literal, unchecked but for its characters; empty where there is
 *     no at sign
 */
public record Mailbox(String localPart, String domain) {
  // RFC 5321 section 4.5.3.1 has 64 for the local part and asks not to enforce it where that can be
  // avoided; return addresses made by VERP, SRS and BATV are longer, and Postfix sends them.
  private static final int MAX_LOCAL_PART = 255;
  private static final int MAX_DOMAIN = 255;
  private static final String SPECIALS = "()<>[]:;@\\,\" ";

  /**
   * Splits an address without angle brackets and checks its form. Dots may stand anywhere in the
   * local part: such addresses exist, and the remote host is the judge of them.
   *
   * @throws AddressException if this is no address
   */
  public static Mailbox parse(String address) {
    refuseControlCharacters(address);
    int at = address.startsWith("\"") ? endOfQuoted(address) : endOfDotString(address);
    String localPart = address.substring(0, at);
    if (localPart.isEmpty()) {
      throw new AddressException("The address has no local part");
    }
    if (localPart.length() > MAX_LOCAL_PART) {
      throw new AddressException("The local part of the address is too long");
    }
    if (at == address.length()) {
      return new Mailbox(localPart, "");
    }
    if (address.charAt(at) != '@') {
      throw new AddressException("The address is malformed");
    }
    String domain = address.substring(at + 1);
    checkDomain(domain);
    return new Mailbox(localPart, domain);
  }

  private static int endOfQuoted(String address) {
    for (int i = 1; i < address.length(); i++) {
      char c = address.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '"') {
        return i + 1;
      }
    }
    throw new AddressException("The quoted local part has no end");
  }

  private static int endOfDotString(String address) {
    for (int i = 0; i < address.length(); i++) {
      if (SPECIALS.indexOf(address.charAt(i)) >= 0) {
        return i;
      }
    }
    return address.length();
  }

  private static void checkDomain(String domain) {
    if (domain.isEmpty()) {
      throw new AddressException("The address has no domain after the at sign");
    }
    if (domain.length() > MAX_DOMAIN) {
      throw new AddressException("The domain is too long");
    }
    boolean literal = domain.startsWith("[") && domain.endsWith("]");
    String inside = literal ? domain.substring(1, domain.length() - 1) : domain;
    for (int i = 0; i < inside.length(); i++) {
      char c = inside.charAt(i);
      if (SPECIALS.indexOf(c) >= 0 && !(literal && c == ':')) {
        throw new AddressException("The domain has a character that no domain may have");
      }
    }
  }

  private static void refuseControlCharacters(String address) {
    for (int i = 0; i < address.length(); i++) {
      if (Character.isISOControl(address.charAt(i))) {
        throw new AddressException("The address has a control character");
      }
    }
  }
}
