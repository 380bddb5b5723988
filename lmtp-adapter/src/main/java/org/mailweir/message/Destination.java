package org.mailweir.message;

/**
 * The next hop as delivered to: a domain in lower-case A-label form ({@code xn--...}), or an
 * address literal in canonical form ({@code [192.0.2.1]}, {@code [IPv6:2001:db8::1]}).
 *
 * @param name the canonical name
 */
public record Destination(String name) {
  /**
   * Returns the destination of a domain or an address literal in any form: upper case, U-labels,
   * one trailing dot, any spelling of an IPv6 address.
   *
   * @throws AddressException if mail cannot be delivered to such a name
   */
  public static Destination of(String domainOrLiteral) {
    return new Destination(DomainNames.canonical(domainOrLiteral));
  }

  /** Returns whether this is an address literal. */
  public boolean isLiteral() {
    return name.startsWith("[");
  }

  @Override
  public String toString() {
    return name;
  }
}
