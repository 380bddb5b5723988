package org.mailweir.lmtp;

import org.jspecify.annotations.Nullable;
import org.mailweir.message.Reply;

/**
 * The replies after the final dot: with LMTP one for each recipient, with SMTP one for all of them.
 *
 * <p>The one reply of SMTP is the first transient one, else the first permanent one, else the
 * first. So the client tries again as long as that can help any recipient, and no recipient's
 * failure goes untold; those who have the message already may get it twice.
 *
 * <p>Thread safety: none.
 */
final class FinalReplies {
  private final boolean each;
  private final ReplyBuffer output;
  private int missing;
  private @Nullable Reply worst;

  FinalReplies(Protocol protocol, ReplyBuffer output) {
    this.each = protocol.answersEach();
    this.output = output;
  }

  /** Begins with a message for so many recipients. */
  void expect(int recipients) {
    missing = recipients;
    worst = null;
  }

  /** Takes the reply of the next recipient; too many are left out. */
  void add(Reply reply) {
    if (missing == 0) {
      return;
    }
    missing--;
    Reply clean = ReplyBuffer.forRecipient(reply);
    if (each) {
      output.add(clean);
      return;
    }
    Reply before = worst;
    Reply now = before == null || severity(clean) > severity(before) ? clean : before;
    worst = now;
    if (missing == 0) {
      output.add(now);
    }
  }

  /** Gives those that have no reply this one. */
  void fill(Reply forTheRest) {
    while (missing > 0) {
      add(forTheRest);
    }
  }

  private static int severity(Reply reply) {
    return reply.isTransient() ? 2 : reply.isPermanent() ? 1 : 0;
  }
}
