package org.mailweir.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.mailweir.dns.Answer.Kind;
import org.xbill.DNS.Cache;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;
import org.xbill.DNS.lookup.LookupResult;
import org.xbill.DNS.lookup.LookupSession;
import org.xbill.DNS.lookup.NoSuchDomainException;
import org.xbill.DNS.lookup.NoSuchRRSetException;
import org.xbill.DNS.lookup.ServerFailedException;

/**
 * Asks resolvers, and keeps their answers: for the time they say, an hour at most; "there is none"
 * for 5 minutes at most; failures not at all. The same question asked by many at the same time is
 * asked once. Memory: at most {@link #ENTRIES} answers, some 500 bytes each.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class Questions {
  private static final int ENTRIES = 20_000;
  private static final int LONGEST_SECONDS = 3600;
  private static final int LONGEST_NEGATIVE_SECONDS = 300;
  private static final int ROUNDS = 3;
  private static final int ALIASES = 8;

  private final Resolver resolver;
  private final SignedLookups signed;
  private final LookupSession session;
  private final Duration overall;
  private final ConcurrentHashMap<Question, CompletableFuture<Answer>> pending =
      new ConcurrentHashMap<>();

  /**
   * Prepares for questions.
   *
   * @param servers to ask, one that failed least of late first; empty for the system's
   * @param eachTry after which one server is taken not to answer
   * @param overall after which a question is given up
   */
  Questions(List<InetSocketAddress> servers, Duration eachTry, Duration overall) {
    this.overall = overall;
    resolver = resolver(servers, eachTry, overall);
    signed = new SignedLookups(resolver, servers);
    Cache cache = new Cache(DClass.IN);
    cache.setMaxEntries(ENTRIES);
    cache.setMaxCache(LONGEST_SECONDS);
    cache.setMaxNCache(LONGEST_NEGATIVE_SECONDS);
    session =
        LookupSession.builder()
            .resolver(resolver)
            .cache(cache)
            .maxRedirects(ALIASES)
            .executor(Runnable::run)
            .build();
  }

  /** Returns lookups that tell whether the answer is signed; with a cache of their own. */
  SignedLookups signed() {
    return signed;
  }

  private record Question(Name name, int type) {}

  /** Returns the answer when it is known. Never fails, and is complete before the overall time. */
  @SuppressWarnings("FutureReturnValueIgnored") // what comes of the lookup is told by the other one
  CompletableFuture<Answer> ask(Name name, int type) {
    CompletableFuture<Answer> asked = new CompletableFuture<>();
    Question question = new Question(name, type);
    CompletableFuture<Answer> before = pending.putIfAbsent(question, asked);
    if (before != null) {
      return before;
    }
    lookup(question)
        .orTimeout(overall.toNanos(), TimeUnit.NANOSECONDS)
        .whenComplete(
            (result, failure) -> {
              // First, so that whoever asks after this answer asks anew.
              pending.remove(question, asked);
              asked.complete(
                  failure == null
                      ? found(result, question.type)
                      : failed(unwrapped(failure), question));
            });
    return asked;
  }

  /** Returns a future of our own: the session's may be shared, and is not ours to end. */
  private CompletableFuture<LookupResult> lookup(Question question) {
    try {
      return session.lookupAsync(question.name, question.type).toCompletableFuture().copy();
    } catch (RuntimeException unforeseen) {
      return CompletableFuture.failedFuture(unforeseen);
    }
  }

  /** Returns what stands for every answer once the overall time is over, counted from now. */
  CompletableFuture<Answer> late() {
    return new CompletableFuture<Answer>()
        .completeOnTimeout(
            Answer.failed("the resolver does not answer"), overall.toNanos(), TimeUnit.NANOSECONDS);
  }

  private static Answer found(LookupResult result, int type) {
    List<Record> records = new ArrayList<>(result.getRecords());
    records.removeIf(each -> each.getType() != type);
    return new Answer(records.isEmpty() ? Kind.NO_DATA : Kind.FOUND, records, "");
  }

  private static Answer failed(Throwable failure, Question question) {
    if (failure instanceof NoSuchDomainException) {
      return new Answer(Kind.NO_SUCH_NAME, List.of(), "");
    }
    if (failure instanceof NoSuchRRSetException) {
      return new Answer(Kind.NO_DATA, List.of(), "");
    }
    String what =
        failure instanceof ServerFailedException
            ? "the resolver says SERVFAIL"
            : isTimeout(failure)
                ? "the resolver does not answer"
                : "the resolver cannot be asked (" + words(failure) + ")";
    return Answer.failed(
        what + " for " + Type.string(question.type) + " of " + question.name.toString(true));
  }

  /** Returns the first words that the failure or what caused it has to say. */
  private static String words(Throwable failure) {
    Throwable cause = failure;
    while (cause.getMessage() == null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  private static boolean isTimeout(Throwable failure) {
    return failure instanceof TimeoutException
        || String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT).contains("timed out");
  }

  private static Throwable unwrapped(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static Resolver resolver(
      List<InetSocketAddress> servers, Duration eachTry, Duration overall) {
    List<Resolver> each = new ArrayList<>();
    for (InetSocketAddress server : servers) {
      each.add(new SimpleResolver(server));
    }
    ExtendedResolver all = each.isEmpty() ? new ExtendedResolver() : new ExtendedResolver(each);
    all.setRetries(ROUNDS);
    all.setTimeout(overall);
    for (Resolver simple : all.getResolvers()) {
      simple.setTimeout(eachTry);
    }
    return all;
  }
}
