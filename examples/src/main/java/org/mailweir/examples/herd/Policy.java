package org.mailweir.examples.herd;

/** Who decides whether a delivery may start. */
enum Policy {
  /** Nobody: each client holds on until its attempt ends. */
  WITHOUT("without the gate"),
  /** Mailweir's gate. */
  WITH("with the gate");

  private final String title;

  Policy(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }
}
