package org.mailweir.mxdeliv;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.mailweir.dns.MailExchangers;
import org.mailweir.dns.MailExchangers.Host;
import org.mailweir.dns.MailExchangers.Hosts;
import org.mailweir.message.Destination;
import org.mailweir.tls.TlsPolicies;
import org.mailweir.tls.TlsPolicy;
import org.mailweir.tls.TlsRefusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether the most preferred exchanger of a destination takes mail over HTTPS, without
 * giving it any. It is asked with HEAD: one that takes mail by POST alone answers 405, whatever
 * else listens there answers 404, or something of its own. So a connection that is ready is at hand
 * as after STARTTLS, and no body is sent to a web server that wants none.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class HttpsAttempt {
  private static final Logger log = LoggerFactory.getLogger(HttpsAttempt.class);
  private static final int METHOD_NOT_ALLOWED = 405;

  private final Destination destination;
  private final Channels channels;
  private final CompletableFuture<Optional<HttpsHost>> result = new CompletableFuture<>();
  private final Ending ending = new Ending();
  private volatile Optional<String> asked = Optional.empty();
  private volatile Optional<String> skipped = Optional.empty();

  /** What all attempts use. */
  record Channels(
      MailExchangers exchangers,
      TlsPolicies policies,
      Clients clients,
      ChannelMemory memory,
      MxdelivSettings settings) {}

  /** Gives the client that is as strict as a policy. */
  interface Clients {
    OkHttpClient of(TlsPolicy policy);
  }

  HttpsAttempt(Destination destination, Channels channels) {
    this.destination = destination;
    this.channels = channels;
  }

  /** Begins, on a thread of its own. */
  void start(Executor threads) {
    try {
      threads.execute(this::run);
    } catch (RejectedExecutionException stopping) {
      cancel();
    }
  }

  /** Runs the action if a host is ready, at once or when it is. */
  @SuppressWarnings("FutureReturnValueIgnored") // the action's doing is its own
  void whenReady(Runnable action) {
    result.thenAccept(host -> host.ifPresent(ready -> action.run()));
  }

  /** Returns the host if it is ready within this time. */
  Optional<HttpsHost> await(Duration time) throws InterruptedException {
    try {
      return result.get(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException notYet) {
      return Optional.empty();
    } catch (ExecutionException defect) {
      log.error("{}: HTTPS could not be tried", destination, defect.getCause());
      return Optional.empty();
    }
  }

  /** Ends it; there is no host then, unless one was ready before. */
  void cancel() {
    result.complete(Optional.empty());
    ending.end();
  }

  /** Returns the host that was asked, or is being asked. */
  Optional<String> asked() {
    return asked;
  }

  /** Returns the host that was not asked, since it is remembered to lack HTTPS. */
  Optional<String> skipped() {
    return skipped;
  }

  private void run() {
    try {
      result.complete(find());
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      cancel();
    } catch (RuntimeException | Error defect) {
      result.completeExceptionally(defect);
    }
  }

  private Optional<HttpsHost> find() throws InterruptedException {
    if (!(channels.exchangers().lookup(destination) instanceof Hosts hosts)) {
      return Optional.empty();
    }
    Host best = hosts.hosts().get(0);
    if (channels.memory().lacks(best.name())) {
      skipped = Optional.of(best.name());
      return Optional.empty();
    }
    Optional<TlsPolicy> policy;
    try {
      policy = channels.policies().policy(destination, best.name()).forHttps();
    } catch (TlsRefusal refusal) {
      log.debug("{}: not by HTTPS: {}", destination, refusal.text());
      return Optional.empty();
    }
    Optional<HttpUrl> url = url(best);
    if (policy.isEmpty() || url.isEmpty()) {
      return Optional.empty();
    }
    asked = Optional.of(best.name());
    OkHttpClient client = channels.clients().of(policy.get());
    HttpsHost host = new HttpsHost(best.name(), url.get(), client, policy.get().basis());
    boolean ready = channels.memory().isProven(best.name()) || takesMail(host);
    return ready ? Optional.of(host) : Optional.empty();
  }

  private boolean takesMail(HttpsHost host) {
    Call call = host.client().newCall(new Request.Builder().url(host.url()).head().build());
    call.timeout().timeout(channels.settings().readyWithin().toNanos(), TimeUnit.NANOSECONDS);
    ending.set(this, call::cancel);
    try (Response response = call.execute()) {
      log.debug("{} says {} to HEAD", host.url(), response.code());
      return response.code() == METHOD_NOT_ALLOWED;
    } catch (IOException failure) {
      log.debug("{}: {}", host.url(), failure.toString());
      return false;
    } finally {
      ending.clear(this);
    }
  }

  private Optional<HttpUrl> url(Host host) {
    InetAddress address = host.address();
    String name = host.name().startsWith("[") ? address.getHostAddress() : host.name();
    try {
      return Optional.of(
          new HttpUrl.Builder()
              .scheme("https")
              .host(name)
              .port(channels.settings().port())
              .addPathSegment("mxdeliv")
              .build());
    } catch (IllegalArgumentException notForUrls) {
      return Optional.empty();
    }
  }
}
