package org.mailweir.loopback;

import static java.util.Objects.requireNonNull;

import com.google.common.hash.HashCode;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mailweir.loopback.SinkBehaviour.Greeting;
import org.mailweir.loopback.SinkBehaviour.Recipients;
import org.mailweir.loopback.SinkHost.Failure;
import org.mailweir.loopback.Violation.Rule;

/**
 * The server's side of one SMTP connection, free of I/O: bytes in, replies out. It is strict where
 * a real host is lenient, and notes what a client did wrong.
 *
 * <p>All calls come from the thread of one {@link SinkLoop}.
 */
final class SinkSession {
  /** What the session asks of its connection. */
  interface Wire {
    /** Queues a reply line, without CRLF; nothing is sent before the session returns. */
    void reply(String line);

    /** Runs a step later, even if the connection is gone by then. */
    void later(long nanos, Runnable step);

    /** Closes when the queued replies are sent. */
    void hangUp();
  }

  private static final int MAX_RECIPIENTS = 1000;
  private static final int MAX_BUFFERED = 4 << 20;

  private final SinkHost host;
  private final SinkJournal journal;
  private final Wire wire;
  private final long connection;
  private final SinkBehaviour offer;

  private byte[] in = new byte[4096];
  private int start;
  private int end;

  /** Waiting for a step of our own: what arrives meanwhile is kept. */
  private boolean busy;

  private boolean over;
  private boolean greeted;
  private boolean helloed;
  private boolean extended;

  /** The last MAIL was refused: what was pipelined behind it is no mistake. */
  private boolean mailRefused;

  private @Nullable SinkTransaction transaction;
  private @Nullable SinkMessage message;

  SinkSession(SinkHost host, SinkJournal journal, Wire wire, long connection) {
    this.host = host;
    this.journal = journal;
    this.wire = wire;
    this.connection = connection;
    this.offer = host.behaviour();
  }

  /** Begins: greets, or does not. */
  void open(boolean tooMany) {
    if (tooMany) {
      leave("421 4.7.0 too many connections");
      return;
    }
    switch (offer.greeting()) {
      case PROMPT -> wire.reply("220 sink.test ESMTP");
      case NEVER -> busy = true;
      case CLOSE -> {
        over = true;
        wire.hangUp();
      }
      case PUSH_BACK -> leave("421 4.3.2 not now");
      case REFUSE -> leave("554 5.3.2 no mail service here");
    }
    greeted = offer.greeting() == Greeting.PROMPT;
  }

  /** Takes all the bytes that have arrived since the last call. */
  void received(byte[] bytes, int length) {
    if (over) {
      return;
    }
    if (!greeted) {
      note(Rule.BEFORE_GREETING, "");
    }
    if (busy && greeted && !offersPipelining()) {
      note(Rule.PIPELINED_WITHOUT_OFFER, "behind the final dot");
    }
    append(bytes, length);
    proceed();
  }

  /** The client has closed its end. */
  void ended() {
    over = true;
  }

  private void proceed() {
    while (!busy && !over && start < end) {
      if (message != null) {
        start = message.read(in, start, end);
        if (message.done()) {
          finish(message);
        }
      } else if (!nextLine()) {
        break;
      }
    }
    if (busy && end - start > MAX_BUFFERED) {
      note(Rule.AHEAD_OF_REPLY, "megabytes");
      leave("421 4.7.0 too much ahead of a reply");
    }
  }

  private boolean nextLine() {
    int lf = start;
    while (lf < end && in[lf] != '\n') {
      lf++;
    }
    if (lf == end) {
      if (end - start > SinkCommand.MAX_LENGTH + 1) {
        note(Rule.LONG_COMMAND, "");
        leave("500 5.5.2 line too long");
      }
      return false;
    }
    boolean crLf = lf > start && in[lf - 1] == '\r';
    byte[] line = Arrays.copyOfRange(in, start, crLf ? lf - 1 : lf);
    start = lf + 1;
    Optional<Rule> breach = SinkCommand.breach(line, crLf);
    if (breach.isPresent()) {
      note(breach.get(), "");
      wire.reply("500 5.5.2 bad line");
    } else {
      command(SinkCommand.parse(line));
    }
    return true;
  }

