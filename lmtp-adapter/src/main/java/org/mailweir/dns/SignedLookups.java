package org.mailweir.dns;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.mailweir.dns.Answer.Kind;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Asks a resolver on this machine, and whether it has found the answer signed (the AD bit, RFC 6840
 * section 5.7). Of another machine's resolver that bit says nothing: whoever can change the answer
 * on its way can set it.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class SignedLookups {
  private static final int ENTRIES = 20_000;
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final Duration LONGEST_NEGATIVE = Duration.ofMinutes(5);

  private final Resolver resolver;
  private final boolean local;
  private final Cache<Question, Signed> cache =
      Caffeine.newBuilder()
          .maximumSize(ENTRIES)
          .expireAfter(Expiry.writing((Question question, Signed of) -> of.lifetime()))
          .build();

  private record Question(Name name, int type) {}

  /**
   * An answer.
   *
   * @param secure whether the resolver says that it is signed, also that there is none
   */
  record Signed(boolean secure, Answer answer, Duration lifetime) {}

  SignedLookups(Resolver resolver, List<InetSocketAddress> servers) {
    this.resolver = resolver;
    List<InetSocketAddress> asked =
        servers.isEmpty() ? ResolverConfig.getCurrentConfig().servers() : servers;
    local =
        !asked.isEmpty()
            && asked.stream()
                .allMatch(each -> !each.isUnresolved() && each.getAddress().isLoopbackAddress());
  }

  /** Returns whether every resolver is on this machine; else nothing is ever taken for signed. */
  boolean isLocal() {
    return local;
  }

  /** Returns what the resolver says. Blocks, within the resolver's own limits. */
  Signed ask(Name name, int type) throws InterruptedException {
    Question question = new Question(name, type);
    Signed kept = cache.getIfPresent(question);
    if (kept != null) {
      return kept;
    }
    Signed found = lookup(name, type);
    if (found.answer().kind() != Kind.FAILED) {
      cache.put(question, found);
    }
    return found;
  }

  private Signed lookup(Name name, int type) throws InterruptedException {
    Message query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
    query.getHeader().setFlag(Flags.AD);
    String what = " for " + Type.string(type) + " of " + name.toString(true);
    try {
      Message response = resolver.sendAsync(query).toCompletableFuture().get();
      int rcode = response.getRcode();
      if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN) {
        return failed("the resolver says " + Rcode.string(rcode) + what);
      }
      List<Record> records =
          response.getSection(Section.ANSWER).stream()
              .filter(each -> each.getType() == type)
              .toList();
      boolean secure = local && response.getHeader().getFlag(Flags.AD);
      Kind kind = records.isEmpty() ? Kind.NO_DATA : Kind.FOUND;
      return new Signed(secure, new Answer(kind, records, ""), lifetime(records));
    } catch (ExecutionException failure) {
      Throwable cause = failure.getCause();
      boolean silent = cause instanceof IOException;
      return failed("the resolver " + (silent ? "does not answer" : "cannot be asked") + what);
    }
  }

  private static Signed failed(String cause) {
    return new Signed(false, Answer.failed(cause), Duration.ZERO);
  }

  private static Duration lifetime(List<Record> records) {
    return records.stream()
        .map(each -> Duration.ofSeconds(each.getTTL()))
        .min(Duration::compareTo)
        .map(least -> least.compareTo(LONGEST) < 0 ? least : LONGEST)
        .orElse(LONGEST_NEGATIVE);
  }
}
