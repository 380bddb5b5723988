package org.mailweir.recall;

import org.mailweir.message.Destination;

/**
 * Is told which mail was sent back to the client's queue because of its destination, not for the
 * message's own sake.
 *
 * <p>Thread safety: all methods may be called by any thread, and none blocks.
 */
public interface RefusedMail {
  /**
   * Notes that a message waits in the client's queue until a site takes mail.
   *
   * @param site under which the gate knows the destination
   */
  void refused(Destination site, String queueId);

  /** Notes that a message has come, whoever called it. */
  void came(String queueId);

  /** Returns one that remembers nothing. */
  static RefusedMail forgotten() {
    return new RefusedMail() {
      @Override
      public void refused(Destination site, String queueId) {}

      @Override
      public void came(String queueId) {}
    };
  }
}
