package org.mailweir.message;

/**
 * A forward path.
 *
 * @param address as received, without angle brackets: it is sent on unchanged
 * @param destination where it is delivered to
 * @param dsn when the sender wants to hear of it
 */
public record Recipient(String address, Destination destination, RcptDsn dsn) {
  /** Creates a recipient of whom nothing was said about notifications. */
  public Recipient(String address, Destination destination) {
    this(address, destination, RcptDsn.NONE);
  }
}
