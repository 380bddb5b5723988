package org.mailweir.lab.policy;

import org.mailweir.lab.mail.Letter;
import org.mailweir.lab.world.Ending;

/**
 * No policy: each message is tried at once, and its client waits for the outcome. It is what
 * Postfix does by itself where its limits by destination are set out of the way, as they are when
 * all mail has one next hop.
 */
final class Open implements Transport {
  private final Bench bench;

  Open(Bench bench) {
    this.bench = bench;
  }

  @Override
  public void take(Handover handover) {
    for (Letter letter : handover.letters()) {
      bench
          .world()
          .deliver(
              letter,
              ending -> {
                if (ending == Ending.DELIVERED) {
                  handover.delivered(letter);
                } else {
                  handover.failed(letter);
                }
              });
    }
  }
}
