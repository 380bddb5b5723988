package org.mailweir.mxdeliv;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLContext;
import okhttp3.OkHttpClient;
import org.mailweir.core.TimeSource;
import org.mailweir.dns.MailExchangers;
import org.mailweir.https.HttpsClients;
import org.mailweir.message.Destination;
import org.mailweir.message.Reply;
import org.mailweir.smtp.ConnectFailure;
import org.mailweir.smtp.ConnectFailure.Kind;
import org.mailweir.smtp.SmtpConnection;
import org.mailweir.smtp.SmtpConnector;
import org.mailweir.tls.TlsMode;
import org.mailweir.tls.TlsPolicies;
import org.mailweir.tls.TlsPolicy;

/**
 * Delivers over HTTPS where the destination's first mail exchanger takes that, else over SMTP.
 *
 * <h2>Which of the two</h2>
 *
 * HTTPS has a head start of a second; then SMTP is tried beside it, and who is ready first is
 * taken. A host whose port 443 swallows packets costs that second, once in half an hour, and one
 * whose port 25 does costs nothing. SMTP alone is used for hosts that are {@linkplain ChannelMemory
 * remembered} to lack HTTPS, and the destination counts as unreachable only if both ways are.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class MxdelivConnector implements SmtpConnector {
  private final SmtpConnector smtp;
  private final Executor threads;
  private final TimeSource clock;
  private final HttpsAttempt.Channels channels;
  private final LongAdder taken = new LongAdder();

  /** By what they trust; there are two: the roots, and any certificate. */
  private final Map<SSLContext, OkHttpClient> clients = new ConcurrentHashMap<>();

  /**
   * Creates the connector.
   *
   * @param threads runs each task at once, on a thread of its own: one for each attempt
   * @param clock of the deadlines given to {@link SmtpConnection#send}
   */
  public MxdelivConnector(
      SmtpConnector smtp,
      MailExchangers exchangers,
      TlsPolicies policies,
      HttpsClients https,
      MxdelivSettings settings,
      Executor threads,
      TimeSource clock) {
    this.smtp = requireNonNull(smtp);
    this.threads = requireNonNull(threads);
    this.clock = requireNonNull(clock);
    ChannelMemory memory = new ChannelMemory(settings, clock);
    channels =
        new HttpsAttempt.Channels(
            exchangers, policies, policy -> client(https, policy), memory, settings);
  }

  @Override
  public SmtpConnection connect(Destination destination, ConnectObserver observer)
      throws ConnectFailure, InterruptedException {
    HttpsAttempt https = new HttpsAttempt(destination, channels);
    Ending ending = new Ending();
    ending.set(https, https::cancel);
    observer.abortWith(ending::end);
    https.start(threads);
    try {
      Optional<HttpsHost> early = https.await(channels.settings().headStart());
      if (early.isEmpty()) {
        return either(destination, https, ending, observer);
      }
      observer.connected();
      return connection(destination, early.get());
    } finally {
      https.cancel();
    }
  }

  /** Tries SMTP beside what is left of the attempt over HTTPS. */
  private SmtpConnection either(
      Destination destination, HttpsAttempt https, Ending ending, ConnectObserver observer)
      throws ConnectFailure, InterruptedException {
    if (ending.isEnded()) {
      throw aborted();
    }
    Ending overtaken = new Ending();
    https.whenReady(overtaken::end);
    ConnectObserver both =
        new ConnectObserver() {
          @Override
          public void connected() {
            observer.connected();
          }

          @Override
          public void abortWith(Runnable abort) {
            ending.set(smtp, abort);
            overtaken.set(smtp, abort);
          }
        };
    try {
      SmtpConnection connection = smtp.connect(destination, both);
      Optional<String> asked = https.asked();
      return asked.isEmpty()
          ? connection
          : new NotedConnection(
              connection, () -> channels.memory().leaveToSmtp(List.of(asked.get())));
    } catch (ConnectFailure failure) {
      Optional<HttpsHost> late = late(failure, https, ending);
      if (late.isPresent()) {
        observer.connected();
        return connection(destination, late.get());
      }
      throw failure;
    } finally {
      ending.clear(smtp);
      overtaken.clear(smtp);
    }
  }

  /** Returns the host that may still take the message, where SMTP failed. */
  private Optional<HttpsHost> late(ConnectFailure failure, HttpsAttempt https, Ending ending)
      throws InterruptedException {
    boolean overtaken = failure.kind() == Kind.ABORTED && !ending.isEnded();
    if (failure.kind() == Kind.UNREACHABLE) {
      https.skipped().ifPresent(host -> channels.memory().tryAgain(List.of(host)));
    } else if (!overtaken) {
      return Optional.empty();
    }
    Optional<HttpsHost> late = https.await(channels.settings().readyWithin());
    return ending.isEnded() ? Optional.empty() : late;
  }

  @Override
  public void probe(Destination destination) throws ConnectFailure, InterruptedException {
    HttpsAttempt https = new HttpsAttempt(destination, channels);
    https.start(threads);
    try {
      if (https.await(channels.settings().headStart()).isPresent()) {
        return;
      }
      smtp.probe(destination);
    } catch (ConnectFailure failure) {
      Duration rest = channels.settings().readyWithin();
      if (failure.kind() != Kind.UNREACHABLE || https.await(rest).isEmpty()) {
        throw failure;
      }
    } finally {
      https.cancel();
    }
  }

  /** Returns how many messages were taken over HTTPS. */
  public long taken() {
    return taken.sum();
  }

  private SmtpConnection connection(Destination destination, HttpsHost host) {
    return new MxdelivConnection(
        destination, host, smtp, channels.memory(), clock, taken::increment);
  }

  private OkHttpClient client(HttpsClients https, TlsPolicy policy) {
    return clients.computeIfAbsent(
        policy.context(),
        context ->
            policy.mode() == TlsMode.VERIFY
                ? https.verifying(context, policy.trust())
                : https.lenient(context, policy.trust()));
  }

  private static ConnectFailure aborted() {
    return new ConnectFailure(
        Kind.ABORTED, new Reply(451, "4.4.1", "the attempt to connect was given up"));
  }
}
