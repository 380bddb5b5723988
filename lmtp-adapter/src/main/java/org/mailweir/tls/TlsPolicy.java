package org.mailweir.tls;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * Makes TLS sockets of plain ones, as strict as its mode: TLS 1.2 or later, the name in SNI; with
 * {@link TlsMode#VERIFY} the chain must lead to a trusted root and the certificate must bear the
 * name (RFC 6125, as for HTTPS), or the address where there is no name.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class TlsPolicy {
  private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

  private final TlsMode mode;
  private final SSLContext context;

  private TlsPolicy(TlsMode mode, SSLContext context) {
    this.mode = requireNonNull(mode);
    this.context = requireNonNull(context);
  }

  /** Returns a policy that trusts the roots of the Java runtime. */
  public static TlsPolicy of(TlsMode mode) {
    try {
      return new TlsPolicy(
          mode,
          mode == TlsMode.VERIFY
              ? SSLContext.getDefault()
              : context(new TrustManager[] {new AnyCertificate()}));
    } catch (GeneralSecurityException broken) {
      throw new IllegalStateException("this Java runtime has no TLS", broken);
    }
  }

  /**
   * Returns a policy with {@link TlsMode#VERIFY} that trusts the certificates of a key store only.
   *
   * @throws GeneralSecurityException if the store cannot be used
   */
  public static TlsPolicy verifying(KeyStore roots) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(roots);
    return new TlsPolicy(TlsMode.VERIFY, context(factory.getTrustManagers()));
  }

  /** Returns how strict this is. */
  public TlsMode mode() {
    return mode;
  }

  /**
   * Does the handshake over a connected socket, and returns the socket to go on with. Blocks;
   * closing the plain socket ends it.
   *
   * @param host the mail exchanger's name, or its address as text
   * @throws IOException if the handshake fails, or the certificate is not good enough
   */
  public Socket handshake(Socket plain, String host) throws IOException {
    String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(plain, name, plain.getPort(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(VERSIONS);
    parameters.setServerNames(serverNames(name));
    if (mode == TlsMode.VERIFY) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private static List<SNIServerName> serverNames(String name) {
    try {
      return isAddress(name) ? List.of() : List.of(new SNIHostName(name));
    } catch (IllegalArgumentException notForSni) {
      // Such as a name with an underscore: DNS allows it, SNI does not.
      return List.of();
    }
  }

  private static boolean isAddress(String name) {
    return name.indexOf(':') >= 0 || name.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
  }

  private static SSLContext context(TrustManager[] managers) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers, null);
    return context;
  }
}
