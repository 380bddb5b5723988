package org.mailweir.message;

/**
 * The reverse path of a message, and what MAIL said of it.
 *
 * @param address without angle brackets; empty for the null reverse path
 * @param declaredSize the SIZE parameter in bytes (RFC 1870); -1 where absent
 * @param eightBit whether BODY=8BITMIME was given (RFC 6152)
 * @param utf8 whether SMTPUTF8 was given (RFC 6531)
 */
public record Sender(String address, long declaredSize, boolean eightBit, boolean utf8) {}
