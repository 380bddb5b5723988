package org.mailweir.tls;

/** Says how much of TLS a mail exchanger must do. */
public enum TlsMode {
  /** A valid certificate for the mail exchanger's name. */
  VERIFY,
  /** Any certificate. */
  ENCRYPT,
  /** Any certificate if TLS is offered, else plain text. */
  MAY,
  /** Never STARTTLS. */
  NONE;

  /** Returns whether mail is never sent in plain text. */
  public boolean required() {
    return this == VERIFY || this == ENCRYPT;
  }
}
