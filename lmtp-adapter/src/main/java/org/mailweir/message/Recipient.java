package org.mailweir.message;

/**
 * A forward path.
 *
 * @param address as received, without angle brackets: it is sent on unchanged
 * @param destination where it is delivered to
 */
public record Recipient(String address, Destination destination) {}
