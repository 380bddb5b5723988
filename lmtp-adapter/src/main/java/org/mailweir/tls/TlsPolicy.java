package org.mailweir.tls;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.mailweir.message.Destination;

/**
 * Makes TLS sockets of plain ones, as strict as its mode: TLS 1.2 or later, the name in SNI; with
 * {@link TlsMode#VERIFY} the chain must lead to a trusted root and the certificate must bear the
 * name (RFC 6125, as for HTTPS), or the address where there is no name. As {@link TlsPolicies} it
 * is the same for all.
 *
 * <p>Sessions are resumed, among the hosts of one policy, by name and port.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class TlsPolicy implements TlsPolicies {
  private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

  private final TlsMode mode;
  private final String basis;
  private final TlsContexts.Judge judge;
  private final @Nullable TlsPolicy elsewhere;

  /**
   * Creates a policy.
   *
   * @param basis in a word, for the log: what decides whether a certificate is good
   */
  TlsPolicy(TlsMode mode, String basis, TlsContexts.Judge judge) {
    this(mode, basis, judge, null);
  }

  /** Creates a policy that knows the certificates of SMTP, with another for HTTPS. */
  TlsPolicy(TlsMode mode, String basis, TlsContexts.Judge judge, @Nullable TlsPolicy elsewhere) {
    this.elsewhere = elsewhere;
    this.mode = requireNonNull(mode);
    this.basis = requireNonNull(basis);
    this.judge = requireNonNull(judge);
  }

  /** Returns a policy that trusts the roots of the Java runtime. */
  public static TlsPolicy of(TlsMode mode) {
    return of(mode, TlsContexts.system());
  }

  /**
   * Returns a policy with {@link TlsMode#VERIFY} that trusts the certificates of a key store only.
   *
   * @throws GeneralSecurityException if the store cannot be used
   */
  public static TlsPolicy verifying(KeyStore roots) throws GeneralSecurityException {
    return of(TlsMode.VERIFY, TlsContexts.trusting(Optional.of(roots)));
  }

  static TlsPolicy of(TlsMode mode, TlsContexts contexts) {
    return new TlsPolicy(
        mode,
        mode.name().toLowerCase(Locale.ROOT),
        mode == TlsMode.VERIFY ? contexts.verifying() : contexts.any());
  }

  @Override
  public TlsPolicy policy(Destination destination, String exchanger) {
    return this;
  }

  /** Returns how strict this is. */
  public TlsMode mode() {
    return mode;
  }

  /** Returns what decides whether a certificate is good, in a word: {@code verify}, say. */
  public String basis() {
    return basis;
  }

  /** Returns the context in which connections of this policy are made. */
  public SSLContext context() {
    return judge.context();
  }

  /** Returns what judges certificates in that context. */
  public X509TrustManager trust() {
    return judge.manager();
  }

  /**
   * Returns the policy of the same host on port 443; empty if nothing is known of its certificate
   * there, but much of the one that SMTP shows.
   */
  public Optional<TlsPolicy> forHttps() {
    boolean ofSmtpAlone =
        judge.manager() instanceof LeafCheck check && check.rule() != LeafCheck.Rule.ANY;
    return ofSmtpAlone ? Optional.ofNullable(elsewhere) : Optional.of(this);
  }

  /**
   * Does the handshake over a connected socket, and returns the socket to go on with. Blocks;
   * closing the plain socket ends it.
   *
   * @param host the mail exchanger's name, or its address as text
   * @throws IOException if the handshake fails, or the certificate is not good enough
   */
  public SSLSocket handshake(Socket plain, String host) throws IOException {
    String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    SSLSocket socket =
        (SSLSocket) context().getSocketFactory().createSocket(plain, name, plain.getPort(), true);
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

  /** Returns whether both ask for the same: a connection of one may serve the other. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TlsPolicy policy
        && policy.mode == mode
        && policy.basis.equals(basis)
        && policy.judge.equals(judge);
  }

  @Override
  public int hashCode() {
    return Objects.hash(mode, basis, judge);
  }

  @Override
  public String toString() {
    return basis;
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
}
