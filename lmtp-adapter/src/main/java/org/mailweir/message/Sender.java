package org.mailweir.message;

/**
 * The reverse path of a message, and what MAIL said of it.
 *
 * @param address without angle brackets; empty for the null reverse path
 * @param declaredSize the SIZE parameter in bytes (RFC 1870); -1 where absent
 * @param eightBit whether BODY=8BITMIME was given (RFC 6152)
 * @param utf8 whether SMTPUTF8 was given (RFC 6531)
 * @param dsn what notifications are to hold
 */
public record Sender(
    String address, long declaredSize, boolean eightBit, boolean utf8, MailDsn dsn) {
  /** Creates a sender who said nothing about notifications. */
  public Sender(String address, long declaredSize, boolean eightBit, boolean utf8) {
    this(address, declaredSize, eightBit, utf8, MailDsn.NONE);
  }
}
