package org.mailweir.delivery;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.TimeSource;
import org.mailweir.message.Destination;
import org.mailweir.message.Reply;
import org.mailweir.smtp.ConnectFailure;
import org.mailweir.smtp.SmtpConnection;
import org.mailweir.smtp.SmtpResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one line on one attempt at a delivery, in the words of Postfix's own log:
 *
 * <pre>
 * 4bVcQ45xllz1SCKT: to=example.org, relay=mx.example.org[192.0.2.1]:25, tls=TLSv1.3/verify,
 *   delays=0.12/0.31, nrcpt=2, status=sent (250 2.0.0)
 * </pre>
 *
 * (in one line). Delays are seconds until ready and from there on; several replies are told with
 * their numbers. There is neither an address nor a remote's words to a recipient in it, which may
 * repeat one: only codes. What was said before any address was sent is told.
 *
 * <p>Thread safety: none; of the attempt's thread.
 */
public final class AttemptLog {
  private static final Logger log = LoggerFactory.getLogger(AttemptLog.class);
  private static final int LONGEST = 200;
  private static final double NANOS = 1e9;

  private final String name;
  private final Destination destination;
  private final TimeSource time;
  private final long begun;
  private long ready;
  private @Nullable SmtpConnection connection;

  /**
   * Begins the attempt that is written of; its delays count from here.
   *
   * @param name of the message
   */
  public AttemptLog(String name, Destination destination, TimeSource time) {
    this.name = name;
    this.destination = destination;
    this.time = time;
    begun = time.nanoTime();
  }

  /** Notes that MAIL may be sent. */
  public void ready(SmtpConnection to) {
    connection = to;
    ready = time.nanoTime();
  }

  /** Writes that no connection could be had. */
  public void failed(ConnectFailure failure) {
    Reply reply = failure.reply();
    String status = reply.isPermanent() ? "bounced" : "deferred";
    write(1, status, code(reply) + " " + shortened(reply.text()));
  }

  /** Writes that a connection was ready, and nobody waited for it any more. */
  public void unused() {
    write(0, "unused", "the client was let go before");
  }

  /** Writes what became of the recipients. */
  public void sent(List<SmtpResult> results) {
    Map<String, Integer> codes = new LinkedHashMap<>();
    boolean taken = false;
    boolean refused = false;
    boolean later = false;
    for (SmtpResult each : results) {
      codes.merge(code(each.reply()), 1, Integer::sum);
      taken |= each.reply().isPositive();
      refused |= each.reply().isPermanent();
      later |= each.reply().isTransient();
    }
    int kinds = (taken ? 1 : 0) + (refused ? 1 : 0) + (later ? 1 : 0);
    String status = kinds > 1 ? "mixed" : taken ? "sent" : refused ? "bounced" : "deferred";
    StringBuilder replies = new StringBuilder();
    codes.forEach(
        (code, count) ->
            replies
                .append(replies.isEmpty() ? "" : ", ")
                .append(codes.size() > 1 ? count + " x " : "")
                .append(code));
    write(results.size(), status, replies.toString());
  }

  private void write(int recipients, String status, String reply) {
    if (!log.isInfoEnabled()) {
      return;
    }
    SmtpConnection to = connection;
    long now = time.nanoTime();
    StringBuilder line = new StringBuilder(240).append(name).append(": to=").append(destination);
    if (to == null) {
      line.append(", relay=none, delays=").append(seconds(now - begun));
    } else {
      line.append(", relay=").append(to.peer());
      line.append(", tls=").append(to.tls().isEmpty() ? "none" : to.tls());
      line.append(", delays=").append(seconds(ready - begun));
      line.append('/').append(seconds(now - ready));
      line.append(", nrcpt=").append(recipients);
    }
    line.append(", status=").append(status).append(" (").append(reply).append(')');
    log.info("{}", line);
  }

  private static String code(Reply reply) {
    return (reply.code() + " " + reply.status()).strip();
  }

  private static String seconds(long nanos) {
    double seconds = nanos / NANOS;
    return seconds < 10
        ? String.valueOf(Math.round(seconds * 100) / 100.0)
        : String.valueOf(Math.round(seconds));
  }

  private static String shortened(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST - 3) + "...";
  }
}
