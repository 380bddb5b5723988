package org.mailweir.examples.relay.spool;

/** The spool could not do it. The message is one line for the operator. */
public final class SpoolException extends Exception {
  private static final long serialVersionUID = 1;

  /** What a client should be told. */
  public enum Kind {
    /** No space: clients get 452, and it may be better later. */
    FULL,
    /** Anything else that failed. */
    FAILED
  }

  private final Kind kind;

  /** Creates an exception of the spool's own. */
  public SpoolException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** Creates an exception for what the store or the disk said. */
  public SpoolException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** Returns what kind it is. */
  public Kind kind() {
    return kind;
  }
}