  private void command(SinkCommand command) {
    if (start < end && !offersPipelining()) {
      note(Rule.PIPELINED_WITHOUT_OFFER, command.verb());
    } else if (start < end && command.endsGroup()) {
      note(Rule.AHEAD_OF_REPLY, command.verb());
    }
    if (!command.wellFormed()) {
      note(Rule.SYNTAX, command.verb());
      wire.reply("500 5.5.2 syntax error");
      return;
    }
    if (command.nonAscii() && !takesUtf8(command)) {
      note(Rule.NON_ASCII_COMMAND, command.verb());
    }
    switch (command.verb()) {
      case "EHLO", "HELO" -> hello(command);
      case "MAIL FROM" -> mail(command);
      case "RCPT TO" -> recipient(command);
      case "DATA" -> data();
      case "RSET" -> {
        transaction = null;
        mailRefused = false;
        wire.reply("250 2.0.0 reset");
      }
      case "NOOP" -> wire.reply("250 2.0.0 still here");
      case "QUIT" -> leave("221 2.0.0 bye");
      default -> wire.reply("502 5.5.1 not here");
    }
  }

  private void hello(SinkCommand command) {
    helloed = true;
    transaction = null;
    mailRefused = false;
    extended = command.verb().equals("EHLO");
    if (!extended) {
      wire.reply("250 sink.test");
      return;
    }
    offer.hello().forEach(wire::reply);
  }

  private void mail(SinkCommand command) {
    if (!helloed || transaction != null) {
      outOfOrder(command.verb());
      return;
    }
    mailRefused = true;
    for (String parameter : command.parameters()) {
      if (!isOffered(parameter)) {
        note(Rule.PARAMETER, parameter);
        wire.reply("555 5.5.4 unknown parameter");
        return;
      }
    }
    if (SinkTransaction.declaredSize(command.parameters()) > offer.maxSize()) {
      wire.reply("552 5.3.4 message too big");
      return;
    }
    SinkTransaction begun =
        new SinkTransaction(command.argument(), command.parameters(), host.nextFailure());
    if (begun.failure() == Failure.MAIL) {
      wire.reply("451 4.3.0 try again later");
      return;
    }
    mailRefused = false;
    transaction = begun;
    wire.reply("250 2.1.0 sender ok");
  }

  private void recipient(SinkCommand command) {
    if (transaction == null) {
      if (!mailRefused || !offersPipelining()) {
        note(Rule.ORDER, command.verb());
      }
      wire.reply("503 5.5.1 MAIL first");
      return;
    }
    transaction.ask();
    for (String parameter : command.parameters()) {
      if (!extended || !offer.offersToRecipients(parameter)) {
        note(Rule.PARAMETER, parameter);
        wire.reply("555 5.5.4 unknown parameter");
        return;
      }
    }
    Recipients temper = host.behaviour().recipients();
    if (temper == Recipients.REJECT) {
      wire.reply("550 5.1.1 no such user");
    } else if (transaction.failure() == Failure.RCPT) {
      wire.reply("451 4.3.0 try again later");
    } else if (temper == Recipients.GREYLIST
        && host.seenFirst(transaction.sender(), command.argument())) {
      wire.reply("450 4.7.1 greylisted, try again later");
    } else if (transaction.recipients().size() >= MAX_RECIPIENTS) {
      wire.reply("452 4.5.3 too many recipients");
    } else {
      transaction.recipients().add(command.argument());
      wire.reply("250 2.1.5 recipient ok");
    }
  }

