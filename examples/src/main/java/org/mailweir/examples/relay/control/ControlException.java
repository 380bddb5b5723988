package org.mailweir.examples.relay.control;

/** A command could not be carried out; says why in one line for the operator. */
final class ControlException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private ControlException(int exitCode, String line) {
    super(line.strip().replaceAll("\\s*\\R\\s*", " "), null, false, false);
    this.exitCode = exitCode;
  }

  /** The relay was not reached, or it could not do it. */
  static ControlException failed(String line) {
    return new ControlException(ControlCommand.FAILED, line);
  }

  /** What was asked makes no sense. */
  static ControlException usage(String line) {
    return new ControlException(ControlCommand.USAGE, line);
  }

  int exitCode() {
    return exitCode;
  }
}
