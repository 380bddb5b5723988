package org.mailweir.lab.world;

/** What a connection to a host meets. */
public enum Reach {
  /** It is taken. */
  ANSWERS,
  /** No answer to any packet: it hangs until it times out. */
  BLACK_HOLE,
  /** The port is closed: it fails at once. */
  REFUSES,
  /** It is taken, and then nothing is ever said. */
  NEVER_GREETS
}
