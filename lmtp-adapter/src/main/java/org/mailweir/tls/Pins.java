package org.mailweir.tls;

import com.google.common.collect.ImmutableSet;
import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import com.google.common.io.BaseEncoding;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Certificates by their fingerprints, as Postfix's level {@code fingerprint} knows them: SHA-256 of
 * the certificate or of its public key (SubjectPublicKeyInfo).
 *
 * @param digests not empty, 32 bytes each
 */
record Pins(ImmutableSet<HashCode> digests) implements LeafCheck.Rule {
  private static final int HEX_DIGITS = 64;

  /**
   * Parses fingerprints with bars between them: {@code AB:CD:...|0123...}; colons and an initial
   * {@code sha256:} may be left out.
   *
   * @throws IllegalArgumentException if one is something else
   */
  static Pins parse(String text) {
    ImmutableSet.Builder<HashCode> digests = ImmutableSet.builder();
    for (String each : text.split("\\|", -1)) {
      String bare = each.toLowerCase(Locale.ROOT);
      String hex = (bare.startsWith("sha256:") ? bare.substring(7) : bare).replace(":", "");
      if (hex.length() != HEX_DIGITS || !BaseEncoding.base16().lowerCase().canDecode(hex)) {
        throw new IllegalArgumentException(
            "'" + each + "' is not a SHA-256 fingerprint: 64 hexadecimal digits");
      }
      digests.add(HashCode.fromString(hex));
    }
    return new Pins(digests.build());
  }

  @Override
  public void check(X509Certificate[] chain, String type, @Nullable Socket socket)
      throws CertificateException {
    if (!digests.contains(digest(chain[0].getEncoded()))
        && !digests.contains(digest(chain[0].getPublicKey().getEncoded()))) {
      throw new CertificateException("its fingerprint is not one of those in the policy");
    }
  }

  private static HashCode digest(byte[] bytes) {
    return Hashing.sha256().hashBytes(bytes);
  }
}
