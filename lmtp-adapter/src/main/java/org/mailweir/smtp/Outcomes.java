package org.mailweir.smtp;

import java.util.BitSet;

/**
 * Sees to it that each recipient of one message gets exactly one result.
 *
 * <p>Thread safety: none; used by the thread that sends.
 */
final class Outcomes {
  private final BitSet open = new BitSet();
  private final SmtpConnection.Results results;
  private boolean pushedBack;

  Outcomes(int recipients, SmtpConnection.Results results) {
    open.set(0, recipients);
    this.results = results;
  }

  /** Reports a recipient's result, unless it has one. */
  void one(int recipient, SmtpResult result) {
    if (open.get(recipient)) {
      open.clear(recipient);
      pushedBack |= result.pushedBack();
      results.recipient(recipient, result);
    }
  }

  /** Reports the same for all that have no result yet. */
  void rest(SmtpResult result) {
    for (int i = open.nextSetBit(0); i >= 0; i = open.nextSetBit(i + 1)) {
      one(i, result);
    }
  }

  boolean isComplete() {
    return open.isEmpty();
  }

  /** Returns whether a result said that the host has had enough of us. */
  boolean isPushedBack() {
    return pushedBack;
  }
}
