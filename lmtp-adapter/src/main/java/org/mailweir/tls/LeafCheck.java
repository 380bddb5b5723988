package org.mailweir.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Judges a server's chain by a rule of its own, and by nothing else. It must be an extended trust
 * manager, as the JDK adds checks of its own to the others.
 */
final class LeafCheck extends X509ExtendedTrustManager {
  private final Rule rule;

  LeafCheck(Rule rule) {
    this.rule = rule;
  }

  /** Says whether a chain is good enough. */
  interface Rule {
    /** Takes every certificate: against a listener on the line, not against a man in the middle. */
    Rule ANY = (chain, type, socket) -> {};

    /**
     * Throws what is wrong with the chain; its first certificate is the server's.
     *
     * @param type of the key exchange
     * @param socket whose handshake it is; absent outside of SMTP
     */
    void check(X509Certificate[] chain, String type, @Nullable Socket socket)
        throws CertificateException;
  }

  Rule rule() {
    return rule;
  }

  private void check(X509Certificate[] chain, String type, @Nullable Socket socket)
      throws CertificateException {
    if (chain.length == 0) {
      throw new CertificateException("no certificate");
    }
    rule.check(chain, type, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain, type, null);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain, type, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain, type, null);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw noServer();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    throw noServer();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    throw noServer();
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }

  private static CertificateException noServer() {
    return new CertificateException("for clients only");
  }
}
