package org.mailweir.dns;

import com.google.common.io.BaseEncoding;
import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.mailweir.dns.Answer.Kind;
import org.mailweir.dns.MailExchangers.Host;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.TLSARecord;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * Asks resolvers and keeps what they say, for all who look something up in the DNS.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class DnsClient {
  private static final Duration EACH_TRY = Duration.ofSeconds(5);
  private static final Duration OVERALL = Duration.ofSeconds(15);
  private static final int ADDRESSES = 16;
  private static final int ASSOCIATIONS = 20;

  private final Questions questions;

  /**
   * Creates one with an empty cache.
   *
   * @param servers resolvers to ask, in no certain order; empty for those of the system
   */
  public DnsClient(List<InetSocketAddress> servers) {
    this(new Questions(servers, EACH_TRY, OVERALL));
  }

  DnsClient(Questions questions) {
    this.questions = questions;
  }

  Questions questions() {
    return questions;
  }

  /**
   * Returns the addresses of a host, families in turn; 16 at most, never none.
   *
   * @param host a name without a dot at its end, or an address as text
   * @throws UnknownHostException if there is none, or it cannot be found out now; says which
   */
  public List<InetAddress> addresses(String host)
      throws UnknownHostException, InterruptedException {
    if (InetAddresses.isInetAddress(host)) {
      return List.of(InetAddresses.forString(host));
    }
    Name name = absolute(host).orElseThrow(() -> new UnknownHostException(host + " is no name"));
    CompletableFuture<Answer> six = questions.ask(name, Type.AAAA);
    List<Host> found = new ArrayList<>();
    String failure = "";
    for (CompletableFuture<Answer> each : List.of(six, questions.ask(name, Type.A))) {
      Answer answer = await(each);
      failure = answer.kind() == Kind.FAILED ? answer.cause() : failure;
      for (Record record : answer.records()) {
        InetAddress address = DnsMailExchangers.addressOf(record);
        if (!address.isAnyLocalAddress() && !address.isMulticastAddress()) {
          found.add(new Host(host, address));
        }
      }
    }
    if (found.isEmpty()) {
      throw new UnknownHostException(failure.isEmpty() ? host + " has no address" : failure);
    }
    return RouteOrder.interleaved(found).stream().map(Host::address).limit(ADDRESSES).toList();
  }

  /** What TXT records a name has. */
  public sealed interface Texts permits Found, Unresolved {}

  /** Each record as one text, octets as ISO 8859-1; none if there is no such record or name. */
  public record Found(List<String> texts) implements Texts {}

  /** Not known for now; the cause is in words. */
  public record Unresolved(String cause) implements Texts {}

  /** Looks up the TXT records of a name. */
  public Texts texts(String host) throws InterruptedException {
    Optional<Name> name = absolute(host);
    if (name.isEmpty()) {
      return new Found(List.of());
    }
    Answer answer = await(questions.ask(name.get(), Type.TXT));
    if (answer.kind() == Kind.FAILED) {
      return new Unresolved(answer.cause());
    }
    List<String> texts = new ArrayList<>();
    for (Record record : answer.records()) {
      StringBuilder text = new StringBuilder();
      for (byte[] part : ((TXTRecord) record).getStringsAsByteArrays()) {
        text.append(new String(part, StandardCharsets.ISO_8859_1));
      }
      texts.add(text.toString());
    }
    return new Found(List.copyOf(texts));
  }

  /** What the DNS says of the certificates of a mail exchanger, and can prove (RFC 7672). */
  public sealed interface Associations permits Proven, NotProven, Unknown {}

  /** There are signed TLSA records; at least one. */
  public record Proven(List<Association> associations) implements Associations {}

  /** There are none, or not every step to them is signed. */
  public record NotProven() implements Associations {}

  /** Not known for now, and it may be that there are some; the cause is in words. */
  public record Unknown(String cause) implements Associations {}

  /** A TLSA record (RFC 6698 section 2.1); the data in hexadecimal digits, lower case. */
  public record Association(int usage, int selector, int matching, String data) {}

  /**
   * Looks up the TLSA records of port 25 of a domain's mail exchanger. They count only if all
   * resolvers are on this machine and say that each of these is signed: the domain's MX records, or
   * that there are none; the exchanger's address; the TLSA records.
   */
  public Associations associations(String domain, String exchanger) throws InterruptedException {
    Optional<Name> from = absolute(domain);
    Optional<Name> host = absolute(exchanger);
    Optional<Name> port = absolute("_25._tcp." + exchanger);
    SignedLookups signed = questions.signed();
    if (!signed.isLocal() || from.isEmpty() || host.isEmpty() || port.isEmpty()) {
      return new NotProven();
    }
    // Without an address that is signed, the TLSA records are not asked for: there are name servers
    // that fail at such a question (RFC 7672 section 2.2.2).
    SignedLookups.Signed address = signed.ask(host.get(), Type.A);
    if (address.answer().kind() == Kind.NO_DATA) {
      address = signed.ask(host.get(), Type.AAAA);
    }
    for (SignedLookups.Signed step : List.of(signed.ask(from.get(), Type.MX), address)) {
      if (step.answer().kind() == Kind.FAILED) {
        return new Unknown(step.answer().cause());
      }
      if (!step.secure()) {
        return new NotProven();
      }
    }
    SignedLookups.Signed found = signed.ask(port.get(), Type.TLSA);
    if (found.answer().kind() == Kind.FAILED) {
      return new Unknown(found.answer().cause());
    }
    List<Association> associations =
        found.answer().records().stream()
            .map(each -> association((TLSARecord) each))
            .limit(ASSOCIATIONS)
            .toList();
    return found.secure() && !associations.isEmpty() ? new Proven(associations) : new NotProven();
  }

  private static Association association(TLSARecord record) {
    String data = BaseEncoding.base16().lowerCase().encode(record.getCertificateAssociationData());
    return new Association(
        record.getCertificateUsage(), record.getSelector(), record.getMatchingType(), data);
  }

  static Optional<Name> absolute(String domain) {
    try {
      return Optional.of(Name.fromString(domain, Name.root));
    } catch (TextParseException malformed) {
      return Optional.empty();
    }
  }

  /** Waits for the answer, which comes within the time of a question. */
  private static Answer await(CompletableFuture<Answer> question) throws InterruptedException {
    try {
      return question.get();
    } catch (ExecutionException unforeseen) {
      return Answer.failed("the lookup failed (" + unforeseen.getCause() + ")");
    }
  }
}
