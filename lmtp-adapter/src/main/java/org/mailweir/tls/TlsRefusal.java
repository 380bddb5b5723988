package org.mailweir.tls;

import static java.util.Objects.requireNonNull;

/**
 * Mail must not go to a mail exchanger, for now: a policy forbids it, or could not be found out.
 */
public final class TlsRefusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final String status;
  private final boolean known;

  private TlsRefusal(String status, String text, boolean known) {
    super(text, null, false, false);
    this.status = requireNonNull(status);
    this.known = known;
  }

  /** Returns a refusal because the policy forbids this exchanger. */
  static TlsRefusal forbidden(String text) {
    return new TlsRefusal("4.7.5", text, true);
  }

  /** Returns a refusal because a lookup failed that the policy needs. */
  static TlsRefusal unresolved(String text) {
    return new TlsRefusal("4.4.3", text, false);
  }

  /** Returns the enhanced status code (RFC 3463), of class 4. */
  public String status() {
    return status;
  }

  /** Returns the cause, in words. */
  public String text() {
    return String.valueOf(getMessage());
  }

  /** Returns whether this says something of the exchanger; else our resolver may be at fault. */
  public boolean isOfTheHost() {
    return known;
  }
}
