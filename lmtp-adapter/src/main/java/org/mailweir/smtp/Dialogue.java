package org.mailweir.smtp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.mailweir.smtp.SmtpResult.Stage;

/**
 * Sends one message over a session that is ready for MAIL (RFC 5321 section 3.3), the commands in
 * one write where the host offers PIPELINING (RFC 2920).
 *
 * <h2>No deadlock</h2>
 *
 * A peer that does not read while it writes may block on replies that we do not read while we
 * write. So commands go out in batches of at most {@link #BATCH} bytes, which any socket buffer
 * holds, and the replies of a batch are read before the next one is written.
 *
 * <h2>DATA before its replies</h2>
 *
 * The last batch ends with DATA, whatever becomes of MAIL and RCPT. If then no recipient is left,
 * and yet the host says 354, it is owed a message: a lone dot, which no one gets, as every
 * recipient was refused. If one was not clearly refused, an empty mail could arrive: the connection
 * is closed.
 *
 * <p>Thread safety: one thread, one message; nothing is locked.
 */
final class Dialogue {
  /** Below the smallest default socket buffer, 8 KB on the oldest systems. */
  static final int BATCH = 7 * 1024;

  /** For replies that change nothing any more, as all recipients have their results. */
  private static final Duration DRAIN = Duration.ofSeconds(5);

  /** For what a host may have said before it closed the connection on our writing. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private final Session session;
  private final Envelope envelope;
  private final Timeouts timeouts;
  private final StepClock clock;
  private final SmtpConnection.Results results;
  private final Outcomes outcomes;
  private final int data;

  private Stage stage = Stage.MAIL;
  private boolean heard;
  private boolean mailRefused;
  private boolean unclear;
  private boolean closing;
  private boolean stale;
  private int accepted;

  Dialogue(
      Session session,
      Envelope envelope,
      Timeouts timeouts,
      StepClock clock,
      SmtpConnection.Results results,
      Outcomes outcomes) {
    this.session = session;
    this.envelope = envelope;
    this.timeouts = timeouts;
    this.clock = clock;
    this.results = results;
    this.outcomes = outcomes;
    data = envelope.recipients().size();
  }

  /**
   * Sends the message, and reports what becomes of it.
   *
   * @return false if the connection lay idle before and was found closed, or closing, before it was
   *     of any use: then nothing is reported, and the message may be sent over another one
   */
  boolean run() throws InterruptedException {
    envelope.refusal(session.peer()).ifPresent(outcomes::rest);
    if (outcomes.isComplete()) {
      return true;
    }
    session.beginMessage();
    try {
      exchange();
    } catch (StuffedChunks.Unreadable gone) {
      session.breakOff();
      outcomes.rest(Verdicts.ours(Stage.DATA, "4.3.0", "the body of the message is gone"));
    } catch (BodyWriter.Forbidden late) {
      session.breakOff();
      outcomes.rest(Verdicts.ours(Stage.DATA, "4.4.7", "given up before the final dot"));
    } catch (IOException failure) {
      boolean aborted = session.wire().isAborted();
      stale = session.isReused() && !heard && !aborted && isClosed(failure);
      session.breakOff();
      if (!stale) {
        outcomes.rest(
            aborted
                ? Verdicts.givenUp(session.peer(), stage)
                : Verdicts.lost(session.peer(), stage, failure));
      }
    } catch (InterruptedException interrupted) {
      session.breakOff();
      outcomes.rest(Verdicts.givenUp(session.peer(), stage));
      throw interrupted;
    }
    return !stale;
  }

  private static boolean isClosed(IOException failure) {
    return !(failure instanceof SocketTimeoutException) && !(failure instanceof BadReply);
  }

  /** Commands are numbered: -1 is MAIL, then the recipients from 0, then DATA. */
  private void exchange() throws IOException, InterruptedException {
    int next = -1;
    while (next <= data && !mailRefused && !closing) {
      if (next == data && accepted == 0) {
        return;
      }
      int end = write(next);
      for (; next < end && !closing; next++) {
        stage = stageOf(next);
        RemoteReply reply = session.wire().read(clock.deadline(patience()));
        if (next < 0 && !heard && reply.code() == 421 && session.isReused()) {
          stale = true;
          closing = true;
          session.breakOff();
          return;
        }
        heard = true;
        hear(next, reply);
      }
    }
  }

