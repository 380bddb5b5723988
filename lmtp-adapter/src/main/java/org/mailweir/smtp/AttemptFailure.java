package org.mailweir.smtp;

/** One address could not be brought to the point where MAIL may be sent. */
final class AttemptFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final String status;
  private final boolean pushedBack;

  /**
   * Creates a failure.
   *
   * @param status enhanced status code, of class 4
   * @param text names the host and what happened
   * @param pushedBack whether the host said 421 or "too many connections"
   */
  AttemptFailure(String status, String text, boolean pushedBack) {
    super(text, null, false, false);
    this.status = status;
    this.pushedBack = pushedBack;
  }

  String status() {
    return status;
  }

  String text() {
    return String.valueOf(getMessage());
  }

  boolean isPushedBack() {
    return pushedBack;
  }
}
