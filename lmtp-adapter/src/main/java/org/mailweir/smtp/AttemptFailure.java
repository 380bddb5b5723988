package org.mailweir.smtp;

/** One address could not be brought to the point where MAIL may be sent. */
final class AttemptFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final String status;
  private final Fault fault;

  /** Whose doing it was. */
  enum Fault {
    /** The host's, or the network's. */
    HOST,
    /** Likewise: there is no TCP connection. */
    NO_CONNECTION,
    /** The host said 421 or "too many connections". */
    TOO_MUCH,
    /** Ours: no socket to be had, or the program stops. It says nothing of the host. */
    OURS
  }

  /**
   * Creates a failure.
   *
   * @param status enhanced status code, of class 4
   * @param text names the host and what happened
   */
  AttemptFailure(String status, String text, Fault fault) {
    super(text, null, false, false);
    this.status = status;
    this.fault = fault;
  }

  String status() {
    return status;
  }

  String text() {
    return String.valueOf(getMessage());
  }

  Fault fault() {
    return fault;
  }
}
