package org.mailweir.mxdeliv;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.TimeSource;
import org.mailweir.message.Body;
import org.mailweir.message.Destination;
import org.mailweir.message.Recipient;
import org.mailweir.message.Reply;
import org.mailweir.message.Sender;
import org.mailweir.smtp.ConnectFailure;
import org.mailweir.smtp.SmtpConnection;
import org.mailweir.smtp.SmtpConnector;
import org.mailweir.smtp.SmtpConnector.ConnectObserver;
import org.mailweir.smtp.SmtpResult;
import org.mailweir.smtp.SmtpResult.Stage;

/**
 * A host that is ready to take a message over HTTPS. What it refuses, or what cannot be posted,
 * goes by SMTP at once: there each recipient has an answer of its own. What was posted whole and
 * had no answer goes nowhere: it may have been taken.
 *
 * <p>Thread safety: one thread at a time; {@link #abort} by any.
 */
final class MxdelivConnection implements SmtpConnection {
  private static final int LONGEST = 400;

  private final Destination destination;
  private final HttpsHost host;
  private final SmtpConnector smtp;
  private final ChannelMemory memory;
  private final TimeSource clock;
  private final Runnable onTaken;
  private final Ending ending = new Ending();
  private volatile @Nullable SmtpConnection instead;

  /**
   * Creates a connection.
   *
   * @param onTaken runs when a message was taken over HTTPS
   */
  MxdelivConnection(
      Destination destination,
      HttpsHost host,
      SmtpConnector smtp,
      ChannelMemory memory,
      TimeSource clock,
      Runnable onTaken) {
    this.destination = destination;
    this.host = host;
    this.smtp = smtp;
    this.memory = memory;
    this.clock = clock;
    this.onTaken = onTaken;
  }

  @Override
  public String peer() {
    SmtpConnection other = instead;
    return other == null ? host.url().toString() : other.peer();
  }

  @Override
  public String tls() {
    SmtpConnection other = instead;
    return other == null ? "HTTPS/" + host.basis() : other.tls();
  }

  @Override
  public void send(
      Sender sender, List<Recipient> recipients, Body body, long deadlineNanos, Results results)
      throws InterruptedException {
    Optional<HttpsAnswer> refusal = Optional.empty();
    if (Letter.fits(sender, recipients)) {
      long left = deadlineNanos - clock.nanoTime();
      Post.Outcome outcome = Post.send(host, sender, recipients, body, left, results, ending);
      if (outcome instanceof Post.Refused refused) {
        refusal = Optional.of(refused.answer());
        results.notTaken();
      } else if (!(outcome instanceof Post.Failed) || ending.isEnded()) {
        settle(outcome, recipients.size(), results);
        return;
      }
    }
    sendBySmtp(sender, recipients, body, deadlineNanos, results, refusal);
  }

  private void settle(Post.Outcome outcome, int recipients, Results results) {
    SmtpResult result;
    if (outcome instanceof Post.Taken) {
      memory.took(host.name());
      onTaken.run();
      Reply taken = new Reply(250, "2.0.0", "Ok (HTTPS, " + host.name() + ")");
      result = new SmtpResult(Stage.DOT, true, taken, false, false);
    } else if (outcome instanceof Post.Unknown unknown) {
      // The next try goes by SMTP: there may be something that swallows all that is posted.
      memory.leaveToSmtp(List.of(host.name()));
      String text =
          "lost connection with " + host.name() + " after the message was sent over HTTPS (";
      result = ours(Stage.DOT, "4.4.2", text + unknown.cause() + "); may have been delivered");
    } else if (outcome instanceof Post.Unreadable) {
      result = ours(Stage.DATA, "4.3.0", "the message cannot be read");
    } else {
      result = ours(Stage.DATA, "4.4.2", "gave up on " + host.name() + " over HTTPS");
    }
    all(recipients, results, result);
  }

  private void sendBySmtp(
      Sender sender,
      List<Recipient> recipients,
      Body body,
      long deadlineNanos,
      Results results,
      Optional<HttpsAnswer> refusal)
      throws InterruptedException {
    SmtpConnection connection;
    try {
      connection = smtp.connect(destination, observer());
    } catch (ConnectFailure failure) {
      ending.clear(smtp);
      all(recipients.size(), results, unreachable(failure, refusal, recipients.size() == 1));
      return;
    }
    instead = connection;
    ending.set(smtp, connection::abort);
    new NotedConnection(connection, () -> memory.leaveToSmtp(List.of(host.name())))
        .send(sender, recipients, body, deadlineNanos, results);
  }

  private ConnectObserver observer() {
    return new ConnectObserver() {
      @Override
      public void connected() {}

      @Override
      public void abortWith(Runnable abort) {
        ending.set(smtp, abort);
      }
    };
  }

  /** Returns what stands where SMTP has no answer: that of HTTPS, if there is one. */
  private SmtpResult unreachable(
      ConnectFailure failure, Optional<HttpsAnswer> refusal, boolean oneRecipient) {
    boolean pushedBack = failure.kind() == ConnectFailure.Kind.PUSHED_BACK;
    if (refusal.isEmpty() || pushedBack) {
      return new SmtpResult(Stage.MAIL, pushedBack, failure.reply(), pushedBack, false);
    }
    Reply refused = refusal.get().refusal(host.name(), oneRecipient);
    String text = refused.text() + "; and by SMTP: " + failure.reply().text();
    Reply both = new Reply(refused.code(), refused.status(), bounded(text));
    return new SmtpResult(Stage.DATA, true, both, false, false);
  }

  @Override
  public void release() {
    SmtpConnection other = instead;
    ending.clear(smtp);
    if (other != null) {
      other.release();
    }
  }

  @Override
  public void abort() {
    ending.end();
  }

  private static void all(int recipients, Results results, SmtpResult result) {
    for (int i = 0; i < recipients; i++) {
      results.recipient(i, result);
    }
  }

  private static SmtpResult ours(Stage stage, String status, String text) {
    return new SmtpResult(stage, false, new Reply(451, status, bounded(text)), false, false);
  }

  private static String bounded(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST - 3) + "...";
  }
}
