package org.mailweir.message;

/**
 * A reply of SMTP or LMTP to one command or one recipient.
 *
 * @param code three digits, 200 to 599
 * @param status enhanced status code (RFC 3463) such as {@code 4.4.1}, whose class is that of the
 *     code; empty where there is none
 * @param text printable ASCII, no line breaks
 */
public record Reply(int code, String status, String text) {
  /** Returns whether the code says success. */
  public boolean isPositive() {
    return code / 100 == 2;
  }

  /** Returns whether the code says to try again later. */
  public boolean isTransient() {
    return code / 100 == 4;
  }

  /** Returns whether the code says never to try again. */
  public boolean isPermanent() {
    return code / 100 == 5;
  }
}
