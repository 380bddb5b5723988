package org.mailweir.tls;

import static java.util.Objects.requireNonNull;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.mailweir.message.Destination;

/**
 * Decides by destination: what a table says of it, else one mode for all.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class DomainTlsPolicies implements TlsPolicies {
  private final TlsContexts contexts;
  private final TlsMode mode;
  private final TlsPolicyTable table;
  private final Map<TlsMode, TlsPolicy> plain = new EnumMap<>(TlsMode.class);

  private DomainTlsPolicies(TlsMode mode, TlsPolicyTable table, TlsContexts contexts) {
    this.mode = requireNonNull(mode);
    this.table = requireNonNull(table);
    this.contexts = contexts;
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
    return new DomainTlsPolicies(mode, table, TlsContexts.system());
  }

  /**
   * Returns policies that trust the certificates of a key store only.
   *
   * @throws GeneralSecurityException if the store cannot be used
   */
  public static DomainTlsPolicies trusting(KeyStore roots, TlsMode mode, TlsPolicyTable table)
      throws GeneralSecurityException {
    return new DomainTlsPolicies(mode, table, TlsContexts.trusting(Optional.of(roots)));
  }

  @Override
  public TlsPolicy policy(Destination destination, String exchanger) {
    Optional<TlsRule> rule = table.find(destination);
    return rule.isPresent() ? policy(rule.get()) : policy(mode);
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
