package org.mailweir.dns;

import static java.util.Objects.requireNonNull;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.random.RandomGenerator;
import org.mailweir.dns.Answer.Kind;
import org.mailweir.dns.RouteOrder.Exchanger;
import org.mailweir.message.Destination;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/**
 * Finds mail exchangers in the DNS.
 *
 * <h2>When no exchanger has an address</h2>
 *
 * If the lookup of one of them failed for now, so does the whole. Else the mail is returned with
 * 550 5.4.4, as Postfix does unless smtp_defer_if_no_mx_address_found is set: what the domain's
 * owner has published leads nowhere, and the sender should know at once.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class DnsMailExchangers implements MailExchangers {
  /** RFC 5321 names no limit; Postfix tries 5 addresses, we want backups behind long lists too. */
  private static final int EXCHANGERS = 10;

  private static final int ADDRESSES = 16;

  private final Questions questions;
  private final String ourName;
  private final RandomGenerator random;

  /**
   * Creates one with an empty cache.
   *
   * @param servers resolvers to ask, in no certain order; empty for those of the system
   * @param ourName the name that we go by in the DNS, against loops
   * @param random shuffles exchangers of one preference; must be safe for many threads
   */
  public DnsMailExchangers(
      List<InetSocketAddress> servers, String ourName, RandomGenerator random) {
    this(new DnsClient(servers), ourName, random);
  }

  /** Creates one that shares a client with others, and its cache. */
  public DnsMailExchangers(DnsClient client, String ourName, RandomGenerator random) {
    this(client.questions(), ourName, random);
  }

  DnsMailExchangers(Questions questions, String ourName, RandomGenerator random) {
    this.questions = questions;
    this.ourName = requireNonNull(ourName);
    this.random = requireNonNull(random);
  }

  @Override
  public Route lookup(Destination destination) throws InterruptedException {
    if (destination.isLiteral()) {
      return literal(destination.name());
    }
    Optional<Name> name = DnsClient.absolute(destination.name());
    if (name.isEmpty()) {
      return new NoMail(550, "5.1.2", destination + " is no domain name");
    }
    CompletableFuture<Answer> late = questions.late();
    try {
      return lookup(destination, name.get(), late);
    } finally {
      late.cancel(false);
    }
  }

  private Route lookup(Destination destination, Name name, CompletableFuture<Answer> late)
      throws InterruptedException {
    Answer answer = await(questions.ask(name, Type.MX), late);
    return switch (answer.kind()) {
      case FOUND -> exchangers(destination, answer.records(), late);
      case NO_DATA -> implicit(destination, late);
      case NO_SUCH_NAME ->
          new NoMail(550, "5.1.2", "the domain " + destination + " does not exist");
      case FAILED -> new Unresolved(answer.cause());
    };
  }

  private Route exchangers(
      Destination destination, List<Record> records, CompletableFuture<Answer> late)
      throws InterruptedException {
    List<Exchanger> published = new ArrayList<>();
    for (Record record : records) {
      MXRecord mx = (MXRecord) record;
      if (!mx.getTarget().equals(Name.root)) {
        published.add(new Exchanger(mx.getPriority(), mx.getTarget().toString(true)));
      }
    }
    if (published.isEmpty()) {
      return new NoMail(556, "5.1.10", "the domain " + destination + " takes no mail (null MX)");
    }
    int ours =
        published.stream()
            .filter(each -> each.name().equalsIgnoreCase(ourName))
            .mapToInt(Exchanger::preference)
            .min()
            .orElse(Integer.MAX_VALUE);
    published.removeIf(each -> each.preference() >= ours);
    if (published.isEmpty()) {
      return new NoMail(554, "5.4.6", "mail for " + destination + " loops back to us");
    }
    List<Exchanger> ordered = RouteOrder.byPreference(published, random);
    return addresses(destination, ordered.subList(0, Math.min(EXCHANGERS, ordered.size())), late);
  }

  /** The domain itself is its only exchanger, where it publishes none. */
  private Route implicit(Destination destination, CompletableFuture<Answer> late)
      throws InterruptedException {
    return addresses(destination, List.of(new Exchanger(0, destination.name())), late);
  }

  private Route addresses(
      Destination destination, List<Exchanger> exchangers, CompletableFuture<Answer> late)
      throws InterruptedException {
    // All are asked before the first answer is waited for.
    Map<Exchanger, List<CompletableFuture<Answer>>> asked = new LinkedHashMap<>();
    for (Exchanger each : exchangers) {
      DnsClient.absolute(each.name())
          .ifPresent(
              name ->
                  asked.putIfAbsent(
                      each, List.of(questions.ask(name, Type.AAAA), questions.ask(name, Type.A))));
    }
    Map<Integer, List<Host>> found = new LinkedHashMap<>();
    String failure = "";
    for (Map.Entry<Exchanger, List<CompletableFuture<Answer>>> each : asked.entrySet()) {
      for (CompletableFuture<Answer> question : each.getValue()) {
        Answer answer = await(question, late);
        failure = answer.kind() == Kind.FAILED ? answer.cause() : failure;
        for (Record record : answer.records()) {
          InetAddress address = addressOf(record);
          if (!address.isAnyLocalAddress() && !address.isMulticastAddress()) {
            found
                .computeIfAbsent(each.getKey().preference(), preference -> new ArrayList<>())
                .add(new Host(each.getKey().name(), address));
          }
        }
      }
    }
    List<Host> hosts = new ArrayList<>();
    found.values().forEach(group -> hosts.addAll(RouteOrder.interleaved(group)));
    if (!hosts.isEmpty()) {
      return new Hosts(List.copyOf(hosts.subList(0, Math.min(ADDRESSES, hosts.size()))));
    }
    return failure.isEmpty()
        ? new NoMail(550, "5.4.4", "no mail exchanger of " + destination + " has an address")
        : new Unresolved(failure);
  }

  private static Route literal(String name) {
    String text = name.substring(1, name.length() - (name.endsWith("]") ? 1 : 0));
    String address = text.regionMatches(true, 0, "IPv6:", 0, 5) ? text.substring(5) : text;
    return InetAddresses.isInetAddress(address)
        ? new Hosts(List.of(new Host(name, InetAddresses.forString(address))))
        : new NoMail(550, "5.1.2", name + " is no address");
  }

  static InetAddress addressOf(Record record) {
    return record instanceof ARecord four ? four.getAddress() : ((AAAARecord) record).getAddress();
  }

  /** Waits for the answer, or until the time of the whole lookup is over. */
  private static Answer await(CompletableFuture<Answer> question, CompletableFuture<Answer> late)
      throws InterruptedException {
    try {
      return question.applyToEither(late, answer -> answer).get();
    } catch (ExecutionException unforeseen) {
      return Answer.failed("the lookup failed (" + unforeseen.getCause() + ")");
    }
  }
}
