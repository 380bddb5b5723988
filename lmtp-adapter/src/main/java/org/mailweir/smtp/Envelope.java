package org.mailweir.smtp;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.mailweir.message.Body;
import org.mailweir.message.RcptDsn;
import org.mailweir.message.Recipient;
import org.mailweir.message.Reply;
import org.mailweir.message.Sender;
import org.mailweir.smtp.SmtpResult.Stage;

/**
 * The commands of one message, as the host at the other end understands them.
 *
 * <p>Thread safety: immutable.
 */
record Envelope(Sender sender, List<Recipient> recipients, Body body, Capabilities offered) {
  Envelope {
    recipients = List.copyOf(recipients);
  }

  /** Returns why this host cannot be given this message at all; empty if it can. */
  Optional<SmtpResult> refusal(Peer peer) {
    if (!isOneLine(sender.address() + sender.dsn().ret() + sender.dsn().envid())
        || !recipients.stream().allMatch(Envelope::isOneLine)) {
      return before(553, "5.1.3", "an address or a parameter of it has control characters");
    }
    if (body.eightBit() && !offered.eightBitMime()) {
      return before(554, "5.6.3", "the message is 8-bit, but " + peer + " takes 7-bit only");
    }
    if (needsUtf8() && !offered.smtpUtf8()) {
      return before(553, "5.6.7", "SMTPUTF8 is needed, but not offered by " + peer);
    }
    if (!offered.admits(body.size())) {
      String text = "the message has " + body.size() + " bytes, but " + peer + " takes ";
      return before(552, "5.3.4", text + offered.size().orElse(0) + " at most");
    }
    return Optional.empty();
  }

  /** Returns the line of MAIL, with its end. */
  byte[] mail() {
    StringBuilder line = new StringBuilder("MAIL FROM:<").append(sender.address()).append('>');
    if (offered.size().isPresent()) {
      line.append(" SIZE=").append(body.size());
    }
    if (offered.eightBitMime() && (sender.eightBit() || body.eightBit())) {
      line.append(" BODY=8BITMIME");
    }
    if (needsUtf8()) {
      line.append(" SMTPUTF8");
    }
    if (offered.dsn()) {
      appendTo(line, " RET=", sender.dsn().ret());
      appendTo(line, " ENVID=", sender.dsn().envid());
    }
    return bytes(line);
  }

  /** Returns the line of RCPT for the recipient with this index, with its end. */
  byte[] rcpt(int index) {
    Recipient recipient = recipients.get(index);
    StringBuilder line = new StringBuilder("RCPT TO:<").append(recipient.address()).append('>');
    if (offered.dsn()) {
      appendTo(line, " NOTIFY=", recipient.dsn().events());
      appendTo(line, " ORCPT=", recipient.dsn().orcpt());
    }
    return bytes(line);
  }

  /** Says what was said to us, and nothing where nothing was (RFC 3461 section 5.2.1). */
  private static void appendTo(StringBuilder line, String key, String value) {
    if (!value.isEmpty()) {
      line.append(key).append(value);
    }
  }

  private boolean needsUtf8() {
    return sender.utf8()
        || !isAscii(sender.address())
        || !recipients.stream().allMatch(r -> isAscii(r.address()));
  }

  private static Optional<SmtpResult> before(int code, String status, String text) {
    Reply reply = new Reply(code, status, Verdicts.bounded(text));
    return Optional.of(new SmtpResult(Stage.BEFORE, false, reply, false, false));
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 128);
  }

  private static boolean isOneLine(Recipient recipient) {
    RcptDsn dsn = recipient.dsn();
    return isOneLine(recipient.address() + dsn.events() + dsn.orcpt());
  }

  private static boolean isOneLine(String text) {
    return text.chars().noneMatch(c -> c < ' ' || c == 127);
  }

  private static byte[] bytes(StringBuilder line) {
    return line.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
  }
}
