package org.mailweir.examples.embedding;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.Outcome;
import org.mailweir.core.Permit;

/**
 * Stands for the SMTP client that you have, and for the hosts behind it: reply codes by domain. A
 * domain without any is a black hole: connecting to it fails when the timeout is over, or succeeds
 * then if it has come back meanwhile.
 *
 * <p>It shows what the gate needs of a client: connecting apart from sending, a host that was not
 * reached apart from a connection that was lost later, and what a reply says about the
 * <em>destination</em>.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class SimulatedSmtp {
  /** In place of a reply code: the connection is lost while the message is sent. */
  static final int LOST = 0;

  private static final Duration LATENCY = Duration.ofMillis(10);

  private static final Duration CONNECT_TIMEOUT = Duration.ofMillis(300);

  private final Map<String, List<Integer>> codes = new ConcurrentHashMap<>();
  private final Map<String, Integer> connects = new ConcurrentHashMap<>();

  /** Lets a domain reply so from now on, one code per message, the last one for ever. */
  SimulatedSmtp replies(String domain, Integer... replies) {
    codes.put(domain, List.of(replies));
    return this;
  }

  /** Returns how often a connection to a domain was tried. */
  int connects(String domain) {
    return connects.getOrDefault(domain, 0);
  }

  /** Connects to the point where MAIL may be sent: TCP, banner, EHLO, TLS. */
  Connection connect(String domain) throws Unreachable, InterruptedException {
    try {
      return connectAsync(domain).get();
    } catch (ExecutionException failure) {
      throw new Unreachable(domain, failure);
    }
  }

  /** Connects without holding a thread, or fails with {@link Unreachable}. */
  CompletableFuture<Connection> connectAsync(String domain) {
    connects.merge(domain, 1, Integer::sum);
    return after(
        codes.containsKey(domain) ? LATENCY : CONNECT_TIMEOUT,
        () ->
            codes.containsKey(domain)
                ? CompletableFuture.completedFuture(new Connection(domain))
                : CompletableFuture.failedFuture(new Unreachable(domain, null)));
  }

  /** Delivers a message and settles the permit; completes with what the attempt taught. */
  CompletionStage<Outcome> deliver(String domain, Permit permit) {
    return connectAsync(domain)
        .thenCompose(
            connection -> {
              permit.ready();
              return connection.sendAsync();
            })
        .handle(
            (sent, failure) -> {
              Outcome outcome = failure == null ? sent : outcome(failure);
              permit.settle(outcome, words(failure));
              return outcome;
            });
  }

  /** A connection over which MAIL may be sent. */
  final class Connection {
    private final String domain;

    private Connection(String domain) {
      this.domain = domain;
    }

    /** Sends a message, and returns what the reply says about the destination. */
    Outcome send() throws IOException, InterruptedException {
      try {
        return sendAsync().get();
      } catch (ExecutionException failure) {
        throw new IOException("connection to " + domain + " lost", failure);
      }
    }

    /** Sends a message without holding a thread, or fails with an {@link IOException}. */
    CompletableFuture<Outcome> sendAsync() {
      return after(
          LATENCY,
          () -> {
            int code = nextCode(domain);
            return code == LOST
                ? CompletableFuture.failedFuture(new IOException("connection lost"))
                : CompletableFuture.completedFuture(outcome(code));
          });
    }
  }

  /** Says that the point where MAIL may be sent was not reached, on any address of the domain. */
  static final class Unreachable extends IOException {
    Unreachable(String domain, @Nullable Throwable cause) {
      super("connect to " + domain + " timed out", cause);
    }
  }

  /** Returns what a reply to a message says about the destination. */
  private static Outcome outcome(int code) {
    return switch (code / 100) {
      case 2 -> Outcome.DELIVERED;
      case 4 -> code == 421 ? Outcome.PUSHED_BACK : Outcome.DEFERRED;
      default -> Outcome.REJECTED;
    };
  }

  /** Returns what a failure says about the destination: not to be reached speaks against it. */
  static Outcome outcome(Throwable failure) {
    return cause(failure) instanceof Unreachable ? Outcome.UNREACHABLE : Outcome.UNKNOWN;
  }

  /**
   * Returns the words of a failure, which the gate keeps as the cause of a suspension; empty if
   * there is none.
   */
  static String words(@Nullable Throwable failure) {
    return failure == null ? "" : String.valueOf(cause(failure).getMessage());
  }

  /** Stages wrap the failure of the one before. */
  private static Throwable cause(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }

  private int nextCode(String domain) {
    List<Integer> left = codes.getOrDefault(domain, List.of(LOST));
    if (left.size() > 1) {
      codes.replace(domain, left, left.subList(1, left.size()));
    }
    return left.get(0);
  }

  private static <T> CompletableFuture<T> after(
      Duration delay, Supplier<CompletableFuture<T>> result) {
    Executor later = CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS);
    return CompletableFuture.runAsync(() -> {}, later).thenCompose(over -> result.get());
  }
}
