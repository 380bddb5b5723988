package org.mailweir.herd;

/** A message on its way through the {@link Relay}. Times are virtual seconds. */
final class Message {
  final String destination;
  final double created;

  /** Whether it was deferred before the simulation began. */
  final boolean herd;

  /** When the last attempt began. */
  double started;

  /** When it is due again, while it is deferred. */
  double nextTry;

  Message(String destination, double created, boolean herd) {
    this.destination = destination;
    this.created = created;
    this.herd = herd;
  }

  double delay() {
    return started - created;
  }
}
