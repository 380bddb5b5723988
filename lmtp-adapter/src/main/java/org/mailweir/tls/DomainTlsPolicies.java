package org.mailweir.tls;

import static java.util.Objects.requireNonNull;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import okhttp3.OkHttpClient;
import org.mailweir.core.TimeSource;
import org.mailweir.dns.DnsClient;
import org.mailweir.dns.DnsClient.Associations;
import org.mailweir.dns.DnsClient.Proven;
import org.mailweir.dns.DnsClient.Unknown;
import org.mailweir.https.HttpsClients;
import org.mailweir.message.Destination;
import org.mailweir.state.StateSection;

/**
 * Decides by destination. The first of these that has something to say is the one:
 *
 * <ol>
 *   <li>the operator's table;
 *   <li>the mode {@link TlsMode#NONE}: nothing is looked up;
 *   <li>TLSA records of the exchanger, where all is signed (DANE, RFC 7672): its certificate must
 *       be one of theirs, whoever else has signed it or not;
 *   <li>the MTA-STS policy of the destination, where it is to be enforced: the exchanger must be
 *       named in it and have a valid certificate;
 *   <li>the mode for all.
 * </ol>
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class DomainTlsPolicies implements TlsPolicies {
  private static final int HTTPS_PORT = 443;

  /** The web server of a policy has so long; the mail that asked first waits no longer. */
  private static final Duration FETCH = Duration.ofSeconds(15);

  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final TlsContexts contexts;
  private final TlsMode mode;
  private final TlsPolicyTable table;
  private final Optional<DnsClient> dane;
  private final Optional<MtaSts> sts;
  private final TlsPolicy enforced;
  private final Map<TlsMode, TlsPolicy> plain = new EnumMap<>(TlsMode.class);

  private DomainTlsPolicies(
      TlsMode mode,
      TlsPolicyTable table,
      TlsContexts contexts,
      Optional<DnsClient> dane,
      Optional<MtaSts> sts) {
    this.mode = requireNonNull(mode);
    this.table = requireNonNull(table);
    this.contexts = contexts;
    this.dane = dane;
    this.sts = sts;
    enforced = new TlsPolicy(TlsMode.VERIFY, "mta-sts", contexts.verifying());
    for (TlsMode each : TlsMode.values()) {
      plain.put(each, TlsPolicy.of(each, contexts));
    }
  }

  /**
   * Returns policies that trust the roots of the Java runtime.
   *
   * @param mode for destinations of which the table says nothing
   * @param table exceptions
   */
  public static DomainTlsPolicies of(TlsMode mode, TlsPolicyTable table) {
    return new DomainTlsPolicies(
        mode, table, TlsContexts.system(), Optional.empty(), Optional.empty());
  }

  /**
   * Returns policies that trust the certificates of a key store only.
   *
   * @throws GeneralSecurityException if the store cannot be used
   */
  public static DomainTlsPolicies trusting(KeyStore roots, TlsMode mode, TlsPolicyTable table)
      throws GeneralSecurityException {
    return new DomainTlsPolicies(
        mode, table, TlsContexts.trusting(Optional.of(roots)), Optional.empty(), Optional.empty());
  }

  /**
   * Returns these policies, which ask also for what destinations have published.
   *
   * @param threads runs each fetch of a policy on a thread of its own
   */
  public DomainTlsPolicies lookingUp(
      DnsClient dns, HttpsClients https, Executor threads, TimeSource clock) {
    return lookingUp(dns, https, threads, clock, HTTPS_PORT, PATIENCE);
  }

  DomainTlsPolicies lookingUp(
      DnsClient dns,
      HttpsClients https,
      Executor threads,
      TimeSource clock,
      int port,
      Duration patience) {
    OkHttpClient client =
        https.verifying(contexts.verifying().context(), contexts.verifying().manager());
    StsFetcher fetcher = new StsFetcher(client, port, FETCH);
    MtaSts known = new MtaSts(dns, fetcher, threads, clock, patience);
    return new DomainTlsPolicies(mode, table, contexts, Optional.of(dns), Optional.of(known));
  }

  /** Returns what of it is to be kept over restarts, if anything is. */
  public Optional<StateSection> state() {
    return sts.map(StsSection::new);
  }

  @Override
  public TlsPolicy policy(Destination destination, String exchanger)
      throws TlsRefusal, InterruptedException {
    Optional<TlsRule> rule = table.find(destination);
    if (rule.isPresent()) {
      return policy(rule.get());
    }
    if (mode == TlsMode.NONE || destination.isLiteral()) {
      return policy(mode);
    }
    Optional<TlsPolicy> proven = proven(destination, exchanger);
    if (proven.isPresent()) {
      return proven.get();
    }
    return isEnforced(destination, exchanger) ? enforced : policy(mode);
  }

  private Optional<TlsPolicy> proven(Destination destination, String exchanger)
      throws TlsRefusal, InterruptedException {
    if (dane.isEmpty()) {
      return Optional.empty();
    }
    Associations found = dane.get().associations(destination.name(), exchanger);
    if (found instanceof Unknown unknown) {
      // An attacker could see to that: to go on without would be what he wants.
      throw TlsRefusal.unresolved(unknown.cause());
    }
    if (!(found instanceof Proven proven)) {
      return Optional.empty();
    }
    Optional<DaneRule> rule = DaneRule.of(proven.associations());
    return Optional.of(
        rule.map(
                usable ->
                    new TlsPolicy(
                        TlsMode.VERIFY,
                        "dane",
                        contexts.judging(usable),
                        policy(mode == TlsMode.MAY ? TlsMode.ENCRYPT : mode)))
            // None that we know how to use: then TLS, and no less than without them.
            .orElseGet(() -> policy(mode == TlsMode.MAY ? TlsMode.ENCRYPT : mode)));
  }

  private boolean isEnforced(Destination destination, String exchanger)
      throws TlsRefusal, InterruptedException {
    if (sts.isEmpty()) {
      return false;
    }
    Optional<StsPolicy> policy = sts.get().policy(destination.name());
    if (policy.isEmpty() || policy.get().mode() != StsPolicy.Mode.ENFORCE) {
      return false;
    }
    if (!policy.get().names(exchanger)) {
      throw TlsRefusal.forbidden("not named in the MTA-STS policy of " + destination);
    }
    return true;
  }

  private TlsPolicy policy(TlsRule rule) {
    return rule.pins()
        .map(pins -> new TlsPolicy(rule.mode(), "fingerprint", contexts.judging(pins)))
        .orElseGet(() -> policy(rule.mode()));
  }

  private TlsPolicy policy(TlsMode of) {
    return requireNonNull(plain.get(of));
  }
}
