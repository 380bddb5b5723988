package org.mailweir.lmtp;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mailweir.lmtp.CommandLine.Command;
import org.mailweir.message.BodyWriter;
import org.mailweir.message.Reply;
import org.mailweir.message.Sender;

/**
 * The server's side of one connection that speaks LMTP (RFC 2033) or SMTP (RFC 5321), free of I/O,
 * threads and time: bytes come in through {@link #receive}, replies go out through {@link
 * #takeOutput}, and {@link #next} says what is to be done between.
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
  private final Protocol protocol;
  private final InetAddress client;
  private final InputBuffer input = new InputBuffer();
  private final LineReader lines = new LineReader(input);
  private final ReplyBuffer output = new ReplyBuffer();
  private final FinalReplies finalReplies;
  private final Xforward xforward = new Xforward();

  private @Nullable Hello hello;
  private boolean closing;
  private int errors;
  private @Nullable Envelope envelope;
  // A command that waits until the RCPT commands before it are answered.
  private @Nullable CommandLine held;
  // Whether the client sent more behind MAIL or RCPT without waiting: then RCPTs come in groups.
  private boolean pipelining;
  private boolean nothingCame;
  private @Nullable BodyReceiver body;

  /**
   * Creates an engine for a new connection; its greeting is in the output.
   *
   * @param client the other end, which is told on with its messages
   */
  public LmtpEngine(LmtpSettings settings, InetAddress client) {
    this.settings = settings;
    this.protocol = settings.protocol();
    this.client = client;
    this.finalReplies = new FinalReplies(protocol, output);
    output.line("220 " + settings.hostname() + " " + protocol.greeting() + " Mailweir");
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

  /** Returns whether nothing is under way, and nothing is left of what came. */
  boolean isIdle() {
    return envelope == null && body == null && held == null && !lines.hasPart() && !closing;
  }

  /** Gives back what memory it can spare while nothing comes. Only while it is idle. */
  void rest() {
    input.rest();
    output.rest();
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

  /**
   * Answers the next accepted recipient of {@link LmtpEvent.Deliver}; too many are left out. With
   * SMTP the client gets one reply when all are known: the first transient one, else the first
   * permanent one, else the first.
   */
  public void delivered(Reply reply) {
    finalReplies.add(reply);
  }

  /** Ends the delivery; recipients without an answer get this one. */
  public void deliveryEnded(Reply forTheRest) {
    finalReplies.fill(forTheRest);
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
      case "LHLO", "EHLO", "HELO" -> hello(command);
      case "MAIL" -> mail(argument);
      case "RCPT" -> rcpt(argument);
      case "DATA" -> none ? data() : syntaxError(Replies.BAD_ARGUMENT);
      case "RSET" -> none ? rset() : syntaxError(Replies.BAD_ARGUMENT);
      case "NOOP" -> reply(Replies.OK);
      case "QUIT" -> none ? hangUp(Replies.BYE) : syntaxError(Replies.BAD_ARGUMENT);
      case "VRFY" -> none ? syntaxError(Replies.BAD_ARGUMENT) : reply(Replies.CANNOT_VERIFY);
      case "EXPN" -> reply(Replies.NO_EXPN);
      case "XFORWARD" -> xforward(argument);
      case "HELP" -> reply(protocol.help());
      default -> syntaxError(Replies.UNKNOWN_COMMAND);
    };
  }

  private Optional<LmtpEvent> hello(Command command) {
    if (!protocol.isHello(command.verb())) {
      return syntaxError(protocol.otherProtocol());
    }
    Optional<Hello> said = Hello.parse(command.verb(), command.argument());
    if (said.isEmpty()) {
      return syntaxError(Replies.BAD_ARGUMENT);
    }
    hello = said.get();
    errors = 0;
    if (said.get().extended()) {
      settings.offers().forEach(output::line);
    } else {
      output.line("250 " + settings.hostname());
    }
    return endTransaction();
  }

  private Optional<LmtpEvent> mail(String argument) {
    Hello introduced = hello;
    if (introduced == null) {
      return reply(protocol.helloFirst());
    }
    if (envelope != null) {
      return reply(Replies.NESTED_MAIL);
    }
    MailCommand.Result result = MailCommand.parse(argument, settings);
    if (result instanceof MailCommand.Refused refused) {
      return isSyntaxError(refused.reply()) ? syntaxError(refused.reply()) : reply(refused.reply());
    }
    Sender sender = ((MailCommand.Accepted) result).sender();
    String with = introduced.with(sender.utf8());
    envelope =
        new Envelope(sender, new Origin(client, introduced.name(), with, xforward.queueId()));
    pipelining = !input.isEmpty();
    return reply(Replies.SENDER_OK);
  }

  private Optional<LmtpEvent> rcpt(String argument) {
    Envelope current = envelope;
    if (current == null) {
      return reply(hello != null ? Replies.MAIL_FIRST : protocol.helloFirst());
    }
    RcptCommand.addTo(current, argument, settings);
    pipelining |= !input.isEmpty();
    return Optional.empty();
  }

  private Optional<LmtpEvent> data() {
    Envelope current = envelope;
    if (current == null) {
      return reply(hello != null ? Replies.MAIL_FIRST : protocol.helloFirst());
    }
    if (current.accepted() == 0) {
      return reply(protocol.noRecipients());
    }
    reply(Replies.SEND_BODY);
    return Optional.of(RECEIVE_BODY);
  }

  private Optional<LmtpEvent> rset() {
    reply(Replies.OK);
    return endTransaction();
  }

  private Optional<LmtpEvent> xforward(String argument) {
    if (!protocol.offersXforward()) {
      return syntaxError(Replies.UNKNOWN_COMMAND);
    }
    if (hello == null) {
      return reply(protocol.helloFirst());
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
    finalReplies.expect(recipients);
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
