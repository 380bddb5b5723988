package org.mailweir.smtp;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.regex.Pattern;
import org.mailweir.message.Reply;
import org.mailweir.smtp.SmtpResult.Stage;

/** Puts what a host said, or failed to say, into words and codes for the client. */
final class Verdicts {
  /** Of the remote's own words, so that the whole stays below 512 bytes, and names the host. */
  private static final int REMOTE_TEXT = 280;

  private static final int TEXT = 400;

  private static final Pattern NOT_PRINTABLE = Pattern.compile("[^ -~]");

  private Verdicts() {}

  /** Returns what a 2xx, 4xx or 5xx says; any other is told as 451. */
  static SmtpResult answered(Peer peer, Stage stage, RemoteReply reply) {
    String command = command(stage);
    boolean sensible = reply.isPositive() || reply.isRefusal();
    return new SmtpResult(
        stage,
        true,
        sensible ? told(peer, command, reply) : nonsense(peer, command, reply),
        reply.pushesBack(),
        reply.throttles());
  }

  /** Returns a 451 for a reply that has no meaning at that point, whatever its class. */
  static SmtpResult unexpected(Peer peer, Stage stage, RemoteReply reply) {
    Reply told = nonsense(peer, command(stage), reply);
    return new SmtpResult(stage, true, told, reply.pushesBack(), reply.throttles());
  }

  private static String command(Stage stage) {
    return switch (stage) {
      case BEFORE -> "EHLO";
      case MAIL -> "MAIL FROM";
      case RCPT -> "RCPT TO";
      case DATA -> "DATA";
      case DOT -> "end of DATA";
    };
  }

  /** Returns the one 451 that stands for all replies without meaning. */
  private static Reply nonsense(Peer peer, String command, RemoteReply reply) {
    return new Reply(451, "4.5.0", "unexpected reply: " + said(peer, command, reply));
  }

  /** Returns the remote's code and text with the host named. Never a 421: that would be of ours. */
  static Reply told(Peer peer, String command, RemoteReply reply) {
    int code = reply.code() == 421 ? 451 : reply.code();
    String status = reply.status();
    if (status.isEmpty()) {
      status = reply.code() == 421 ? "4.3.2" : code / 100 + ".0.0";
    }
    return new Reply(code, status, said(peer, command, reply));
  }

  /** Returns such as {@code host mx[192.0.2.1] said: 550 5.1.1 who? (in reply to RCPT TO)}. */
  static String said(Peer peer, String command, RemoteReply reply) {
    return bounded(
        "host "
            + peer
            + " said: "
            + (reply.code() + " " + bounded(reply.text(), REMOTE_TEXT)).strip()
            + " (in reply to "
            + command
            + ')');
  }

  /** Returns what is to be told where the conversation broke off. */
  static SmtpResult lost(Peer peer, Stage stage, IOException cause) {
    if (cause instanceof BadReply) {
      String text = "host " + peer + " answered " + command(stage) + " with " + cause.getMessage();
      return new SmtpResult(stage, true, new Reply(451, "4.5.0", bounded(text)), false, false);
    }
    String what =
        cause instanceof SocketTimeoutException
            ? "timed out with " + peer
            : "lost connection with " + peer;
    return ours(stage, "4.4.2", what + at(stage));
  }

  /** Returns what is to be told where we ended the conversation. */
  static SmtpResult givenUp(Peer peer, Stage stage) {
    return ours(stage, "4.4.2", "gave up on " + peer + at(stage));
  }

  private static String at(Stage stage) {
    return stage == Stage.DOT
        ? " after final dot; may have been delivered"
        : " in " + command(stage);
  }

  /** Returns a temporary failure that no host said. */
  static SmtpResult ours(Stage stage, String status, String text) {
    return new SmtpResult(stage, false, new Reply(451, status, bounded(text)), false, false);
  }

  /** Returns the text cut to what fits in a reply, in printable ASCII. */
  static String bounded(String text) {
    return printable(bounded(text, TEXT));
  }

  /** Returns the text with question marks for all that is not printable ASCII. */
  static String printable(String text) {
    return NOT_PRINTABLE.matcher(text).replaceAll("?");
  }

  private static String bounded(String text, int limit) {
    return text.length() <= limit ? text : text.substring(0, limit - 3) + "...";
  }
}
