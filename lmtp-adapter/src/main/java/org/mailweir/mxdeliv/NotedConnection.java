package org.mailweir.mxdeliv;

import java.util.List;
import org.mailweir.message.Body;
import org.mailweir.message.Recipient;
import org.mailweir.message.Sender;
import org.mailweir.smtp.SmtpConnection;
import org.mailweir.smtp.SmtpResult;
import org.mailweir.smtp.SmtpResult.Stage;

/**
 * A connection of SMTP of which it is noted that it took a message, where HTTPS did not.
 *
 * <p>Thread safety: as that of the connection.
 */
final class NotedConnection implements SmtpConnection {
  private final SmtpConnection smtp;
  private final Runnable onTaken;

  NotedConnection(SmtpConnection smtp, Runnable onTaken) {
    this.smtp = smtp;
    this.onTaken = onTaken;
  }

  @Override
  public String peer() {
    return smtp.peer();
  }

  @Override
  public String tls() {
    return smtp.tls();
  }

  @Override
  public void send(
      Sender sender, List<Recipient> recipients, Body body, long deadlineNanos, Results results)
      throws InterruptedException {
    smtp.send(sender, recipients, body, deadlineNanos, noting(results));
  }

  private Results noting(Results results) {
    return new Results() {
      @Override
      public boolean mayFinish() {
        return results.mayFinish();
      }

      @Override
      public void notTaken() {
        results.notTaken();
      }

      @Override
      public void recipient(int index, SmtpResult result) {
        if (result.stage() == Stage.DOT && result.reply().isPositive()) {
          onTaken.run();
        }
        results.recipient(index, result);
      }
    };
  }

  @Override
  public void release() {
    smtp.release();
  }

  @Override
  public void abort() {
    smtp.abort();
  }
}
