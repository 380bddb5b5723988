package org.mailweir.examples.relay.spool;

import org.mailweir.message.Body;

/**
 * An entry, open for an attempt: what is to be sent, and to whom. Close it afterwards.
 *
 * @param body whole, as it was accepted; readable until the letter is closed, even where the entry
 *     is settled or removed before
 */
public record Letter(Envelope envelope, Body body) implements AutoCloseable {
  /** Gives the body back. Later calls change nothing. */
  @Override
  public void close() {
    body.close();
  }
}
