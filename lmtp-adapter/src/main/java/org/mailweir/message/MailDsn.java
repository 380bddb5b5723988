package org.mailweir.message;

/**
 * What MAIL says about delivery status notifications (RFC 3461 sections 4.3 and 4.4), as received.
 *
 * @param ret {@code FULL} or {@code HDRS}; empty where absent
 * @param envid the envelope's identifier in xtext, at most 100 characters; empty where absent
 */
public record MailDsn(String ret, String envid) {
  /** Nothing said. */
  public static final MailDsn NONE = new MailDsn("", "");
}
