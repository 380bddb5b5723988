package org.mailweir.lmtp;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mailweir.lmtp.CommandLine.Command;
import org.mailweir.message.BodyWriter;
import org.mailweir.message.Reply;

/**
 * The server's side of one LMTP connection (RFC 2033), free of I/O, threads and time: bytes come in
 * through {@link #receive}, replies go out through {@link #takeOutput}, and {@link #next} says what
 * is to be done between.
 *
 * <p>How the engine is driven:
 *
 * <pre>
 * next() -> NeedInput    send the output; receive(...), or nothingCame() if it was wanted soon
 *        -> Flush        send the output
 *        -> Admit        send the output; admitted(replies)
 *        -> ReceiveBody  receiveInto(writer)
 *        -> Deliver      send the output; delivered(reply) for each; deliveryEnded(...)
 *        -> Abandon      end the transaction and close the writer, if there are any
 *        -> Close        send the output; hang up
 * </pre>
 *
 * <p>Replies are in the order of the commands whatever is pipelined (RFC 2920). RCPT commands that
 * arrived together are admitted together; all else is handled one by one.
 *
 * <p>Thread safety: none; one thread at a time.
 */
public final class LmtpEngine {
  private static final int FLUSH_AT = 8 << 10;
  // A client that makes so many syntax errors without one good command is no mail system.
  private static final int MAX_ERRORS = 100;

  private static final LmtpEvent NEED_INPUT = new LmtpEvent.NeedInput(false);
  private static final LmtpEvent NEED_INPUT_SOON = new LmtpEvent.NeedInput(true);
  private static final LmtpEvent FLUSH = new LmtpEvent.Flush();
  private static final LmtpEvent RECEIVE_BODY = new LmtpEvent.ReceiveBody();
  private static final LmtpEvent ABANDON = new LmtpEvent.Abandon();
  private static final LmtpEvent CLOSE = new LmtpEvent.Close();

  private final LmtpSettings settings;
  private final InputBuffer input = new InputBuffer();
  private final LineReader lines = new LineReader(input);
  private final ReplyBuffer output = new ReplyBuffer();
  private final Xforward xforward = new Xforward();

  private boolean greeted;
  private boolean closing;
  private int errors;
  private @Nullable Envelope envelope;
  // A command that waits until the RCPT commands before it are answered.
  private @Nullable CommandLine held;
  // Whether the client sent more behind MAIL or RCPT without waiting: then RCPTs come in groups.
  private boolean pipelining;
  private boolean nothingCame;
  private @Nullable BodyReceiver body;
  private int undelivered;

  /** Creates an engine for a new connection; its greeting is in the output. */
  public LmtpEngine(LmtpSettings settings) {
    this.settings = settings;
    output.line("220 " + settings.hostname() + " LMTP Mailweir");
  }

  /**
   * Takes input.
   *
   * @return how many bytes were taken: fewer than given only when 64 KB wait to be used
   */
  public int receive(byte[] bytes, int from, int to) {
    nothingCame = false;
    return input.add(bytes, from, to);
  }

  /** Tells that no input came soon enough. */
  public void nothingCame() {
    nothingCame = true;
  }

  /** Returns and removes the replies that are to be sent. */
  public byte[] takeOutput() {
    return output.take();
  }

  /** Returns whether a message's content is being received. */
  public boolean inBody() {
    return body != null;
  }

  /** Does all that can be done, and returns what is to be done next. */
  public LmtpEvent next() {
    while (true) {
      if (closing) {
        return CLOSE;
      }
      if (output.size() >= FLUSH_AT) {
        return FLUSH;
      }
      BodyReceiver receiving = body;
      if (receiving != null) {
        return receiving.takeFrom(input) ? bodyEnded(receiving) : NEED_INPUT;
      }
      CommandLine line = held != null ? held : lines.next();
      held = null;
      Envelope current = envelope;
      if (current != null && current.batchSize() > 0) {
        boolean more = isRcpt(line) && current.batchSize() < settings.maxRecipients();
        if (!more) {
          if (line instanceof CommandLine.Incomplete && mayBeCut()) {
            return NEED_INPUT_SOON;
          }
          held = line instanceof CommandLine.Incomplete ? null : line;
          Optional<LmtpEvent> admission = current.admission();
          if (admission.isPresent()) {
            return admission.get();
          }
          admitted(List.of());
          continue;
        }
      }
      Optional<LmtpEvent> event = handle(line);
      if (event.isPresent()) {
        return event.get();
      }
    }
  }

  /** Answers the recipients of {@link LmtpEvent.Admit}, in their order. */
  public void admitted(List<Reply> replies) {
    Envelope current = envelope;
    if (current != null) {
      current.answer(replies).forEach(output::add);
    }
  }

  /** Hands over where the content goes. The writer stays the caller's to finish or close. */
  public void receiveInto(BodyWriter writer) {
    body = new BodyReceiver(writer, settings.maxMessageSize());
  }

  /** Answers the next accepted recipient of {@link LmtpEvent.Deliver}; too many are left out. */
  public void delivered(Reply reply) {
    if (undelivered > 0) {
      undelivered--;
      output.add(ReplyBuffer.forRecipient(reply));
    }
  }

  /** Ends the delivery; recipients without an answer get this one. */
  public void deliveryEnded(Reply forTheRest) {
    while (undelivered > 0) {
      delivered(forTheRest);
    }
  }

  /** Tells that the client took too long: says so, and ends the conversation. */
  public void timedOut() {
    hangUp(Replies.IDLE);
  }

