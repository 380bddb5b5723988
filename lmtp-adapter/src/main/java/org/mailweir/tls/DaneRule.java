package org.mailweir.tls;

import com.google.common.collect.ImmutableSet;
import com.google.common.hash.Hashing;
import com.google.common.io.BaseEncoding;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.mailweir.dns.DnsClient.Association;

/**
 * Takes a certificate that a TLSA record speaks of (RFC 7672 section 3.1). With usage 3 it is the
 * server's own, and neither its names nor its dates matter; with usage 2 it is an authority in the
 * chain, to which the chain must lead, and the server's must be valid and bear the name. Usages 0
 * and 1 are not for SMTP.
 *
 * @param associations those that can be used; not empty
 */
record DaneRule(ImmutableSet<Association> associations) implements LeafCheck.Rule {
  private static final int AUTHORITY = 2;
  private static final int SERVER = 3;

  /** Returns the rule of those records that can be used; empty if there are none. */
  static Optional<DaneRule> of(List<Association> records) {
    ImmutableSet<Association> usable =
        records.stream()
            .filter(each -> each.usage() == AUTHORITY || each.usage() == SERVER)
            .filter(each -> each.selector() <= 1 && each.matching() <= 2)
            .collect(ImmutableSet.toImmutableSet());
    return usable.isEmpty() ? Optional.empty() : Optional.of(new DaneRule(usable));
  }

  @Override
  public void check(X509Certificate[] chain, String type, @Nullable Socket socket)
      throws CertificateException {
    CertificateException failure =
        new CertificateException("it is none that the TLSA records speak of");
    for (Association each : associations) {
      if (each.usage() == SERVER && matches(each, chain[0])) {
        return;
      }
      for (X509Certificate certificate : chain) {
        if (each.usage() == AUTHORITY && matches(each, certificate)) {
          try {
            requireChain(chain, certificate, type, socket);
            return;
          } catch (CertificateException wrong) {
            failure = wrong;
          }
        }
      }
    }
    throw failure;
  }

  private static boolean matches(Association record, X509Certificate certificate)
      throws CertificateException {
    byte[] bytes =
        record.selector() == 0 ? certificate.getEncoded() : certificate.getPublicKey().getEncoded();
    String data =
        switch (record.matching()) {
          case 0 -> BaseEncoding.base16().lowerCase().encode(bytes);
          case 1 -> Hashing.sha256().hashBytes(bytes).toString();
          default -> Hashing.sha512().hashBytes(bytes).toString();
        };
    return data.equals(record.data());
  }

  /** The runtime's own judge, with this authority as its only root; it looks at the name too. */
  private static void requireChain(
      X509Certificate[] chain, X509Certificate authority, String type, @Nullable Socket socket)
      throws CertificateException {
    if (socket == null) {
      throw new CertificateException("the TLSA records are those of SMTP");
    }
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setCertificateEntry("authority", authority);
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      for (TrustManager each : factory.getTrustManagers()) {
        if (each instanceof X509ExtendedTrustManager judge) {
          judge.checkServerTrusted(chain, type, socket);
          return;
        }
      }
      throw new CertificateException("this Java runtime judges no chains");
    } catch (CertificateException wrong) {
      throw wrong;
    } catch (IOException | GeneralSecurityException broken) {
      throw new CertificateException(broken);
    }
  }
}
