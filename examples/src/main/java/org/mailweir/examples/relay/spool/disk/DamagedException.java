package org.mailweir.examples.relay.spool.disk;

/** What was read is not what was written. The message says in what it differs. */
final class DamagedException extends Exception {
  private static final long serialVersionUID = 1;

  private final String damage;

  DamagedException(String damage) {
    super(damage);
    this.damage = damage;
  }

  /** Returns the message. */
  String damage() {
    return damage;
  }
}
