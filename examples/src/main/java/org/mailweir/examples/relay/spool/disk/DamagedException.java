package org.mailweir.examples.relay.spool.disk;

/** What was read is not what was written. The message says in what it differs. */
final class DamagedException extends Exception {
  private static final long serialVersionUID = 1;

  DamagedException(String message) {
    super(message);
  }
}
