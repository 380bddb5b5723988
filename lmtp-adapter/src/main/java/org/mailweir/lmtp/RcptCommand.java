package org.mailweir.lmtp;

import com.google.common.base.Ascii;
import com.google.common.base.CharMatcher;
import java.util.Optional;
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
  static void addTo(Envelope envelope, String argument, LmtpSettings settings) {
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
    String address = withDomain(path.address(), settings);
    RcptParameters parameters = new RcptParameters(settings.dsn(), envelope.utf8());
    Optional<Reply> wrong = parameters.takeAll(path);
    if (wrong.isPresent()) {
      envelope.refuse(wrong.get());
    } else if (!envelope.utf8() && !CharMatcher.ascii().matchesAllOf(address)) {
      envelope.refuse(Replies.NOT_ASCII);
    } else if (envelope.recipients() >= settings.maxRecipients()) {
      envelope.refuse(Replies.TOO_MANY_RECIPIENTS);
    } else {
      try {
        Mailbox mailbox = Mailbox.parse(address);
        envelope.add(new Recipient(address, Destination.of(mailbox.domain()), parameters.dsn()));
      } catch (AddressException bad) {
        envelope.refuse(new Reply(553, "5.1.3", bad.reason()));
      }
    }
  }

  /** Completes the one address that stands without a domain (RFC 5321 section 4.5.1). */
  private static String withDomain(String address, LmtpSettings settings) {
    return settings.protocol() == Protocol.SMTP && Ascii.equalsIgnoreCase(address, "postmaster")
        ? address + "@" + settings.hostname()
        : address;
  }
}
