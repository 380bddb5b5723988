package org.mailweir.transport;

/** Says, in one line for the operator, what is wrong with the command line or a file it names. */
public final class UsageException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Creates one; line breaks become spaces. */
  public UsageException(String line) {
    super(line.replaceAll("\\s*\\R\\s*", " "), null, false, false);
  }
}