  InputBuffer input() {
    nothingCame = false;
    return input;
  }

  private static boolean isRcpt(CommandLine line) {
    return line instanceof Command command && command.verb().equals("RCPT");
  }

  private boolean mayBeCut() {
    return !nothingCame && (pipelining || lines.hasPart());
  }

  private Optional<LmtpEvent> handle(CommandLine line) {
    if (line instanceof Command command) {
      return handle(command);
    }
    if (line instanceof CommandLine.Refused refused) {
      return syntaxError(new Reply(500, "5.5.2", refused.reason()));
    }
    if (line instanceof CommandLine.Hopeless) {
      return hangUp(Replies.TOO_LONG);
    }
    return Optional.of(NEED_INPUT);
  }

  private Optional<LmtpEvent> handle(Command command) {
    String argument = command.argument();
    boolean none = argument.isEmpty();
    return switch (command.verb()) {
      case "LHLO" -> none ? syntaxError(Replies.BAD_ARGUMENT) : lhlo();
      case "MAIL" -> mail(argument);
      case "RCPT" -> rcpt(argument);
      case "DATA" -> none ? data() : syntaxError(Replies.BAD_ARGUMENT);
      case "RSET" -> none ? rset() : syntaxError(Replies.BAD_ARGUMENT);
      case "NOOP" -> reply(Replies.OK);
      case "QUIT" -> none ? hangUp(Replies.BYE) : syntaxError(Replies.BAD_ARGUMENT);
      case "VRFY" -> none ? syntaxError(Replies.BAD_ARGUMENT) : reply(Replies.CANNOT_VERIFY);
      case "XFORWARD" -> xforward(argument);
      case "HELP" -> reply(Replies.HELP);
      case "HELO", "EHLO" -> syntaxError(Replies.LMTP_ONLY);
      default -> syntaxError(Replies.UNKNOWN_COMMAND);
    };
  }

  private Optional<LmtpEvent> lhlo() {
    greeted = true;
    errors = 0;
    output.line("250-" + settings.hostname());
    output.line("250-PIPELINING");
    output.line("250-ENHANCEDSTATUSCODES");
    output.line("250-8BITMIME");
    output.line("250-SMTPUTF8");
    output.line("250-SIZE " + settings.maxMessageSize());
    output.line("250 XFORWARD IDENT");
    return endTransaction();
  }

  private Optional<LmtpEvent> mail(String argument) {
    if (!greeted) {
      return reply(Replies.LHLO_FIRST);
    }
    if (envelope != null) {
      return reply(Replies.NESTED_MAIL);
    }
    MailCommand.Result result = MailCommand.parse(argument, settings.maxMessageSize());
    if (result instanceof MailCommand.Refused refused) {
      return isSyntaxError(refused.reply()) ? syntaxError(refused.reply()) : reply(refused.reply());
    }
    envelope = new Envelope(((MailCommand.Accepted) result).sender(), xforward.queueId());
    pipelining = !input.isEmpty();
    return reply(Replies.SENDER_OK);
  }

  private Optional<LmtpEvent> rcpt(String argument) {
    Envelope current = envelope;
    if (current == null) {
      return reply(greeted ? Replies.MAIL_FIRST : Replies.LHLO_FIRST);
    }
    RcptCommand.addTo(current, argument, settings.maxRecipients());
    pipelining |= !input.isEmpty();
    return Optional.empty();
  }

  private Optional<LmtpEvent> data() {
    Envelope current = envelope;
    if (current == null) {
      return reply(greeted ? Replies.MAIL_FIRST : Replies.LHLO_FIRST);
    }
    if (current.accepted() == 0) {
      return reply(Replies.NO_RECIPIENTS);
    }
    reply(Replies.SEND_BODY);
    return Optional.of(RECEIVE_BODY);
  }

  private Optional<LmtpEvent> rset() {
    reply(Replies.OK);
    return endTransaction();
  }

  private Optional<LmtpEvent> xforward(String argument) {
    if (!greeted) {
      return reply(Replies.LHLO_FIRST);
    }
    if (envelope != null) {
      return reply(Replies.IN_TRANSACTION);
    }
    return xforward.take(argument) ? reply(Replies.OK) : syntaxError(Replies.BAD_ARGUMENT);
  }

  private LmtpEvent bodyEnded(BodyReceiver received) {
    Envelope delivered = envelope;
    body = null;
    int recipients = delivered == null ? 0 : delivered.accepted();
    Optional<Reply> refusal = received.refusal();
    endTransaction();
    undelivered = recipients;
    if (refusal.isEmpty()) {
      return new LmtpEvent.Deliver(recipients);
    }
    deliveryEnded(refusal.get());
    return ABANDON;
  }

  private Optional<LmtpEvent> endTransaction() {
    boolean open = envelope != null;
    envelope = null;
    xforward.clear();
    return open ? Optional.of(ABANDON) : Optional.empty();
  }

  private Optional<LmtpEvent> reply(Reply reply) {
    errors = 0;
    output.add(reply);
    return Optional.empty();
  }

  private Optional<LmtpEvent> syntaxError(Reply reply) {
    output.add(reply);
    return ++errors > MAX_ERRORS ? hangUp(Replies.TOO_MANY_ERRORS) : Optional.empty();
  }

  private static boolean isSyntaxError(Reply reply) {
    return reply.code() <= 501 || reply.code() == 555;
  }

  private Optional<LmtpEvent> hangUp(Reply reply) {
    output.add(reply);
    closing = true;
    return Optional.of(CLOSE);
  }
}