  /**
   * Writes the commands from this one on that may go in one batch; returns the first that did not.
   */
  private int write(int first) throws IOException, InterruptedException {
    ByteArrayOutputStream batch = new ByteArrayOutputStream();
    int next = first;
    do {
      batch.writeBytes(line(next));
      next++;
    } while (session.capabilities().pipelining()
        && next <= data
        && batch.size() + line(next).length <= BATCH);
    stage = stageOf(first);
    session.wire().write(batch.toByteArray(), batch.size(), clock.deadline(patience()));
    return next;
  }

  private byte[] line(int command) {
    if (command < 0) {
      return envelope.mail();
    }
    return command < data ? envelope.rcpt(command) : new byte[] {'D', 'A', 'T', 'A', '\r', '\n'};
  }

  private Stage stageOf(int command) {
    return command < 0 ? Stage.MAIL : command < data ? Stage.RCPT : Stage.DATA;
  }

  private Duration patience() {
    if (outcomes.isComplete()) {
      return DRAIN;
    }
    return stage == Stage.DATA ? timeouts.data() : timeouts.mail();
  }

  private void hear(int command, RemoteReply reply) throws IOException, InterruptedException {
    if (reply.code() == 421) {
      closing = true;
      outcomes.rest(Verdicts.answered(session.peer(), stage, reply));
      session.breakOff();
    } else if (command < 0) {
      hearMail(reply);
    } else if (command < data) {
      hearRcpt(command, reply);
    } else {
      hearData(reply);
    }
  }

  private void hearMail(RemoteReply reply) {
    if (!reply.isPositive()) {
      mailRefused = true;
      unclear = !reply.isRefusal();
      outcomes.rest(Verdicts.answered(session.peer(), Stage.MAIL, reply));
    }
  }

  private void hearRcpt(int recipient, RemoteReply reply) {
    if (reply.isPositive() && !mailRefused) {
      accepted++;
    } else {
      unclear |= !reply.isRefusal();
      outcomes.one(recipient, Verdicts.answered(session.peer(), Stage.RCPT, reply));
    }
  }

  private void hearData(RemoteReply reply) throws IOException, InterruptedException {
    if (reply.code() == 354 && accepted > 0) {
      sendBody();
    } else if (reply.code() == 354 && !unclear) {
      session.wire().write(new byte[] {'.', '\r', '\n'}, 3, clock.deadline(DRAIN));
      session.wire().read(clock.deadline(DRAIN));
    } else if (reply.isRefusal()) {
      outcomes.rest(Verdicts.answered(session.peer(), Stage.DATA, reply));
    } else {
      outcomes.rest(Verdicts.unexpected(session.peer(), Stage.DATA, reply));
      session.breakOff();
    }
  }

  private void sendBody() throws IOException, InterruptedException {
    RemoteReply reply;
    try {
      new BodyWriter(session.wire(), () -> clock.deadline(timeouts.progress()))
          .write(envelope.body(), results, () -> stage = Stage.DOT);
      reply = session.wire().read(clock.deadline(timeouts.dot()));
    } catch (BodyWriter.WriteFailure failure) {
      reply = lastWords(failure.cause());
    }
    if (reply.isPositive() && stage == Stage.DOT) {
      SmtpResult taken = Verdicts.answered(session.peer(), stage, reply);
      outcomes.rest(taken.withNotifies(session.capabilities().dsn()));
      session.endMessage();
    } else if (reply.isRefusal()) {
      outcomes.rest(Verdicts.answered(session.peer(), stage, reply));
      session.endMessage();
      closing |= reply.code() == 421;
    } else {
      outcomes.rest(Verdicts.unexpected(session.peer(), stage, reply));
      session.breakOff();
    }
    if (closing) {
      session.breakOff();
    }
  }

  /**
   * Returns the refusal that a host sent before it closed the connection, if that is how it was.
   */
  private RemoteReply lastWords(IOException failure) throws IOException, InterruptedException {
    if (failure instanceof SocketTimeoutException || !session.wire().isOpen()) {
      throw failure;
    }
    try {
      RemoteReply reply = session.wire().read(clock.deadline(LAST_WORDS));
      if (reply.isRefusal()) {
        closing = true;
        return reply;
      }
    } catch (IOException nothingSaid) {
      failure.addSuppressed(nothingSaid);
    }
    throw failure;
  }
}
