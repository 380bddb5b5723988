package org.mailweir.message;

/**
 * Says that an address or a destination cannot be one. The message tells why in words and never
 * repeats the address, so that it may be logged and sent back.
 */
public final class AddressException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception with the reason in words, printable ASCII. */
  public AddressException(String reason) {
    super(reason, null);
  }

  /** Returns the reason in words. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
