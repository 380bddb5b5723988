package org.mailweir.tls;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Makes TLS contexts, one for each way to judge a certificate, since sessions are resumed within a
 * context only: what one judge has taken must not count before another. A context keeps at most
 * {@value #SESSIONS} sessions, some 10 KB each, for an hour.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class TlsContexts {
  private static final int SESSIONS = 1000;
  private static final int FEW_SESSIONS = 20;
  private static final int SESSION_SECONDS = 3600;
  private static final int JUDGES = 500;

  private final X509TrustManager roots;
  private final Judge verifying;
  private final Judge any;
  private final LoadingCache<LeafCheck.Rule, Judge> byRule =
      Caffeine.newBuilder()
          .maximumSize(JUDGES)
          .build(rule -> judge(new LeafCheck(rule), FEW_SESSIONS));

  /** A context, and what judges certificates in it. */
  record Judge(SSLContext context, X509TrustManager manager) {}

  private TlsContexts(X509TrustManager roots) throws GeneralSecurityException {
    this.roots = roots;
    verifying = judge(roots, SESSIONS);
    any = judge(new LeafCheck(LeafCheck.Rule.ANY), SESSIONS);
  }

  /**
   * Returns contexts that trust these roots.
   *
   * @param roots those of the Java runtime if empty
   * @throws GeneralSecurityException if the store cannot be used
   */
  static TlsContexts trusting(Optional<KeyStore> roots) throws GeneralSecurityException {
    return new TlsContexts(manager(roots.orElse(null)));
  }

  /** Returns contexts that trust the roots of the Java runtime. */
  static TlsContexts system() {
    try {
      return trusting(Optional.empty());
    } catch (GeneralSecurityException broken) {
      throw new IllegalStateException("this Java runtime has no TLS", broken);
    }
  }

  /** Returns what judges by the roots. */
  X509TrustManager roots() {
    return roots;
  }

  /** Returns the context that wants a chain to a trusted root. */
  Judge verifying() {
    return verifying;
  }

  /** Returns the context that takes any certificate. */
  Judge any() {
    return any;
  }

  /** Returns the context that judges by a rule; the same one for rules that are equal. */
  Judge judging(LeafCheck.Rule rule) {
    return byRule.get(rule);
  }

  private static X509TrustManager manager(@Nullable KeyStore store)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    for (TrustManager each : factory.getTrustManagers()) {
      if (each instanceof X509TrustManager manager) {
        return manager;
      }
    }
    throw new GeneralSecurityException("no trust manager for certificates");
  }

  private static Judge judge(X509TrustManager manager, int sessions)
      throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {manager}, null);
    SSLSessionContext kept = context.getClientSessionContext();
    kept.setSessionCacheSize(sessions);
    kept.setSessionTimeout(SESSION_SECONDS);
    return new Judge(context, manager);
  }
}