  private void data() {
    if (transaction == null || !transaction.asked()) {
      if (!mailRefused || !offersPipelining()) {
        note(Rule.ORDER, "DATA");
      }
      wire.reply("503 5.5.1 MAIL and RCPT first");
    } else if (transaction.recipients().isEmpty()) {
      wire.reply("554 5.5.1 no valid recipients");
    } else {
      message = new SinkMessage(journal.keepContentUpTo());
      wire.reply("354 go ahead");
    }
  }

  private void finish(SinkMessage done) {
    SinkTransaction envelope = requireNonNull(transaction);
    message = null;
    transaction = null;
    long dotNanos = System.nanoTime();
    check(envelope, done);
    if (start < end && !offersPipelining()) {
      note(Rule.PIPELINED_WITHOUT_OFFER, "behind the final dot");
    }
    busy = true;
    long serviceNanos = host.nextServiceNanos();
    if (serviceNanos <= 0) {
      answer(envelope, done, dotNanos);
    } else {
      wire.later(
          serviceNanos,
          () -> {
            answer(envelope, done, dotNanos);
            proceed();
          });
    }
  }

  private void answer(SinkTransaction envelope, SinkMessage done, long dotNanos) {
    busy = false;
    if (envelope.failure() == Failure.DROP) {
      over = true;
      wire.hangUp();
    } else if (envelope.failure() == Failure.DOT) {
      reply("451 4.3.0 try again later");
    } else if (done.size() > offer.maxSize()) {
      reply("552 5.3.4 message too big");
    } else if (done.bareCr() || done.bareLf()) {
      reply("550 5.6.0 bare CR or LF");
    } else {
      Optional<Arrival.Content> content = done.content();
      long size = done.size();
      HashCode sha256 = done.sha256();
      journal.add(
          new Arrival(
              host.address(),
              connection,
              envelope.sender(),
              envelope.recipients(),
              envelope.parameters(),
              size,
              sha256,
              content,
              envelope.mailNanos(),
              dotNanos,
              !over));
      reply("250 2.0.0 taken as " + connection + "." + sha256.toString().substring(0, 8));
    }
  }

  private void check(SinkTransaction envelope, SinkMessage done) {
    if (done.bareCr()) {
      note(Rule.BARE_CR_IN_MESSAGE, "");
    }
    if (done.bareLf()) {
      note(Rule.BARE_LF_IN_MESSAGE, "");
    }
    if (done.eightBit() && !envelope.eightBit()) {
      note(Rule.UNDECLARED_EIGHT_BIT, "");
    }
    long declared = envelope.declaredSize();
    if (done.size() > offer.maxSize() || declared > 0 && done.size() > declared + declared / 10) {
      note(Rule.SIZE, done.size() + " bytes");
    }
  }

  private boolean offersPipelining() {
    return extended && offer.pipelining();
  }

  private boolean isOffered(String parameter) {
    return extended && offer.offers(parameter);
  }

  private boolean takesUtf8(SinkCommand command) {
    return command.parameters().contains("SMTPUTF8") || transaction != null && transaction.utf8();
  }

  private void outOfOrder(String verb) {
    note(Rule.ORDER, verb);
    wire.reply("503 5.5.1 bad sequence of commands");
  }

  private void reply(String line) {
    if (!over) {
      wire.reply(line);
    }
  }

  private void leave(String line) {
    over = true;
    wire.reply(line);
    wire.hangUp();
  }

  private void note(Rule rule, String detail) {
    journal.add(new Violation(host.address(), connection, rule, detail));
  }

  private void append(byte[] bytes, int length) {
    if (end + length > in.length) {
      int kept = end - start;
      byte[] room = kept + length > in.length ? new byte[2 * (kept + length)] : in;
      System.arraycopy(in, start, room, 0, kept);
      in = room;
      start = 0;
      end = kept;
    }
    System.arraycopy(bytes, 0, in, end, length);
    end += length;
  }
}
