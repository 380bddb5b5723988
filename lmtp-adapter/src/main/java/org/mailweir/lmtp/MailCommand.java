package org.mailweir.lmtp;

import com.google.common.base.CharMatcher;
import java.util.Optional;
import org.mailweir.message.AddressException;
import org.mailweir.message.Mailbox;
import org.mailweir.message.Reply;
import org.mailweir.message.Sender;

/** The argument of MAIL (RFC 5321 section 4.1.1.2). */
final class MailCommand {
  private static final String FROM = "FROM:";

  private MailCommand() {}

  /** What came of it. */
  sealed interface Result {}

  /** A sender. */
  record Accepted(Sender sender) implements Result {}

  /** The reply that refuses it. */
  record Refused(Reply reply) implements Result {}

  static Result parse(String argument, LmtpSettings settings) {
    if (!argument.regionMatches(true, 0, FROM, 0, FROM.length())) {
      return new Refused(Replies.BAD_ARGUMENT);
    }
    PathArgument path;
    try {
      path = PathArgument.parse(argument.substring(FROM.length()));
    } catch (AddressException malformed) {
      return new Refused(new Reply(501, "5.5.4", malformed.reason()));
    }
    MailParameters parameters = new MailParameters(settings.dsn());
    Optional<Reply> wrong = parameters.takeAll(path);
    if (wrong.isPresent()) {
      return new Refused(wrong.get());
    }
    String address = path.address();
    try {
      if (!address.isEmpty()) {
        Mailbox.parse(address);
      }
    } catch (AddressException malformed) {
      return new Refused(new Reply(553, "5.1.7", malformed.reason()));
    }
    if (!parameters.utf8() && !CharMatcher.ascii().matchesAllOf(address)) {
      return new Refused(Replies.NOT_ASCII);
    }
    if (parameters.size() > settings.maxMessageSize()) {
      return new Refused(Replies.TOO_LARGE);
    }
    return new Accepted(
        new Sender(
            address,
            parameters.size(),
            parameters.eightBit(),
            parameters.utf8(),
            parameters.dsn()));
  }
}
