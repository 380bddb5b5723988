package org.mailweir.message;

/**
 * What RCPT says about delivery status notifications (RFC 3461 sections 4.1 and 4.2), as received.
 *
 * @param events {@code NEVER}, or some of {@code SUCCESS}, {@code FAILURE}, {@code DELAY} with
 *     commas between, upper case; empty where absent, which means failures, and delays if we like
 * @param orcpt the original recipient, {@code type;xtext}, at most 500 characters; empty where
 *     absent
 */
public record RcptDsn(String events, String orcpt) {
  /** Nothing said. */
  public static final RcptDsn NONE = new RcptDsn("", "");

  /** Returns whether the sender wants to hear of a failure. */
  public boolean onFailure() {
    return events.isEmpty() || has("FAILURE");
  }

  /** Returns whether the sender asked to hear of a success. */
  public boolean onSuccess() {
    return has("SUCCESS");
  }

  /** Returns whether the sender asked to hear of a delay. */
  public boolean onDelay() {
    return has("DELAY");
  }

  private boolean has(String event) {
    return ("," + events + ",").contains("," + event + ",");
  }
}
