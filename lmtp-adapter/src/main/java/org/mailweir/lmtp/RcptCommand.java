package org.mailweir.lmtp;

import com.google.common.base.CharMatcher;
import org.mailweir.message.AddressException;
import org.mailweir.message.Destination;
import org.mailweir.message.Mailbox;
import org.mailweir.message.Recipient;
import org.mailweir.message.Reply;

/** The argument of RCPT (RFC 5321 section 4.1.1.3). */
final class RcptCommand {
  private static final String TO = "TO:";

  private RcptCommand() {}

  /** Adds what the argument names to the envelope's batch: a recipient, or the reply against it. */
  static void addTo(Envelope envelope, String argument, int maxRecipients) {
    if (!argument.regionMatches(true, 0, TO, 0, TO.length())) {
      envelope.refuse(Replies.BAD_ARGUMENT);
      return;
    }
    PathArgument path;
    try {
      path = PathArgument.parse(argument.substring(TO.length()));
    } catch (AddressException malformed) {
      envelope.refuse(new Reply(501, "5.5.4", malformed.reason()));
      return;
    }
    String address = path.address();
    if (!path.parameters().isEmpty()) {
      envelope.refuse(Replies.UNKNOWN_PARAMETER);
    } else if (!envelope.utf8() && !CharMatcher.ascii().matchesAllOf(address)) {
      envelope.refuse(Replies.NOT_ASCII);
    } else if (envelope.recipients() >= maxRecipients) {
      envelope.refuse(Replies.TOO_MANY_RECIPIENTS);
    } else {
      try {
        Mailbox mailbox = Mailbox.parse(address);
        envelope.add(new Recipient(address, Destination.of(mailbox.domain())));
      } catch (AddressException bad) {
        envelope.refuse(new Reply(553, "5.1.3", bad.reason()));
      }
    }
  }
}
